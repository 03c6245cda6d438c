"""Home and the list of companies: their figures by currency, and that each number leads to just what it counts."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pytest_django import Settings

from bills.terms.discounts import find_ending
from books import registry
from books.mirror import lookup
from books.mirror.store import store_page
from books.models import SyncRun, SyncStatus
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from edits.models.edit import Edit, State
from overview.company_table import SORTS
from overview.figures import companies
from overview.figures.plots import BELOW, make_bars, shorten
from tenants.models import Tenant
from tests.bills.factories import BILL, DOLLAR, EURO, named
from tests.edits.factories import a_sighting
from tests.overview.inbox.test_inbox import left

HOME = "/t/larch/"
NUMBER = re.compile(r'<a\s+class="(?:count |panel-end )?number"\s+href="([^"]+)"\s*>([^<]+)</a>')
TERMS = {
    "id": "D",
    "name": "2% 10 Net 30",
    "isActive": True,
    "dueDays": 30,
    "discountDays": 10,
    "discountPercentage": 2,
}


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def store(tenant: Tenant, **bills: dict[str, Any]) -> None:
    rows = [
        {**BILL, "id": f"{tenant.slug}-{key}", "refNumber": key, "currency": DOLLAR, **more}
        for key, more in bills.items()
    ]
    store_page(tenant, BILLS, rows, timezone.now())


def fill(tenant: Tenant) -> None:
    """Bills of all ages and two currencies, balances, a discount that ends soon, and a change in the books."""
    SyncStatus.objects.get_or_create(tenant=tenant)
    for kind in ("bills", "customers"):
        SyncRun.objects.update_or_create(tenant=tenant, kind=kind, defaults={"as_of": timezone.now()})
    lookup.store_record(tenant, registry.get_table(tenant, "standard-terms"), TERMS)
    store(
        tenant,
        old={"openAmount": "10.25", "dueDate": day(-200)},
        late={"openAmount": "20.50", "dueDate": day(-5)},
        now={"openAmount": "30.00", "dueDate": day(0)},
        soon={"openAmount": "41000.00", "dueDate": day(7)},
        early={
            "openAmount": "50.00",
            "dueDate": day(22),
            "transactionDate": day(-8),
            "terms": named("D", "2% 10 Net 30"),
        },
        abroad={"openAmount": "60.00", "dueDate": day(3), "currency": EURO},
        paid={"openAmount": "0.00", "dueDate": day(3), "isPaid": True},
    )
    people = [("Ada", "5.50", DOLLAR), ("Bea", "700.00", DOLLAR), ("Cy", "0.00", DOLLAR), ("Di", "8.00", EURO)]
    rows = [
        {"id": f"{tenant.slug}-{name}", "revisionNumber": "1", "fullName": name, "name": name, "isActive": True,
         "balance": balance, "currency": currency}
        for name, balance, currency in people
    ]  # fmt: skip
    store_page(tenant, CUSTOMERS, rows, timezone.now())
    a_sighting(tenant, timezone.now())
    a_sighting(tenant, timezone.now() - timedelta(days=2))


def list_numbers(page: str) -> Iterator[tuple[str, str]]:
    """Yield the address and the text of each number of a page."""
    for url, text in NUMBER.findall(page):
        yield unescape(url), " ".join(text.split())


def follow(client: Client, url: str, text: str) -> str:
    """Return what the page behind a number adds up to, written as the number is."""
    context = client.get(url).context
    if url.startswith("/inbox/"):
        return f"{context['inbox'].settle}"
    if "." in text:
        column = "balance_sum" if "/customers/" in url else "open_sum"
        sums = [total[column] for total in context["totals"]] or [Decimal(0)]  # a list of nothing has no totals
        return " and ".join(f"{total:,.2f}" for total in sums)
    return text.replace(re.search(r"\d[\d,]*", text)[0], f"{context['found'].total:,}")  # type: ignore[index]  # a number has a digit


def test_each_number_is_what_the_page_behind_it_adds_up_to(
    as_bob: Client, bob: User, larch: Tenant, harbor: Tenant
) -> None:
    for tenant in (larch, harbor):
        fill(tenant)
        left(tenant, bob)
    addresses = (HOME, f"{HOME}?currency=Euro", "/")
    numbers = {address: list(list_numbers(as_bob.get(address).content.decode())) for address in addresses}
    assert [len(found) for found in numbers.values()] == [28, 24, 24]
    asked = dict.fromkeys(number for found in numbers.values() for number in found)
    assert [(url, text) for url, text in asked if follow(as_bob, url, text) != text] == []


def test_the_figures_are_those_of_the_chosen_currency(as_carol: Client, larch: Tenant) -> None:
    fill(larch)
    found = {name: as_carol.get(f"{HOME}?currency={name}").context["home"] for name in ("", "Euro", "nonsense")}
    assert [(name, one.open.sum, one.owed_sum.sum, one.discounts.figure.sum) for name, one in found.items()] == [
        ("", Decimal("41110.75"), Decimal("705.50"), Decimal("50.00")),
        ("Euro", Decimal("60.00"), Decimal("8.00"), Decimal("0.00")),
        ("nonsense", Decimal("41110.75"), Decimal("705.50"), Decimal("50.00")),
    ]


def on_home(client: Client, query: str = "") -> tuple[str, str, list[str]]:
    """The codes of both figures of Home, and of the chips that are on."""
    answer = client.get(f"{HOME}{query}")
    chips = re.findall(r'aria-current="true"\s*>([^<]*)</a>', answer.content.decode().partition("home-currencies")[2])
    return answer.context["home"].bills.code, answer.context["home"].owed.code, chips


def test_all_figures_are_of_one_currency_and_its_chip_is_on(as_carol: Client, larch: Tenant) -> None:
    people = [("Ada", "5.00", EURO), ("Bea", "7.00", EURO), ("Cy", "9.00", DOLLAR)]
    plain = {"revisionNumber": "1", "isActive": True}
    rows = [
        {**plain, "id": name, "name": name, "fullName": name, "balance": balance, "currency": currency}
        for name, balance, currency in people
    ]
    store_page(larch, CUSTOMERS, rows, timezone.now())
    for kind in ("bills", "customers"):
        SyncRun.objects.create(tenant=larch, kind=kind, as_of=timezone.now())
    owed_alone = on_home(as_carol)
    store(larch, a={"openAmount": "10.00", "dueDate": day(3)})
    assert (owed_alone, on_home(as_carol), on_home(as_carol, "?currency=Euro")) == (
        ("Euro", "Euro", ["Euro"]),
        ("US Dollar", "US Dollar", ["US Dollar"]),
        ("Euro", "Euro", ["Euro"]),
    )


@pytest.mark.parametrize(
    ("unread", "owed", "open_bills"),
    [("customers", "not loaded yet", "41,110.75"), ("bills", "705.50", "not loaded yet")],
)
def test_a_figure_goes_by_the_age_of_its_own_list(
    as_carol: Client, larch: Tenant, unread: str, owed: str, open_bills: str
) -> None:
    fill(larch)
    SyncRun.objects.filter(tenant=larch, kind=unread).update(as_of=None)
    page = html.fromstring(as_carol.get(HOME).content)
    figures = {one.findtext("dt"): one.find("dd").text_content().strip() for one in page.iterfind(".//dl/div")}
    assert (figures["Owed by customers"], figures["Open bills"]) == (owed, open_bills)
    assert bool(page.xpath("//*[@aria-labelledby='owing']")) == (unread == "bills")
    (row,) = (own for own in as_carol.get("/").context["found"] if own.member.tenant == larch)
    assert row.as_of is None


def test_what_is_older_than_the_rest_of_home_says_so(as_carol: Client, larch: Tenant) -> None:
    fill(larch)
    pages = [as_carol.get(HOME)]
    SyncRun.objects.filter(tenant=larch, kind="customers").update(as_of=timezone.now() - timedelta(days=2))
    pages.append(as_carol.get(HOME))
    figures = [page.content.decode().partition("Owed by customers")[2].partition("</dl>")[0] for page in pages]
    assert [re.findall(r"updated [\w ]+", one) for one in figures] == [[], ["updated 2 days ago"]]


def test_the_saving_of_a_bill_is_that_of_its_page_in_whole_yen_and_of_what_is_not_paid(
    as_carol: Client, larch: Tenant
) -> None:
    lookup.store_record(larch, registry.get_table(larch, "standard-terms"), TERMS)
    terms = {"terms": named("D", "2% 10 Net 30"), "transactionDate": day(-8), "currency": named("J", "JPY")}
    line = {**BILL["expenseLines"][0], "amount": "12345"}
    amounts = {"amountDue": "12345.00", "openAmount": "6345.00", "expenseLines": [line], "itemLines": []}
    payment = {"id": "X", "transactionType": "bill_payment_check", "linkType": "amount", "amount": "-6000.00"}
    store(larch, a={**terms, **amounts, "itemGroupLines": [], "linkedTransactions": [payment]})
    (bill,) = as_carol.get(f"{HOME}?currency=JPY").context["home"].discounts.first
    page = as_carol.get(f"/t/larch/bills/{bill.remote_id}/")
    assert (bill.saving, page.context["due"].saving) == (Decimal("127.00"), Decimal("127.00"))


def test_a_bill_in_a_new_currency_stored_meanwhile_leaves_home_as_it_is(
    as_carol: Client, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(larch)

    def store_first(*asked: Any) -> Any:
        terms = {"terms": named("D", "2% 10 Net 30"), "transactionDate": day(-8)}
        store(larch, late={**terms, "openAmount": "9.00", "currency": named("J", "JPY")})
        return find_ending(*asked)

    monkeypatch.setattr(companies, "find_ending", store_first)
    assert as_carol.get(HOME).status_code == 200


def test_a_discount_that_ends_soon_says_what_it_saves_until_when(as_carol: Client, larch: Tenant) -> None:
    fill(larch)
    (bill,) = as_carol.get(HOME).context["home"].discounts.first
    found = (bill.name, bill.discount.last, bill.saving, bill.percentage)
    assert found == ("early", timezone.localdate() + timedelta(days=2), Decimal("1.00"), "2%")


@pytest.mark.parametrize(("age", "is_ending"), [(2, False), (3, True), (10, True), (11, False)])
def test_a_discount_ends_soon_within_a_week(as_carol: Client, larch: Tenant, age: int, is_ending: bool) -> None:
    lookup.store_record(larch, registry.get_table(larch, "standard-terms"), TERMS)
    store(larch, a={"transactionDate": day(-age), "terms": named("D", "2% 10 Net 30")})
    assert as_carol.get("/t/larch/bills/?discount=1").context["found"].total == int(is_ending)


def test_a_day_of_the_month_as_terms_ends_a_discount_too(as_carol: Client, larch: Tenant) -> None:
    soon = timezone.localdate() + timedelta(days=2)
    terms = {"id": "M", "name": "Monthly", "isActive": True, "dueDayOfMonth": soon.day, "gracePeriodDays": 0}
    terms |= {"discountDayOfMonth": soon.day, "discountPercentage": "3"}
    lookup.store_record(larch, registry.get_table(larch, "date-driven-terms"), terms)
    store(larch, a={"transactionDate": day(-1), "terms": named("M", "Monthly")})
    (bill,) = as_carol.get(HOME).context["home"].discounts.first
    assert bill.discount.last == soon


def test_nothing_needs_you_is_said(as_carol: Client, larch: Tenant) -> None:
    assert "Nothing needs you here." in as_carol.get(HOME).content.decode()


def test_who_may_not_see_what_a_figure_is_made_of_is_shown_none(
    as_carol: Client, larch: Tenant, settings: Settings
) -> None:
    fill(larch)
    of_bills = {"Open bills", "Overdue", "Most overdue, days", "Due in 7 days", "Discounts ending"}
    wanted = {"bills.open_amount": (False, True), "bills.due_date": (False, True), "customers.balance": (True, False)}
    for hidden, (bills, owed) in wanted.items():
        settings.HIDDEN_FIELDS = {"viewer": [hidden]}
        home = as_carol.get(HOME).context["home"]
        (row,) = [one for one in as_carol.get("/").context["found"] if one.member.tenant == larch]
        shown = [one is not None for one in (home.bills, home.owed, row.figures.bills, row.figures.owed)]
        assert (hidden, shown) == (hidden, [bills, owed] * 2)
        columns = {cell.label for cell in row.cells if cell.lines}
        assert columns == (of_bills if bills else set()) | ({"Owed by customers"} if owed else set()), hidden


@pytest.mark.parametrize("hidden", ["bills.terms", "bills.transaction_date"])
def test_who_may_not_see_terms_or_bill_dates_is_shown_no_discounts(
    as_carol: Client, larch: Tenant, settings: Settings, hidden: str
) -> None:
    fill(larch)
    settings.HIDDEN_FIELDS = {"viewer": [hidden]}
    (row,) = [one for one in as_carol.get("/").context["found"] if one.member.tenant == larch]
    assert (row.figures.discounts, row.figures.bills is not None) == (None, True)


def test_the_table_of_companies_keeps_currencies_apart(as_bob: Client, larch: Tenant) -> None:
    fill(larch)
    terms = {"transactionDate": day(-8), "terms": named("D", "2% 10 Net 30")}
    store(larch, euro={"openAmount": "9.00", "dueDate": day(-40), "currency": EURO, **terms})
    (row,) = [one for one in as_bob.get("/").context["found"] if one.member.tenant == larch]
    found = {cell.label: [(one.code, one.words, str(one.figure.sum)) for one in cell.lines] for cell in row.cells}
    assert found == {
        "Open bills": [("US Dollar", "", "41110.75"), ("Euro", "", "69.00")],
        "Overdue": [("US Dollar", "", "30.75"), ("Euro", "", "9.00")],
        "Most overdue, days": [("US Dollar", "1–30", "20.50"), ("Euro", "31–60", "9.00")],
        "Due in 7 days": [("US Dollar", "", "41030.00"), ("Euro", "", "60.00")],
        "Discounts ending": [("US Dollar", "", "50.00"), ("Euro", "", "9.00")],
        "Owed by customers": [("US Dollar", "", "705.50"), ("Euro", "", "8.00")],
    }


def test_terms_of_one_company_give_no_discount_in_another(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    fill(larch)
    store(harbor, a={"dueDate": day(22), "transactionDate": day(-8), "terms": named("D", "2% 10 Net 30")})
    rows = {one.member.tenant.slug: one.figures.discounts for one in as_bob.get("/").context["found"]}
    assert (len(rows["larch"]), rows["harbor"]) == (1, [])


def test_the_table_of_companies_says_how_long_a_save_and_a_request_take(
    as_bob: Client, bob: User, larch: Tenant
) -> None:
    SyncStatus.objects.create(tenant=larch, seconds_per_request=1.5)
    edit = left(larch, bob, State.SAVED)
    log = [[State.SENDING, "2026-01-01T09:00:00+00:00"], [State.SAVED, "2026-01-01T09:00:04.200000+00:00"]]
    Edit.objects.filter(pk=edit.pk).update(state_log=log)
    page = as_bob.get("/").content.decode()
    found = re.findall(r'href="(/t/larch/#connection)">\s*([^<]+?)\s*</a>', page)
    assert found == [("/t/larch/#connection", "4.2 s a save"), ("/t/larch/#connection", "1.5 s a request")]


def test_a_company_without_bills_shows_its_customers(as_bob: Client, juniper: Tenant) -> None:
    home = as_bob.get("/t/juniper/").context["home"]
    assert (home.bills, home.owed is not None) == (None, True)


def list_slugs(client: Client, sort: str) -> list[str]:
    return [own.member.tenant.slug for own in client.get(f"/?sort={sort}").context["found"]]


def test_the_companies_are_sorted_by_their_figures(as_bob: Client, bob: User, larch: Tenant, harbor: Tenant) -> None:
    store(larch, a={"openAmount": "5.00", "dueDate": day(-1)})
    store(harbor, a={"openAmount": "7.00", "dueDate": day(-1)}, b={"openAmount": "1.00", "dueDate": day(90)})
    left(larch, bob)
    a_sighting(harbor, timezone.now())
    SyncStatus.objects.create(tenant=larch, seconds_per_request=3)
    sorts = ("-needs", "-overdue", "-ages", "-changed", "-pace", "open", "name", "-nonsense")
    orders = {sort: list_slugs(as_bob, sort) for sort in sorts}
    assert {sort: found[0] for sort, found in orders.items()} == {
        "-needs": "larch",
        "-overdue": "harbor",
        "-ages": "harbor",
        "-changed": "harbor",
        "-pace": "larch",
        "open": "abc",
        "name": "abc",
        "-nonsense": "abc",
    }
    assert orders["open"][-2:] == ["larch", "harbor"]


def test_each_order_of_the_companies_is_a_choice_where_the_table_has_no_heads(as_bob: Client) -> None:
    page = as_bob.get("/?sort=-overdue").content.decode()
    choices = re.findall(r'<option value="([^"]*)"( selected)?>([^<]+)</option>', page)
    assert {sort for sort, _, _ in choices} == {"", *SORTS, *(f"-{name}" for name in SORTS)}
    assert [(sort, text) for sort, chosen, text in choices if chosen] == [("-overdue", "Overdue, largest first")]


def test_the_switcher_says_what_waits_in_each_company(as_bob: Client, bob: User, larch: Tenant) -> None:
    store(larch, a={"dueDate": day(-1)}, b={"dueDate": day(2)})
    SyncStatus.objects.create(tenant=larch, failing_since=timezone.now())
    left(larch, bob)
    page = as_bob.get("/?now=abc&q=larch", headers={"HX-Request": "true"}).content.decode()
    words = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert re.sub(r"since \d\d:\d\d", "since 09:00", words) == (
        "Larch Street Supply bookkeeper 1 needs you 1 overdue 1 due in 7 days Not answering since 09:00"
    )


@pytest.mark.parametrize("address", ["/", "/?now=abc&q=a"])
def test_the_companies_take_as_many_queries_with_figures_as_without(
    as_bob: Client, companies: dict[str, Tenant], address: str
) -> None:
    counts = []
    for filled in ("larch", "harbor"):
        fill(companies[filled])
        with CaptureQueriesContext(connection) as asked:
            as_bob.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 18


def test_figures_are_kept_until_the_data_of_their_company_changes(as_carol: Client, larch: Tenant) -> None:
    SyncStatus.objects.create(tenant=larch)
    sums = []
    for amount in ("1.00", "2.00"):
        store(larch, a={"openAmount": amount})
        sums.append(as_carol.get(HOME).context["home"].open.sum)
    assert sums == [Decimal("1.00"), Decimal("2.00")]


@given(st.lists(st.decimals(min_value=-10, max_value=10**9, places=2), max_size=14))
def test_longer_bars_are_larger_amounts_and_at_most_half_of_them_are_broken(amounts: list[Decimal]) -> None:
    bars = make_bars(amounts)
    by_amount = sorted(zip(amounts, bars, strict=True), key=lambda one: one[0])
    lengths = [float(bar.share) for _, bar in by_amount]
    assert lengths == sorted(lengths)
    assert sum(bar.is_broken for bar in bars) * 2 <= sum(amount > 0 for amount in amounts)


def test_one_huge_amount_leaves_the_others_to_be_seen() -> None:
    bars = make_bars([Decimal(4_800_000), Decimal(3_000), Decimal(1_500), Decimal(0)])
    assert [(bar.share, bar.is_broken) for bar in bars] == [
        ("100.0", True),
        (f"{BELOW}.0", False),
        (f"{BELOW / 2}", False),
        ("0.0", False),
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0.49", "0"), ("940", "940"), ("999.6", "1.0k"), ("5600", "5.6k"), ("12400", "12k"), ("999960", "1.0m"),
     ("4800000", "4.8m"), ("1.2e9", "1.2b"), ("-1500", "-1.5k")],
)  # fmt: skip
def test_an_amount_above_a_bar_is_short(amount: str, text: str) -> None:
    assert shorten(Decimal(amount)) == text


def test_home_says_how_long_a_request_takes(as_carol: Client, larch: Tenant) -> None:
    said = []
    for seconds in (None, 0.02, 4.24):
        SyncStatus.objects.update_or_create(tenant=larch, defaults={"seconds_per_request": seconds})
        said += re.findall("A request to QuickBooks usually takes [0-9.]+ s", as_carol.get(HOME).content.decode())
    assert said == ["A request to QuickBooks usually takes 4.2 s"]


def test_home_shows_the_first_of_much_that_needs_somebody(as_bob: Client, bob: User, larch: Tenant) -> None:
    for _ in range(12):
        left(larch, bob)
    page = as_bob.get(HOME).content.decode()
    assert (page.count("<li data-item="), "See all 12" in page) == (10, True)


def test_who_may_only_view_now_is_not_led_to_drafts(as_carol: Client, carol: User, larch: Tenant) -> None:
    left(larch, carol, State.DRAFT)
    assert "/drafts/" not in as_carol.get(HOME).content.decode()


def test_a_part_of_the_query_that_is_not_valid_leaves_the_search(as_bob: Client, harbor: Tenant, larch: Tenant) -> None:
    found = as_bob.get("/", {"q": harbor.name, "sort": "nonsense"}).context["found"]
    assert [row.member.tenant.slug for row in found] == ["harbor"]
