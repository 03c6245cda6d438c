"""What a list draws from its columns, and that a field which a member may not see is nowhere in it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from bills.list.table import COLUMNS as BILL_COLUMNS
from books.mirror.store import store_page
from books.pages.list_links import ListLinks
from books.pages.list_table import (
    Column,
    TableRow,
    choose_columns,
    describe_searched,
    list_sorts,
    read_cells,
    render_table,
)
from books.providers.bigcapital.customers import CUSTOMERS as BIGCAPITAL
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from customers.table import COLUMNS
from records.visible import reduce_table
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.bills.factories import BILL

TAGS = re.compile(r"<[^>]+>")
Hide = Callable[[str], None]


class Plain(NamedTuple):
    """A record as a list reads it."""

    full_name: str = "Ada"
    phone: str = "555-0142"
    balance: Decimal | None = Decimal("-1240.50")
    changed_at: datetime | None = datetime(2026, 10, 28, 12, tzinfo=UTC)
    is_active: bool = True


@pytest.fixture
def hide(settings: Settings) -> Hide:
    """`hide("customers.phone")` keeps a field from viewers."""

    def keep(field: str) -> None:
        settings.HIDDEN_FIELDS = {"viewer": [field]}

    return keep


def drawn(columns: tuple[Column, ...], *records: Any, **more: Any) -> str:
    rows = [TableRow(record, "8-1/", code="CAD") for record in records]
    return render_table(CUSTOMERS, columns, rows, cells="customers/cells", caption="Customers", **more)


def cells(html: str, tag: str = "td") -> list[str]:
    """What stands in the cells, without marks."""
    return [" ".join(TAGS.sub("", cell).split()) for cell in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.S)]


def classes(html: str, tag: str = "td") -> list[str]:
    return re.findall(rf'<{tag}[^>]* class="([^"]*)"', html)


MIXED = (
    Column("full_name", "Name", phone="title"),
    Column("balance", "Balance", "amount", phone="sum", look="num"),
    Column("phone", "Phone", sort="", look="muted low-priority"),
    Column("changed_at", "Last modified", "day", phone="sum", look="num low-priority"),
)


def test_a_cell_is_drawn_as_its_column_says() -> None:
    assert cells(drawn(MIXED, Plain())) == ["Ada", "CAD −1,240.50", "555-0142", "28 Oct 2026"]


def test_nothing_stands_for_nothing() -> None:
    assert cells(drawn(MIXED[1:], Plain(balance=None, phone="", changed_at=None))) == ["CAD", "", ""]


def test_a_phone_shows_the_last_column_of_a_place() -> None:
    assert classes(drawn(MIXED, Plain())) == ["at-title", "num", "muted low-priority", "at-sum num low-priority"]


def test_a_head_names_its_column_and_hides_where_that_does() -> None:
    html = drawn(MIXED, may_edit=True)
    assert cells(html, "th") == ["Name", "Balance", "Phone", "Last modified", "Edit"]
    assert classes(html, "th") == ["", "num", "low-priority", "num low-priority", "w-fit"]


@pytest.mark.parametrize(
    ("order", "name", "balance"),
    [
        ("full_name", "?state=all&amp;sort=-full_name", "?state=all&amp;sort=balance"),
        ("-full_name", "?state=all&amp;sort=full_name", "?state=all&amp;sort=balance"),
    ],
)
def test_a_head_leads_to_the_list_in_its_order_from_the_first_page(order: str, name: str, balance: str) -> None:
    links = ListLinks(QueryDict("state=all&sort=x&page=3"), order)
    assert re.findall(r'<a href="([^"]*)">', drawn(MIXED[:3], links=links)) == [name, balance]


def test_the_order_of_a_list_is_shown_and_said() -> None:
    html = drawn(MIXED[:3], links=ListLinks(QueryDict(""), "-balance"))
    assert (cells(html, "th"), re.findall('aria-sort="(.*?)"', html)) == (
        ["Name", "Balance ↓", "Phone"],
        ["descending"],
    )


def test_what_stands_in_a_cell_is_text() -> None:
    html = drawn((*COLUMNS[:1], MIXED[2]), Plain(full_name="<i>", phone="\"'<b>", is_active=False))
    assert ("<i>" in html, "<b>" in html, html.count("&lt;")) == (False, False, 2)


@pytest.mark.parametrize(
    ("columns", "spans"),
    [
        (BILL_COLUMNS, [("td", "4"), ("th", "3")]),
        ((*BILL_COLUMNS[:4], Column("payables_account", "Account"), *BILL_COLUMNS[4:]), [("td", "5"), ("th", "3")]),
        ((*BILL_COLUMNS[:2], *BILL_COLUMNS[8:]), [("td", "1"), ("th", "1")]),
    ],
)
def test_the_totals_stand_below_their_columns(columns: tuple[Column, ...], spans: list[tuple[str, str]]) -> None:
    total = {"count": 2, "currency": "", "code": "", "amount_sum": Decimal(5), "open_sum": Decimal(3)}
    html = render_table(
        BILLS, columns, [], cells="bills/cells", caption="", totals=[total, total], noun="bill",
        found=_Found(), links=ListLinks(QueryDict("")),
    )  # fmt: skip
    foot = html.partition("<tfoot>")[2].partition("</tr>")[0]
    assert re.findall(r'<(\w+) colspan="(\d+)"', foot) == spans
    assert len(re.findall("<t[dh]", foot)) + sum(int(span) - 1 for _, span in spans) == len(columns)
    assert cells(foot)[-2:] == ["5.00", "3.00"]


def test_a_sum_that_comes_later_has_its_place_below_a_first_column_too() -> None:
    columns = (Column("balance", "Balance", "amount", total="balance_sum"), MIXED[0])
    links = ListLinks(QueryDict(""))
    foot = drawn(columns, totals_url="?totals=1", found=_Found(), noun="customer", links=links).partition("<tfoot>")[2]
    assert re.findall(r'<td colspan="(\d+)"', foot) == ["2", "2"]


class _Found(NamedTuple):
    first: int = 1
    last: int = 2
    total: int = 2
    page: int = 1
    pages: int = 1


def test_a_list_has_the_columns_that_its_provider_has(a_member: Member) -> None:
    shown = choose_columns(a_member, BIGCAPITAL, COLUMNS)
    assert [column.label for column in shown] == ["Name", "Company", "Phone", "Email", "Balance"]


@pytest.fixture
def a_member(carol: Any, larch: Tenant) -> Member:
    return Member(larch, carol, Role.VIEWER)


def test_a_file_holds_amounts_and_days_as_a_spreadsheet_reads_them() -> None:
    export = Column("phone", "Digits", export=lambda row: row.phone.replace("-", ""))
    at = datetime(2026, 10, 28, 12, tzinfo=UTC)
    assert list(read_cells(CUSTOMERS, (*MIXED, export), [Plain(), Plain(balance=None)])) == [
        ["Ada", Decimal("-1240.50"), "555-0142", at, "5550142"],
        ["Ada", None, "555-0142", at, "5550142"],
    ]


def store(larch: Tenant) -> None:
    plain = {"revisionNumber": "1", "isActive": True, "companyName": "Birch", "phone": "555-0142"}
    store_page(larch, CUSTOMERS, [{**plain, "id": "8-1", "name": "Ada", "fullName": "Ada"}], timezone.now())


def test_a_hidden_field_is_in_no_cell(as_carol: Client, larch: Tenant, hide: Hide) -> None:
    store(larch)
    hide("customers.phone")
    html = as_carol.get("/t/larch/customers/").content.decode()
    assert ("555-0142" in html, ">Phone" in html, "Birch" in html) == (False, False, True)


def test_no_list_is_sorted_by_a_hidden_field(as_carol: Client, larch: Tenant, hide: Hide) -> None:
    hide("customers.phone")
    answer = as_carol.get("/t/larch/customers/?sort=-phone")
    assert (answer.context["asked"]["sort"], answer.context["form"].errors.keys()) == ("full_name", {"sort"})


@pytest.mark.parametrize(("q", "found"), [("0142", 0), ("555 birch", 0), ("BIRCH", 1), ("ada bir", 1)])
def test_no_search_finds_a_hidden_field(as_carol: Client, larch: Tenant, hide: Hide, q: str, found: int) -> None:
    store(larch)
    hide("customers.phone")
    assert as_carol.get(f"/t/larch/customers/?q={q}").context["found"].total == found


@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        ("billing_address.city", {"contact": 1, "city": 0, "zip": 1}),
        ("billing_address", {"contact": 1, "city": 0, "zip": 0}),
        ("contact", {"contact": 0, "city": 1, "zip": 1}),
        ("terms", {"contact": 1, "city": 1, "zip": 1}),
    ],
)
def test_no_search_finds_a_hidden_text_without_a_column(
    as_carol: Client, larch: Tenant, hide: Hide, hidden: str, found: dict[str, int]
) -> None:
    address = {"city": "Málaga", "postalCode": "30309-1234"}
    store_page(larch, CUSTOMERS, [{"id": "8-1", "fullName": "Ada", "name": "Ada", "isActive": True,
        "contact": "Zoë", "billingAddress": address}], timezone.now())  # fmt: skip
    hide(f"customers.{hidden}")
    asked = {"contact": "zoe", "city": "malaga", "zip": "303091234"}
    totals = {key: as_carol.get("/t/larch/customers/", {"q": q}).context["found"].total for key, q in asked.items()}
    options = {key: "Ada" in as_carol.get("/t/larch/references/customers/", {"q": q}).content.decode()
               for key, q in asked.items()}  # fmt: skip
    assert (totals, options) == (found, {key: bool(count) for key, count in found.items()})


def test_a_hidden_field_is_not_said_to_be_searched() -> None:
    hidden = reduce_table(CUSTOMERS, frozenset({"customers.billing_address", "customers.terms", "customers.phone"}))
    assert describe_searched(hidden) == "full name, company, email, second phone, contact and account number"


def test_a_hidden_field_is_in_no_file(a_member: Member, hide: Hide) -> None:
    hide("customers.phone")
    columns = choose_columns(a_member, CUSTOMERS, MIXED)
    at = datetime(2026, 10, 28, 12, tzinfo=UTC)
    assert list(read_cells(CUSTOMERS, columns, [Plain()])) == [["Ada", Decimal("-1240.50"), at]]


def test_a_column_needs_all_the_fields_that_its_cells_are_drawn_from(a_member: Member, hide: Hide) -> None:
    hide("bills.due_date")
    shown = choose_columns(a_member, BILLS, BILL_COLUMNS)
    assert list_sorts(shown) == ["name", "vendor_name", "memo", "bill_date", "terms_name", "amount", "open_amount"]


@pytest.mark.parametrize(("field", "sums"), [("bills.amount_due", ["937.60"]), ("bills.open_amount", ["937.60"])])
def test_a_hidden_amount_is_not_added_up(
    as_carol: Client, larch: Tenant, hide: Hide, field: str, sums: list[str]
) -> None:
    store_page(larch, BILLS, [BILL], timezone.now())
    hide(field)
    html = as_carol.get("/t/larch/bills/").content.decode()
    assert cells(html.partition("<tfoot>")[2])[-len(sums) :] == sums
    assert (html.partition('id="found"')[2].count("937.60"), 'class="aging"' in html) == (2, "amount_due" in field)


@pytest.mark.parametrize(
    ("field", "query", "chip"),
    [
        ("bills.transaction_date", "since=2030-01-01", "Bill date"),
        ("bills.is_paid", "state=paid", "Overdue"),
        ("bills.due_date", "age=over-90", "Overdue"),
    ],
)
def test_no_filter_of_bills_tells_a_hidden_field(
    as_carol: Client, larch: Tenant, hide: Hide, field: str, query: str, chip: str
) -> None:
    store_page(larch, BILLS, [BILL], timezone.now())
    hide(field)
    answer = as_carol.get(f"/t/larch/bills/?{query}")
    chips = answer.content.decode().partition('id="chips"')[2].partition('id="found"')[0]
    assert (answer.context["found"].total, chip in chips) == (1, False)


def test_no_filter_of_customers_tells_a_hidden_field(as_carol: Client, larch: Tenant, hide: Hide) -> None:
    store(larch)
    hide("customers.is_active")
    answer = as_carol.get("/t/larch/customers/?state=inactive")
    assert (answer.context["found"].total, ">Inactive</a>" in answer.content.decode()) == (1, False)
