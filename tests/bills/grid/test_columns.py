"""Which columns a bill's lines have: as the company's preferences and the person want it, and nothing is lost by it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from records.json_text import parse_json
from tenants.models import Membership, Tenant
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.vendor import Sandbox

EDIT = "/t/harbor/bills/1759-1501837737/edit"


@pytest.fixture
def bill(harbor: Tenant, copied: Callable[..., None]) -> Record:
    copied(harbor)
    return lookup.find_record(harbor, "bills", "1759-1501837737")


def heads(page: str) -> list[str]:
    """The labels of the columns between number and buttons."""
    return re.findall(r'<th class="c-[a-z]+" scope="col">([^<]+)</th>', page)


def members(page: str, section: str) -> list[str]:
    """The members that an open line of the section asks for."""
    blank = page[page.index(f'<template id="blank-{section}">') :].partition("</template>")[0]
    return re.findall(r'name="-([a-z_]+)"', blank)


def set_preference(tenant: Tenant, group: str, **members: object) -> None:
    """Let the copy hold other preferences, as after they were changed in QuickBooks and read again."""
    table = registry.get_table(tenant, "preferences")
    row = Record.objects.select_related("version").get(tenant=tenant, kind="preferences")
    assert row.version is not None
    raw = parse_json(row.version.content)
    lookup.store_record(tenant, table, {**raw, group: {**(raw[group] or {}), **members}})


ALL = [
    "Account or item",
    "Description, memo",
    "Quantity",
    "Unit",
    "Cost",
    "Amount",
    "Customer:job",
    "Class",
    "Billable",
]


def test_classes_have_a_column_where_the_company_tracks_them(as_bob: Client, bill: Record) -> None:
    for tracked, columns in ((True, ALL), (False, [one for one in ALL if one != "Class"])):
        set_preference(bill.tenant, "accounting", isUsingClassTracking=tracked)
        assert heads(as_bob.get(EDIT).content.decode()) == columns


def test_a_line_asks_for_what_the_company_has_switched_on(as_bob: Client, bill: Record) -> None:
    always = ["id", "item", "description", "quantity", "unit_of_measure", "cost", "amount", "customer", "class"]
    always += ["billing_status", "override_unit_of_measure_set", "sales_representative", "split"]
    set_preference(bill.tenant, "accounting", isUsingClassTracking=True)
    assert members(as_bob.get(EDIT).content.decode(), "item_lines") == always
    set_preference(bill.tenant, "itemsAndInventory", inventoryTrackingMethod="lot_number", isBinTrackingEnabled=True)
    more = members(as_bob.get(EDIT).content.decode(), "item_lines")
    assert sorted(set(more) - set(always)) == ["inventory_site_location", "lot_number"]


def test_unknown_preferences_switch_nothing_off(as_bob: Client, bill: Record) -> None:
    Record.objects.filter(kind="preferences").update(version=None)
    page = as_bob.get(EDIT).content.decode()
    assert heads(page) == ALL
    assert {"serial_number", "lot_number", "inventory_site", "sales_tax_code"} <= set(members(page, "item_lines"))


def test_no_button_of_a_blank_line_submits(as_bob: Client, bill: Record) -> None:
    page = as_bob.get(EDIT).content.decode()
    blank = page[page.index('<template id="blank-item_lines">') :].partition("</template>")[0]
    buttons = re.findall(r"<button [^>]+>", blank)
    assert [one for one in buttons if "type=button" not in one] == []
    assert len(buttons) == 5  # undo, split, below, copy, remove


def hide(client: Client, *hidden: str, **typed: str) -> str:
    form = inputs(client.get(EDIT)) | {"columns": "1", **typed}
    form.pop("save", None)
    page = one_line(client.get(EDIT).content.decode())
    (offered,) = (names.split() for names in re.findall(r'name="column-offered" value="([a-z_ ]+)"', page))
    lists = {"column-offered": offered, "column": [one for one in offered if one not in hidden]}
    answer = client.post(EDIT, {**form, **lists})
    assert answer.status_code == 200
    return answer.content.decode()


def test_hidden_columns_stay_hidden_for_that_person(
    as_bob: Client, as_alice: Client, bill: Record, harbor: Tenant
) -> None:
    set_preference(harbor, "accounting", isUsingClassTracking=True)
    fewer = [one for one in ALL if one not in ("Unit", "Class")]
    assert heads(hide(as_bob, "unit", "class")) == fewer
    assert heads(as_bob.get(EDIT).content.decode()) == fewer
    assert heads(as_alice.get(EDIT).content.decode()) == ALL
    assert Membership.objects.get(tenant=harbor, person__username="bob").hidden_columns == ["unit", "class"]


def test_a_column_that_this_bill_has_not_stays_hidden_where_others_have_it(
    as_bob: Client, bill: Record, harbor: Tenant
) -> None:
    own = Membership.objects.filter(tenant=harbor, person__username="bob")
    own.update(hidden_columns=["lot_number", "unit"])
    assert heads(hide(as_bob, "cost")) == [one for one in ALL if one not in ("Cost", "Class")]
    assert own.get().hidden_columns == ["lot_number", "cost"]


def test_what_a_hidden_column_holds_stays_and_can_be_typed(as_bob: Client, bill: Record, sandbox: Sandbox) -> None:
    page = hide(as_bob, "qty", memo="Typed before")
    assert "\nTyped before</textarea>" in page
    assert "quantity" in members(page, "item_lines")
    sandbox.clear_requests()
    line = lookup.get_content(bill)["item_lines"][0]
    typed = {"item_lines-0-id": line["id"], "item_lines-0-quantity": "3"}
    asked = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | typed)  # for the new total to be confirmed
    assert as_bob.post(EDIT, inputs(asked)).status_code == 303
    (body,) = [r["body"] for r in sandbox.requests() if r["method"] == "POST"]
    assert body["itemLines"] == [{"id": line["id"], "quantity": 3, "cost": "14.25"}]
