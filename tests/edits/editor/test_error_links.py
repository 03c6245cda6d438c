"""A form that comes back with errors names their inputs at its top, and links each; script is not needed for it."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from lxml import html

from books import registry
from books.mirror import lookup
from books.models import Record
from tenants.models import Tenant
from tests.bills.factories import BILL
from tests.customers.test_edit import EDIT
from tests.support.inputs import inputs


def list_links(client: Client, address: str, typed: Mapping[str, str]) -> list[str]:
    """The linked names of the notice, after a save that is refused; every link leads to an element of the page."""
    answer = client.post(address, {**inputs(client.get(address)), **typed, "save": "1"})
    assert answer.status_code == 422
    page: Any = html.fromstring(answer.content.decode())
    links = page.xpath("//div[contains(@class, 'is-bad')]//a[starts-with(@href, '#')]")
    assert [link.get("href") for link in links if not page.xpath("//*[@id=$id]", id=link.get("href")[1:])] == []
    return [link.text for link in links]


@pytest.fixture
def bill(larch: Tenant) -> str:
    lookup.store_record(larch, registry.get_table(larch, "bills"), BILL)
    return "/t/larch/bills/B1/edit"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ({"phone": "5" * 40}, ["Phone"]),
        ({"email": "nobody", "billing_address-city": "x" * 99}, ["Email", "Bill to, city"]),
        (
            {"alternate_shipping_addresses-1-id": "-1", "alternate_shipping_addresses-1-city": "x" * 99},
            ["Ship-to address 2, name", "Ship-to address 2, city"],
        ),
    ],
)
def test_a_customers_form_links_its_wrong_inputs(
    as_bob: Client, job: Record, typed: dict[str, str], names: list[str]
) -> None:
    assert list_links(as_bob, EDIT, typed) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ({"transaction_date": "2/29/2027"}, ["Bill date"]),
        (
            {"expense_lines-0-id": "E1", "expense_lines-0-account": "Freight In", "expense_lines-0-amount": "1.2.3"},
            ["Expenses, line 1, amount"],
        ),
        (
            {"expense_lines-2-id": "-1", "expense_lines-2-memo": "Toner"},
            ["Expenses, line 3, account", "Expenses, line 3, amount"],
        ),
    ],
)
def test_a_bills_form_links_its_wrong_inputs(
    as_bob: Client, bill: str, typed: dict[str, str], names: list[str]
) -> None:
    assert list_links(as_bob, bill, typed) == names


def test_many_wrong_inputs_are_counted(as_bob: Client, bill: str) -> None:
    new = {f"expense_lines-{n}-{name}": text for n in range(2, 14) for name, text in (("id", "-1"), ("memo", "Toner"))}
    assert len(list_links(as_bob, bill, new)) == 9
    page = as_bob.post(bill, {**inputs(as_bob.get(bill)), **new, "save": "1"}).content.decode()
    assert "and 15 more" in page


def test_a_form_without_errors_has_no_such_notice(as_bob: Client, job: Record) -> None:
    assert "Nothing has been saved" not in as_bob.get(EDIT).content.decode()
