"""The longest bills: 500 lines with every column filled, opened, changed and saved; 5,000 refused in words."""

import gzip
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from books.mirror import lookup
from books.models import Record
from books.providers.update_body import compose_body
from edits.lifecycle.form_token import FormToken
from edits.models.edit import Edit
from record_forms.lists.members import list_inputs
from records.content import Content
from records.fields import FieldKind
from records.json_text import dump_json, parse_json
from tenants.models import Tenant
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

pytestmark = pytest.mark.starts_first
PAGE = "/t/larch/bills/500LIN-1234567890/"
EDIT = f"{PAGE}edit"
FOREVER = "/t/larch/bills/5000LI-1234567890/edit"
TOO_LONG = "Bills over 1,000 lines can only be edited in QuickBooks. This one has 5,004 lines."
OTHER = {"not_billable": "billable", "billable": "not_billable", "has_been_billed": "billable"}


@pytest.fixture
def long_bill(larch: Tenant, copied: Copied) -> Record:
    """The sandbox's bill of 500 lines with every column filled, and all lists that its pickers need."""
    copied(larch)
    return lookup.find_record(larch, "bills", "500LIN-1234567890")


def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [request["body"] for request in sandbox.requests() if request["method"] == "POST"]


def wanted(line: Content, like: Content) -> Content:
    """A line with another value in every column: picks from the line beside it, the rest made up."""
    made = {
        FieldKind.TEXT: "Changed",
        FieldKind.LONG_TEXT: "Changed\nin two lines",
        FieldKind.DATE: date(2028, 1, 31),
        FieldKind.NUMBER: Decimal(3),
        FieldKind.COST: Decimal("2.5"),
    }
    values = {f.name: like[f.name] if f.kind is FieldKind.REFERENCE else made.get(f.kind) for f in line.shape.typed}
    if "unit_of_measure" in line.shape:
        values["unit_of_measure"] = "Dozen"
    amount = Decimal("7.50") if "quantity" in line.shape else Decimal("7.25")
    return line.replace(**{**values, "amount": amount, "billing_status": OTHER[line["billing_status"]]})


def all_wanted(bill: Content, section: str) -> tuple[Content, ...]:
    return tuple(wanted(line, bill[section][place - 1]) for place, line in enumerate(bill[section]))


def every_line_changed(bill: Content) -> dict[str, str]:
    """The inputs of a form in which each expense and item line was opened and each of its columns changed."""
    return {
        f"{section}-{place}-{name}": text
        for section in ("expense_lines", "item_lines")
        for place, line in enumerate(all_wanted(bill, section))
        for name, text in {"id": line["id"], **list_inputs(line)}.items()
    }


def test_a_changed_quantity_and_a_new_expense_are_all_that_is_sent(as_bob, long_bill, sandbox):
    base = lookup.get_content(long_bill)
    line, other = base["item_lines"][3], base["expense_lines"][0]
    typed = {
        "item_lines-3-id": line["id"], "item_lines-3-quantity": "77", "expense_lines-200-id": "-1",
        "expense_lines-200-account": str(other["account"]), "expense_lines-200-amount": "12.5",
    }  # fmt: skip
    asked = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **typed})  # for the new total to be confirmed
    answer = as_bob.post(EDIT, inputs(asked))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, PAGE)
    new = {"id": "-1", "accountId": other["account"].id, "amount": "12.50"}
    touched = {"id": line["id"], "quantity": 77, "cost": format(line["cost"], "f")}
    items = [touched if one is line else {"id": one["id"]} for one in base["item_lines"]]
    assert sent(sandbox) == [
        {
            "revisionNumber": long_bill.revision,
            "expenseLines": [*({"id": one["id"]} for one in base["expense_lines"]), new],
            "itemLines": items,
            "itemGroupLines": [{"id": one["id"]} for one in base["item_group_lines"]],
        }
    ]


def test_new_lines_are_saved_in_the_order_in_which_they_stand_on_the_screen(as_bob, long_bill, sandbox):
    base = lookup.get_content(long_bill)
    account = str(base["expense_lines"][0]["account"])
    typed = {
        f"expense_lines-{index}-{name}": text
        for index, amount in ((200, "1"), (202, "2"), (201, "3"))
        for name, text in (("id", "-1"), ("account", account), ("amount", amount))
    }
    asked = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **typed})
    assert as_bob.post(EDIT, inputs(asked)).status_code == 303
    held = lookup.get_content(lookup.find_record(long_bill.tenant, "bills", long_bill.remote_id))["expense_lines"]
    assert [(line["id"] in {one["id"] for one in base["expense_lines"]}, line["amount"]) for line in held[199:]] == [
        (True, base["expense_lines"][199]["amount"]), *((False, Decimal(amount)) for amount in (1, 2, 3))
    ]  # fmt: skip


def test_every_column_of_every_line_can_be_changed_in_one_save(as_bob, long_bill, sandbox):
    base = lookup.get_content(long_bill)
    asked = as_bob.post(EDIT, {**inputs(as_bob.get(EDIT)), **every_line_changed(base)})
    answer = as_bob.post(EDIT, agreed(asked))  # some of the lines have been billed
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, PAGE)
    edited = base.replace(**{name: all_wanted(base, name) for name in ("expense_lines", "item_lines")})
    (body,) = sent(sandbox)
    assert body == parse_json(dump_json({"revisionNumber": long_bill.revision, **compose_body(base, edited)}))
    now = lookup.get_content(lookup.find_record(long_bill.tenant, "bills", long_bill.remote_id))
    assert {(one["quantity"], one["cost"], one["amount"]) for one in now["item_lines"]} == {(3, 2.5, Decimal("7.50"))}


def test_the_form_of_500_lines_stays_small(as_bob, long_bill):
    page, sent = as_bob.get(EDIT), as_bob.get(EDIT, headers={"Accept-Encoding": "gzip"})
    assert (len(page.content) <= 250_000, len(sent.content) <= 32_768) == (True, True)
    assert len(gzip.decompress(sent.content)) == len(page.content)


def test_of_5000_lines_the_page_says_why_there_is_no_edit(as_bob, larch, copied):
    copied(larch, "bills")
    page = as_bob.get(FOREVER.removesuffix("edit"))
    text = page.content.decode()
    keys = "<kbd>e</kbd>" in text.partition("<dialog")[0]
    assert (page.status_code, TOO_LONG in text, f'"{FOREVER}"' in text, keys) == (200, True, False, False)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_form_of_5000_lines_is_a_page_that_says_why_and_leads_back(as_bob, larch, copied, sandbox, method):
    copied(larch, "bills")
    record = lookup.find_record(larch, "bills", "5000LI-1234567890")
    bob = User.objects.get(username="bob")
    form = {"base": str(FormToken(record, record.revision, bob.pk)), "memo": "Late", "expense_lines-0-memo": "Late"}
    answer = getattr(as_bob, method)(FOREVER, form if method == "post" else {})
    text, back = answer.content.decode(), FOREVER.removesuffix("edit")
    assert (answer.status_code, TOO_LONG in text, "<form id=" in text) == (422, True, False)
    assert (f'href="{back}"\n>Back to the bill</a>' in text, sent(sandbox), Edit.objects.count()) == (True, [], 0)


def test_more_inputs_than_are_read_are_refused_in_words(as_bob, long_bill, settings):
    form = {**inputs(as_bob.get(EDIT)), **{f"expense_lines-{n}-memo": "x" for n in range(100)}}
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
    answer = as_bob.post(EDIT, form)
    assert 400 <= answer.status_code < 500
    assert "What to do" in answer.content.decode()
