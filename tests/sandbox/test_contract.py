"""The vendor's own client, validating every answer strictly, understands the sandbox."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from conductor import Conductor

from .conftest import BILL, CONTRACTOR, CUSTOMER, EXAMPLE, KEY, WHOLESALER, Caller

COMPANIES = (EXAMPLE, CONTRACTOR, WHOLESALER)
LISTS = (
    "accounts classes currencies customer_types customers bills date_driven_terms discount_items employees "
    "inventory_assembly_items inventory_items inventory_sites item_groups non_inventory_items other_charge_items "
    "other_names payment_methods price_levels purchase_orders sales_representatives sales_tax_codes "
    "sales_tax_group_items sales_tax_items service_items standard_terms subtotal_items unit_of_measure_sets vendors"
)


@pytest.fixture
def client(caller: Caller) -> Iterator[Conductor]:
    """It sends through the caller's connections: to get ready for its own takes longer than the test."""
    url, http = f"{caller.url}/v1", caller.http
    with Conductor(
        api_key=KEY, base_url=url, http_client=http, max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


def records(page: Any) -> list[Any]:
    return page.data if page.__class__.__name__.endswith("Response") else list(islice(page, 400))


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("kind", LISTS.split())
def test_it_lists_and_retrieves_every_kind(client: Conductor, company: str, kind: str) -> None:
    resource = getattr(client.qbd, kind)
    listed = records(resource.list(conductor_end_user_id=company))
    again = [resource.retrieve(record.id, conductor_end_user_id=company).id for record in listed[:2]]
    assert again == [record.id for record in listed[:2]]


def test_it_returns_every_page_of_the_customers(client: Conductor) -> None:
    customers = client.qbd.customers.list(conductor_end_user_id=WHOLESALER, status="all")
    assert len({customer.id for customer in customers}) == 600


def test_it_updates_a_customer(client: Conductor) -> None:
    before = client.qbd.customers.retrieve(CUSTOMER, conductor_end_user_id=EXAMPLE)
    after = client.qbd.customers.update(
        CUSTOMER, conductor_end_user_id=EXAMPLE, revision_number=before.revision_number, phone="555-0100"
    )
    assert (after.phone, after.revision_number > before.revision_number) == ("555-0100", True)


def test_it_updates_a_bill(client: Conductor) -> None:
    before = client.qbd.bills.retrieve(BILL, conductor_end_user_id=EXAMPLE)
    kept: list[Any] = [{"id": line.id} for line in before.item_lines]
    after = client.qbd.bills.update(
        BILL,
        conductor_end_user_id=EXAMPLE,
        revision_number=before.revision_number,
        item_lines=[*kept, {"id": "-1", "item_id": CUSTOMER}],
    )
    assert [line.amount for line in after.item_lines] == ["300.00", "60.00"]


def test_it_creates_voids_and_deletes_a_bill(client: Conductor) -> None:
    lines: Any = [{"account_id": "80000003-1234567890", "amount": "12.00"}]
    known: Any = {"transaction_date": "2026-11-02", "expense_lines": lines, "conductor_end_user_id": EXAMPLE}
    bill = client.qbd.bills.create(vendor_id="80000001-1234567890", **known)
    assert bill.amount_due == "12.00"
    assert client.qbd.bills.void(bill.id, conductor_end_user_id=EXAMPLE).voided
    assert client.qbd.bills.delete(bill.id, conductor_end_user_id=EXAMPLE).deleted


def test_it_creates_a_customer(client: Conductor) -> None:
    created = client.qbd.customers.create(name="Fresh & Co", conductor_end_user_id=EXAMPLE)
    assert (created.full_name, created.sublevel, created.is_active) == ("Fresh & Co", 0, True)


def test_it_shows_end_users_and_their_connections(client: Conductor) -> None:
    seen = [(user.company_name, len(user.integration_connections)) for user in client.end_users.list().data]
    assert seen == [
        ("ABC Corporation", 1),
        ("Harbor & Pine Builders", 1),
        ("Larch Street Supply", 1),
        ("Quillmark Stationery", 1),
        ("Garnet Vale Water", 1),
    ]


@pytest.mark.parametrize("company", COMPANIES)
def test_it_shows_company_preferences_and_health(client: Conductor, company: str) -> None:
    named = client.qbd.company.retrieve(conductor_end_user_id=company).company_name
    assert named == client.end_users.retrieve(company).company_name
    assert client.qbd.preferences.retrieve(conductor_end_user_id=company).accounting.is_using_audit_trail
    assert client.qbd.health_check(conductor_end_user_id=company).status == "ok"


def test_it_lists_deleted_records(client: Conductor, caller: Caller) -> None:
    caller.control("change", endUserId=EXAMPLE, resource="customers", id=CUSTOMER, delete=True)
    gone = client.qbd.deleted_list_objects.list(object_types=["customer"], conductor_end_user_id=EXAMPLE).data
    assert [entry.full_name for entry in gone] == ["ABC Corporation:Website Redesign Project"]


def test_it_lists_bills_to_pay(client: Conductor) -> None:
    open_bills = client.qbd.bills_to_pay.list(vendor_id="80000001-1234567890", conductor_end_user_id=EXAMPLE).data
    assert open_bills[0].bill is not None
    assert (open_bills[0].bill.bill_id, open_bills[0].bill.amount_due) == (BILL, "500.00")
