"""Every number of Home, of the bar by age and of the filter bar leads to the list that it counts and adds up."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror.store import store_page
from books.models import SyncRun
from books.providers.conductor.customers import CUSTOMERS
from tenants.models import Tenant
from tests.bills.factories import named
from tests.bills.list.conftest import store as store

HOME, BILLS, CUSTOMERS_LIST = "/t/larch/", "/t/larch/bills/", "/t/larch/customers/"
EURO, YEN = named("CE", "Euro"), named("CY", "Yen")
NUMBER = re.compile(r"−?[\d,]+\.\d\d+|\b\d+(?= (?:bill|customer|today|upcoming))")


@pytest.fixture
def filled(larch: Tenant, store: Callable[..., object]) -> None:
    """Bills of three currencies and every age, customers who owe, and one who has a credit."""
    for number, due in enumerate((-100, -70, -40, -9, 0, 3, 7, 8, 40)):
        store(f"D{number}", due=due, amount=f"{number + 1}.10", vendor="Norrland" if number % 2 else "Cobalt")
    (
        store("E1", due=-9, amount="70.05", currency=EURO, vendor="Norrland"),
        store("E2", due=2, amount="1.00", currency=EURO),
    )
    store("Y1", due=1, amount="900.00", currency=YEN), store("P1", isPaid=True)
    held = {"a": "50.00", "b": "0.00", "c": "-5.00", "d": "0.25"}
    rows = [_make_customer(key, balance, isActive=key != "d") for key, balance in held.items()]
    store_page(larch, CUSTOMERS, [*rows, _make_customer("e", "7.00", currency=EURO)], timezone.now())
    codes = [{"id": one["id"], "name": one["fullName"], "currencyCode": code, "isActive": True, "revisionNumber": "1"}
             for one, code in ((EURO, "EUR"), (YEN, "JPY"))]  # fmt: skip
    store_page(larch, registry.get_table(larch, "currencies"), codes, timezone.now())
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    SyncRun.objects.create(tenant=larch, kind="customers", as_of=timezone.now())


def _make_customer(key: str, balance: str, **more: Any) -> dict[str, Any]:
    plain = {"id": key, "name": key, "fullName": key, "revisionNumber": "1", "isActive": True, "totalBalance": balance}
    return {**plain, "balance": balance, **more}


def list_links(page: str, block: str) -> Iterator[tuple[str, str]]:
    """Yield the address and the words of each link to a list in a page's blocks, with the words of its block."""
    for part in re.findall(block, page, re.S):
        for url, inside in re.findall(
            r'<a\s[^>]*?href="([^"]*(?:bills/|customers/|)\?[^"]*)"[^>]*>(.*?)</a>', part, re.S
        ):
            words = inside if NUMBER.search(inside) else part
            yield unescape(url), " ".join(re.sub("<[^>]*>", " ", words).split())


def read_list(client: Client, url: str, column: str) -> tuple[int, list[Decimal]]:
    """The number of rows that a list counts, and its totals in each currency."""
    context = client.get(url).context
    return context["found"].total, [total[column] for total in context["totals"]] or [Decimal("0.00")]


def check_link(client: Client, url: str, said: str) -> None:
    """What is said of a list is what it has."""
    count, sums = read_list(client, url, "balance_sum" if "customers" in url else "open_sum")
    numbers = [text.replace(",", "") for text in NUMBER.findall(said)]
    counts = [int(one) for one in numbers if "." not in one]
    amounts = [Decimal(one) for one in numbers if "." in one]
    assert counts[:1] in ([], [count]), (url, said)
    assert amounts[:1] in ([], sums), (url, said)


def test_the_numbers_of_home_lead_to_what_they_count(as_carol: Client, filled: None) -> None:
    page = as_carol.get(HOME).content.decode()
    numbers = list_links(page, r'<a\s+class="number".*?</a>')
    links = [(url, said) for url, said in numbers if url.startswith((BILLS, CUSTOMERS_LIST))]
    for url, said in links:
        check_link(as_carol, url, said)
    assert len(links) >= 12


def test_the_cells_by_age_lead_to_what_they_count_and_keep_the_filters(as_carol: Client, filled: None) -> None:
    for query in ("", "?vendor=norrland&q=zzz", "?currency=EUR", "?state=paid&amount_from=2", "?age=1-30"):
        page = as_carol.get(f"{BILLS}{query}").content.decode()
        links = list(list_links(page, r'<nav class="aging".*?</nav>|Open in other currencies:.*?</p>'))
        assert len(links) >= 6
        for url, said in links:
            check_link(as_carol, f"{BILLS}{url}", said)
            assert ("vendor=norrland" in url, "amount_from=2" in url) == ("vendor" in query, "amount_from" in query)


@pytest.mark.parametrize("query", ["", "?currency=EUR", "?vendor=norrland&q=zzz", "?state=paid&amount_from=2"])
def test_the_cells_by_age_follow_filters_that_are_applied_without_a_new_page(
    as_carol: Client, filled: None, query: str
) -> None:
    bars = [
        re.search(
            r'<div class="stack" id="aging".*?</div>',
            as_carol.get(f"{BILLS}{query}", headers=more).content.decode(),
            re.S,
        )
        for more in ({}, {"HX-Request": "true"})
    ]
    whole, swapped = [bar[0].replace(' hx-swap-oob="true"', "") if bar else "" for bar in bars]
    assert (whole == swapped, bool(whole)) == (True, True)


def test_all_that_is_not_yet_due_are_the_bills_in_the_list(as_carol: Client, filled: None) -> None:
    page = as_carol.get(HOME).content.decode()
    ((url, said),) = list_links(page, r"<a\s[^>]*due=upcoming[^>]*>.*?</a>")
    assert (said, read_list(as_carol, url, "open_sum")[0]) == ("See all 5 upcoming bills", 5)


def test_owed_by_customers_are_those_who_owe_the_largest_first(as_carol: Client, filled: None) -> None:
    page = as_carol.get(HOME).content.decode()
    links = [one for one in list_links(page, r"<dt>.*?</div>") if "customers" in one[0]]
    shown = [[row.full_name for row in as_carol.get(url).context["found"].rows] for url, _ in links]
    assert ([said for _, said in links], shown) == (["50.25", "2 customers"], [["a", "d"]] * 2)


def test_a_currency_has_one_spelling_on_a_page(as_carol: Client, filled: None) -> None:
    pages = [as_carol.get(url).content.decode() for url in (HOME, BILLS, CUSTOMERS_LIST, f"{BILLS}?currency=euro")]
    assert [">Euro<" in page or "Euro\n" in page for page in pages] == [False] * 4
    assert [page.count("EUR") > 0 for page in pages] == [True] * 4
