"""What item groups come to: as QuickBooks will make their lines, or not known, and what guards then say."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bills.checks.rules import check_bill
from bills.grid.item_groups import foresee_groups
from bills.grid.lines import BillLines
from books import registry
from books.models import Record
from books.providers.update_body import compose_body
from records.content import Content, Reference
from records.decoder import decode
from records.json_text import dump_json
from tenants.models import Tenant
from tests.bills.factories import bill as paper
from tests.bills.factories import data_of
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

BILLS = "/quickbooks-desktop/bills"
KINDS = ("bills", "item-groups", "inventory-items", "unit-of-measure-sets")
CHECK = {"id": "X1", "transactionType": "bill_payment_check", "linkType": "amount", "amount": "-100.00"}


@pytest.fixture
def kits(larch: Tenant, sandbox: Sandbox, copied: Copied) -> list[dict[str, Any]]:
    """The wholesaler's groups, each of five items, in the vendor's spelling."""
    copied(larch, *KINDS[1:])
    found: list[dict[str, Any]] = sandbox.get("/quickbooks-desktop/item-groups", larch.end_user_id, limit=5)["data"]
    return found


@pytest.fixture
def raw(larch: Tenant, sandbox: Sandbox, kits: list[dict[str, Any]]) -> dict[str, Any]:
    """A bill of three of a group, as the vendor has it."""
    (vendor,) = sandbox.get("/quickbooks-desktop/vendors", larch.end_user_id, limit=1)["data"]
    lines = [{"itemGroupId": kits[0]["id"], "quantity": 3}]
    header = {"vendorId": vendor["id"], "transactionDate": "2026-11-02"}
    made: dict[str, Any] = sandbox.post(BILLS, larch.end_user_id, **header, itemGroupLines=lines)
    return made


def content(tenant: Tenant, raw: dict[str, Any]) -> Content:
    return decode(registry.get_table(tenant, "bills").shape, json.loads(json.dumps(raw), parse_float=Decimal))


def typed(tenant: Tenant, base: Content, **inputs: str) -> BillLines:
    lines = BillLines(tenant, registry.get_table(tenant, "bills"), base, data_of(inputs))
    assert lines.is_valid(), lines.errors
    return lines


def group(number: int, base: Content, **inputs: str) -> dict[str, str]:
    """The inputs of a group, a new one where none is stored there."""
    stored = base["item_group_lines"]
    key = stored[number]["id"] if number < len(stored) else "-1"
    return {f"item_group_lines-{number}-{name}": text for name, text in ({"id": key} | inputs).items()}


def test_groups_come_to_what_the_vendor_answers(larch: Tenant, sandbox: Sandbox, raw: Any, kits: Any) -> None:
    chance, said = random.Random(8), []
    for _ in range(25):
        base = content(larch, raw)
        count = [f"{chance.randint(1, 9999) / 10 ** chance.choice([0, 1, 3]):g}" for _ in range(3)]
        inputs = group(0, base, quantity=count[0])
        inputs |= group(len(base["item_group_lines"]), base, item_group=chance.choice(kits)["name"], quantity=count[1])
        lines = typed(larch, base, **inputs)
        body = json.loads(dump_json(compose_body(base, base.replace(**lines.edited))))
        raw = sandbox.post(f"{BILLS}/{raw['id']}", larch.end_user_id, revisionNumber=raw["revisionNumber"], **body)
        now, unknown = foresee_groups(larch, base, base.replace(**lines.edited))
        assert unknown == ()
        said.append((f"{lines.total:.2f}", raw["amountDue"], [one["totalAmount"] for one in raw["itemGroupLines"]]))
        inside = [sum(line["amount"] for line in one["item_lines"]) for one in now["item_group_lines"]]
        assert [f"{one:.2f}" for one in inside] == said[-1][2]
    assert [one for one in said if one[0] != one[1]] == []


def test_another_group_in_place_of_a_stored_one_is_made_from_its_list(
    larch: Tenant, sandbox: Sandbox, raw: Any, kits: Any
) -> None:
    base = content(larch, raw)
    lines = typed(larch, base, **group(0, base, item_group=kits[1]["name"]))
    body = json.loads(dump_json(compose_body(base, base.replace(**lines.edited))))
    now = sandbox.post(f"{BILLS}/{raw['id']}", larch.end_user_id, revisionNumber=raw["revisionNumber"], **body)
    assert f"{lines.total:.2f}" == now["amountDue"] != raw["amountDue"]


def test_another_group_is_asked_about_with_its_lines_and_both_sums_before_it_is_sent(
    as_bob: Client, larch: Tenant, sandbox: Sandbox, raw: Any, kits: Any, copied: Copied
) -> None:
    copied(larch, "bills")
    base, form = content(larch, raw), f"/t/larch/bills/{raw['id']}/edit"
    picked = group(0, base, item_group=kits[1]["name"])
    asked = as_bob.post(form, inputs(as_bob.get(form)) | picked)
    (check,) = asked.context["asked"].guards
    now = typed(larch, base, **picked).total
    sums = f"{kits[0]['name']} ({lines_sum(base):,.2f}) is replaced by {kits[1]['name']} ({now:,.2f})."
    lines = [f"{line['item']} {line['amount']:,.2f}" for line in base["item_group_lines"][0]["item_lines"]]
    assert (asked.status_code, check.title) == (422, sums)
    assert check.why.startswith(f"QuickBooks removes {len(lines)} lines ({', '.join(lines)}) and adds 5 lines (")
    assert as_bob.post(form, agreed(asked)).status_code == 303


def test_lines_of_a_group_that_are_edited_with_it_stand_as_they_were_typed(larch: Tenant, raw: Any) -> None:
    base = content(larch, raw)
    inside = base["item_group_lines"][0]["item_lines"]
    edited = {"item_group_lines-0-item_lines-0-id": inside[0]["id"], "item_group_lines-0-item_lines-0-quantity": "50"}
    lines = typed(larch, base, **group(0, base, quantity="7"), **edited)
    assert lines.total - lines.total_was == 50 * inside[0]["cost"] - inside[0]["amount"]


def test_the_first_of_a_new_group_counts_once_where_no_quantity_is_typed(larch: Tenant, raw: Any, kits: Any) -> None:
    base = content(larch, raw)
    once, thrice = (typed(larch, base, **group(1, base, item_group=kits[0]["name"], quantity=n)) for n in ("", "3"))
    assert 3 * (once.total - once.total_was) == thrice.total - thrice.total_was == lines_sum(base)


def lines_sum(base: Content) -> Decimal:
    return sum((line["amount"] for line in base["item_group_lines"][0]["item_lines"]), Decimal(0))


UNITS = {"unit_of_measure": "Dozen"}


@pytest.mark.parametrize("inputs", [UNITS, {"quantity": "4", "override_unit_of_measure_set": "Weight"}])
def test_in_another_unit_only_quickbooks_knows_what_a_group_comes_to(larch: Tenant, raw: Any, inputs: Any) -> None:
    base = content(larch, raw)
    (line,) = typed(larch, base, **group(0, base, **inputs)).lists[2].entries
    assert (line.is_unknown, line.amount) == (True, Decimal(0))


def test_a_group_whose_items_are_not_in_the_copy_is_not_guessed(larch: Tenant, copied: Copied) -> None:
    copied(larch, "item-groups")
    base = paper(larch)
    row = Record.objects.filter(tenant=larch, kind="item-groups").order_by("id")[0]
    kit = Reference(row.remote_id, row.full_name)
    now = base["item_group_lines"][0].replace(id="-1", item_group=kit, item_lines=())
    edited = base.replace(item_group_lines=(*base["item_group_lines"], now))
    assert foresee_groups(larch, base, edited) == (edited, (kit.name,))


def test_a_total_below_zero_without_what_is_not_known_is_asked_about_and_not_refused(larch: Tenant) -> None:
    base = paper(larch)
    line = base["expense_lines"][0].replace(amount=Decimal("-900.00"))
    edited = base.replace(expense_lines=(line, base["expense_lines"][1]))
    (guard,) = check_bill(base, edited, None, [], ["Kit"], books="QuickBooks")
    assert (guard.title, guard.refuses) == (
        "The total is negative: −351.60, without Kit, which QuickBooks calculates.",
        False,
    )


def test_what_is_not_known_of_a_paid_bill_is_asked_about(larch: Tenant) -> None:
    base = paper(larch, linkedTransactions=[CHECK])
    (guard,) = check_bill(base, base.replace(memo="More kits"), None, [], ["Kit"], books="QuickBooks")
    assert guard.why == "QuickBooks will calculate the amount of Kit, so the total may differ from what was paid."


def test_the_form_is_told_what_its_groups_come_to(as_bob: Client, larch: Tenant, raw: Any, copied: Copied) -> None:
    copied(larch, "bills")
    base = content(larch, raw)
    answer = as_bob.get(f"/t/larch/bills/{raw['id']}/groups/", group(0, base, quantity="6"))
    figure = f'<div hx-swap-oob="innerHTML:#item_group_lines-0 .c-amount"><span data-works>{2 * lines_sum(base):,.2f}'
    assert (figure in answer.content.decode(), "QuickBooks calculates" in answer.content.decode()) == (True, False)


def test_the_form_is_told_in_words_what_only_quickbooks_knows(
    as_bob: Client, larch: Tenant, raw: Any, copied: Copied
) -> None:
    copied(larch, "bills")
    base = content(larch, raw)
    answer = as_bob.get(f"/t/larch/bills/{raw['id']}/groups/", group(0, base, **UNITS)).content.decode()
    assert "<span data-works>not known</span>" in answer
    assert f"without {raw['itemGroupLines'][0]['itemGroup']['fullName']}, which QuickBooks calculates" in answer


def test_the_unit_of_a_group_has_to_be_one_of_its_own_set(larch: Tenant, raw: Any) -> None:
    base, weight = content(larch, raw), {"override_unit_of_measure_set": "Weight"}
    data = data_of(group(0, base, **weight, unit_of_measure="Barrel"))
    lines = BillLines(larch, registry.get_table(larch, "bills"), base, data)
    name = base["item_group_lines"][0]["item_group"].name
    said = [f"{name} has no unit “Barrel”. Use Kilogram."]
    assert (lines.is_valid(), lines.errors) == (False, {"item_group_lines-0-unit_of_measure": said})
    typed(larch, base, **group(0, base, **weight, unit_of_measure="kilogram"))
