"""The list of customers: searched, filtered, sorted and paged over the mirror, without asking the vendor."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from books import registry
from books.mirror import lookup, query
from books.mirror.store import store_page
from books.models import SyncRun, SyncStatus
from books.providers.conductor.customers import CUSTOMERS
from tenants.models import Tenant
from tests.support.copies import Copied
from tests.support.markup import one_line
from tests.support.vendor import Sandbox

LIST = "/t/larch/customers/"


def store(tenant: Tenant, **names: Mapping[str, object]) -> None:
    """Put small customers into the mirror: id → what differs from a plain active one."""
    plain = {"revisionNumber": "1", "isActive": True, "balance": "0.00", "totalBalance": "0.00"}
    rows = [{**plain, "id": key, "name": key, "fullName": key, **more} for key, more in names.items()]
    store_page(tenant, CUSTOMERS, rows, timezone.now())


def names(client: Client, query: str = "") -> list[str]:
    """The full names on the page that answers this query."""
    answer = client.get(LIST + query)
    assert answer.status_code == 200
    return [row.full_name for row in answer.context["found"].rows]


@pytest.mark.parametrize("word", ["birch", "BIRCH LTD", "office@birch", "0142"])
def test_search_finds_name_company_email_and_phone(as_carol: Client, larch: Tenant, word: str) -> None:
    found = {"fullName": "Birch", "companyName": "Birch Ltd", "email": "office@birch.example", "phone": "555-0142"}
    store(larch, one=found, two={"fullName": "Maple"})
    assert names(as_carol, f"?q={word}") == ["Birch"]


def test_the_sums_of_a_search_in_a_long_list_come_after_its_page(
    as_carol: Client, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(larch, **{key: {"fullName": f"Birch {key}", "balance": "10.00"} for key in "abc"})
    monkeypatch.setattr(query, "FEW", 3)
    none, many = (one_line(as_carol.get(LIST, {"q": q}).content.decode()) for q in ("maple", "birch"))
    later = as_carol.get(LIST, {"q": "birch", "totals": "1"}, headers={"HX-Request": "true"})
    foot = one_line(later.content.decode()).partition("<tfoot>")[2]
    assert ["Adding up 3 customers" in text or "<tfoot>" in text for text in (none, many)] == [False, True]
    assert ("Total of 3 customers" in foot, "30.00" in foot) == (True, True)
    assert 'hx-get="?q=birch&amp;totals=1&amp;page=1"' in many


def test_a_search_in_a_long_list_names_no_usual_currency(
    as_carol: Client, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    dollar, euro = ({"id": name, "fullName": name} for name in ("US Dollar", "Euro"))
    kept = dict.fromkeys("abc", dollar) | {"d": euro}
    store(larch, **{key: {"fullName": f"Birch {key}", "currency": kept[key]} for key in kept})
    monkeypatch.setattr(query, "FEW", 3)
    page = as_carol.get(LIST, {"q": "birch"}).content.decode()
    assert set(re.findall(r'<span class="cur">(.*?)</span>', page)) == {"Euro"}


def test_sums_that_come_late_leave_what_another_search_has_shown_meanwhile(
    as_carol: Client, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(larch, **{key: {"fullName": f"Birch {key}"} for key in "abc"})
    monkeypatch.setattr(query, "FEW", 3)
    later = as_carol.get(LIST, {"q": "birch", "totals": "1"}, headers={"HX-Request": "true"})
    parts = re.findall("hx-swap-oob|id=|data-row-link|<a class=.record|<tfoot>", later.content.decode())
    assert (parts, "HX-Replace-Url" in later, later["Vary"].split(",")[0]) == (["<tfoot>"], False, "HX-Request")


@pytest.mark.parametrize("few", [3, 5000])  # the sums of a long list come later
def test_the_selection_knows_the_usual_currency_of_amounts_without_a_name(
    as_bob: Client, larch: Tenant, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    dollar, euro = ({"id": name, "fullName": name} for name in ("US Dollar", "Euro"))
    store(larch, **{key: {"fullName": key, "currency": dollar} for key in "abcd"})
    store(larch, **{key: {"fullName": f"Birch {key}", "currency": euro} for key in "xyz"})
    monkeypatch.setattr(query, "FEW", few)
    page = as_bob.get(LIST, {"q": "birch"}).content.decode()
    assert re.findall('data-currency="([^"]*)"', page) == ["US Dollar"]


def test_each_amount_of_a_row_says_its_currency_where_the_company_wants_that(as_carol: Client, larch: Tenant) -> None:
    Tenant.objects.filter(pk=larch.pk).update(names_every_currency=True)
    store(larch, a={"currency": {"id": "Y", "fullName": "Yen"}})
    assert as_carol.get(LIST).content.decode().count(">Yen</span> 0.00</td>") == 2


def test_a_column_of_currencies_has_the_codes_that_amounts_have(as_carol: Client, larch: Tenant) -> None:
    euro = {"id": "E", "name": "Euro", "currencyCode": "EUR", "isActive": True}
    lookup.store_record(larch, registry.get_table(larch, "currencies"), euro)
    store(larch, a={"currency": {"id": "E", "fullName": "Euro"}}, b={"currency": {"id": "Y", "fullName": "Yen"}})
    asked = {"columns": "full_name,currency"}
    page = one_line(as_carol.get(LIST, asked).content.decode())
    rows = b"".join(as_carol.get("/t/larch/lists/customers/export.csv", asked)).decode().split()
    assert (page.count(">EUR</td>"), ">Euro<" in page, rows[1:]) == (1, False, ['"a","EUR"', '"b","Yen"'])


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("state=all&columns=full_name", ['"Name","Status"', '"a","Active"', '"i","Inactive"']),
        ("state=active&columns=full_name", ['"Name"', '"a"']),
        ("state=all&columns=full_name,is_active", ['"Name","Active"', '"a","yes"', '"i","no"']),
    ],
)
def test_a_file_says_which_customers_are_inactive(as_carol: Client, larch: Tenant, query: str, rows: list[str]) -> None:
    store(larch, a={}, i={"isActive": False})
    answer = as_carol.get(f"/t/larch/lists/customers/export.csv?{query}")
    assert b"".join(answer).decode().removeprefix("\ufeff").split() == rows


def test_a_search_that_is_too_long_shows_nothing_and_says_so(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={"fullName": "a" * 106})
    answer = as_carol.get(LIST, {"q": "a" * 106})
    said = "A search can have up to 100 characters. This one has 106, so nothing was searched."
    assert (answer.context["found"].total, said in one_line(answer.content.decode())) == (0, True)


def test_the_best_match_comes_first_until_an_order_is_chosen(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={"fullName": "Garden"}, b={"fullName": "Le Den"}, c={"fullName": "Den"})
    page = as_carol.get(f"{LIST}?q=den").content.decode()
    assert (names(as_carol, "?q=den"), names(as_carol, "?q=den&sort=full_name")) == (
        ["Den", "Le Den", "Garden"],
        ["Den", "Garden", "Le Den"],
    )
    assert re.findall('name="sort" value="([^"]*)"', page) == []  # typing on keeps that order


def test_what_was_searched_is_named_where_nothing_was_found(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={})
    SyncRun.objects.create(tenant=larch, kind="customers", as_of=timezone.now())
    (said,) = re.findall("We searched ([^.]*)", one_line(as_carol.get(f"{LIST}?q=xyz").content.decode()))
    words = (
        "full name, company, email, phone, second phone, contact, account number, terms, city and ZIP or postal code"
    )
    assert said == words


def test_a_search_of_active_customers_alone_says_so_and_leads_to_one_of_all(as_carol: Client, larch: Tenant) -> None:
    store(larch, elm={"isActive": False})
    SyncRun.objects.create(tenant=larch, kind="customers", as_of=timezone.now())
    page = one_line(as_carol.get(f"{LIST}?q=elm&terms=Net 30").content.decode())
    said = "Only active customers with these filters were searched: terms Net 30."
    (link,) = re.findall(f'{said} <a href="([^"]*)">Search all customers</a>', page)
    assert names(as_carol, unescape(link)) == ["elm"]


@pytest.mark.parametrize(("state", "shown"), [("", ["a"]), ("active", ["a"]), ("inactive", ["i"]), ("all", ["a", "i"])])
def test_inactive_customers_show_only_when_asked_for(
    as_carol: Client, larch: Tenant, state: str, shown: list[str]
) -> None:
    store(larch, a={}, i={"isActive": False})
    assert names(as_carol, f"?state={state}" if state else "") == shown


def test_every_column_sorts_both_ways(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={"totalBalance": "5.00"}, b={"totalBalance": "10.00"}, c={"totalBalance": "-1.00"})
    both = [names(as_carol, f"?sort={sort}") for sort in ("total_balance", "-total_balance")]
    assert both == [["c", "a", "b"], ["b", "a", "c"]]


def test_jobs_stand_under_their_customer(as_carol: Client, larch: Tenant) -> None:
    store(larch, x={"fullName": "Ash"}, y={"fullName": "Ash:Roof"}, z={"fullName": "Ash Grove"})
    text = as_carol.get(LIST).content.decode()
    shown = re.findall(r'depth-(\d)" dir="auto"><a[^>]*>([^<]*)</a>', text)
    assert shown == [("0", "Ash"), ("1", "Roof"), ("0", "Ash Grove")]


def test_where_there_are_no_customers_at_all_no_filter_is_taken_off(as_carol: Client, larch: Tenant) -> None:
    SyncRun.objects.create(tenant=larch, kind="customers", as_of=timezone.now())
    pages = [one_line(as_carol.get(LIST + query).content.decode()) for query in ("", "?state=all")]
    told = [("No customers with this status." in page, "This company has no customers." in page) for page in pages]
    assert told == [(True, False), (False, True)]
    assert "Show all" not in pages[1].partition('class="empty')[2]


def test_more_jobs_than_a_customers_page_shows_are_a_link_away(as_carol: Client, larch: Tenant) -> None:
    below = {f"j{n:03}": {"parent": {"id": "P 1", "fullName": "Ash"}, "isActive": n != 7} for n in range(51)}
    store(larch, **{"P 1": {"fullName": "Ash"}}, other={}, **below)
    page = one_line(as_carol.get(reverse("customer_page", args=["larch", "P 1"])).content.decode())
    (link,) = re.findall(r'href="([^"]*)"\s*>All 51 jobs</a>', page)
    answer = as_carol.get(unescape(link))
    assert (answer.context["found"].total, [chip.label for chip in answer.context["bar"].chips]) == (51, ["Jobs of"])
    assert "Jobs of <strong>Ash</strong>" in one_line(answer.content.decode())


def test_pages_hold_as_many_rows_as_asked(as_carol: Client, larch: Tenant) -> None:
    store(larch, **{f"c{n:03}": {} for n in range(60)})
    found = as_carol.get(f"{LIST}?size=50&page=2").context["found"]
    assert (len(found.rows), found.total, found.page, found.pages) == (10, 60, 2, 2)


def test_previous_and_next_lead_to_the_pages_beside_this_one(as_carol: Client, larch: Tenant) -> None:
    store(larch, **{f"c{n:03}": {} for n in range(101)})
    text = one_line(as_carol.get(f"{LIST}?size=50&page=2").content.decode())
    assert ('href="?size=50&amp;page=1" rel="prev"' in text, 'href="?size=50&amp;page=3" rel="next"' in text) == (
        True,
        True,
    )


def test_what_stands_in_a_row_is_text(as_carol: Client, larch: Tenant) -> None:
    fields = ("fullName", "companyName", "phone", "email")
    store(larch, x={name: f'<b title="{name}">' for name in fields} | {"terms": {"id": "t", "fullName": "<b>"}})
    text = as_carol.get(LIST).content.decode()
    assert (
        "<b>" in text or "<b title" in text,
        [name for name in fields if f"&lt;b title=&#34;{name}&#34;&gt;" in text],
    ) == (
        False,
        [*fields],
    )


def test_a_row_leads_to_its_page_and_to_its_form(as_bob: Client, larch: Tenant) -> None:
    store(larch, **{"8000 Å-1": {}})
    text = as_bob.get(LIST).content.decode()
    links = [reverse(view, args=["larch", "8000 Å-1"]) for view in ("customer_page", "customer_edit")]
    assert [f'href="{link}?list="' in text for link in links] == [True, True]


def test_only_who_may_edit_is_told_the_key_for_it(as_bob: Client, as_carol: Client, larch: Tenant) -> None:
    told = ["<kbd>e</kbd> edit" in client.get(LIST).content.decode() for client in (as_bob, as_carol)]
    assert told == [True, False]


def test_a_query_that_makes_no_sense_shows_the_list_and_says_so(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={})
    wrong = ["?sort=password", "?page=x", "?size=7", "?state=gone", "?page=-1"]
    answers = {query: as_carol.get(LIST + query) for query in wrong}
    found = {query: (answer.status_code, "This filter is ignored." in answer.text) for query, answer in answers.items()}
    assert found == dict.fromkeys(wrong, (200, True))


def test_a_fragment_is_the_rows_alone(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={})
    answer = as_carol.get(LIST, headers={"HX-Request": "true"})
    assert (b"<html" in answer.content, answer["Vary"], "no-store" in answer["Cache-Control"]) == (
        False,
        "HX-Request, Cookie, Accept-Encoding, Sec-Fetch-Site",
        True,
    )


@pytest.mark.parametrize(("query", "made"), [("", 5), ("?q=c", 7)])
@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    as_carol: Client, larch: Tenant, count: int, query: str, made: int
) -> None:
    store(larch, **{f"c{n:03}": {"parent": {"id": "p", "fullName": "P"}} for n in range(count)})
    SyncRun.objects.create(tenant=larch, kind="customers", as_of=timezone.now())
    SyncStatus.objects.get_or_create(tenant=larch)
    as_carol.get(LIST)  # the first look of a minute is noted, a list without a search is counted once
    with CaptureQueriesContext(connection) as queries:
        as_carol.get(LIST + query)
    assert len(queries) == made


def test_no_page_of_customers_asks_the_vendor(as_bob: Client, larch: Tenant, copied: Copied, sandbox: Sandbox) -> None:
    copied(larch, "customers")
    key = query.search_records(larch, CUSTOMERS).rows[0].remote_id
    statuses = [as_bob.get(LIST + path).status_code for path in ("", f"{key}/", f"{key}/edit")]
    assert (statuses, sandbox.requests("end_usr_wholesaler0001")) == ([200, 200, 200], [])


def test_a_company_never_sees_the_rows_of_another(as_carol: Client, larch: Tenant, harbor: Tenant) -> None:
    store(larch, ours={})
    store(harbor, theirs={})
    assert names(as_carol) == ["ours"]


def test_a_search_as_it_is_typed_keeps_the_state_and_the_order_of_the_list(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={})
    answer = as_carol.get(f"{LIST}?q=a&state=all&sort=&size=50", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer["HX-Replace-Url"] == f"{LIST}?q=a&state=all&size=50"
    assert [f'href="?q=a&amp;{rest}"' in text for rest in ("size=50&amp;state=inactive", "state=all&amp;size=100")] == [
        True,
        True,
    ]


def test_a_customer_has_those_beside_it_in_its_list(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={}, b={}, c={})
    for listed, beside in {"": ("a", 2, "c"), "sort=-full_name": ("c", 2, "a"), "q=b": ("", 1, "")}.items():
        position = as_carol.get(f"{LIST}b/", {"list": listed}).context["position"]
        ids = [url.removeprefix(LIST).partition("/")[0] for url in (position.previous_url, position.next_url)]
        assert (listed, ids[0], position.number, ids[1]) == (listed, *beside)
        asked = f"?{listed}" if listed else ""
        assert as_carol.get(position.list_url)["Location"] == f"{LIST}{asked}#row-b"
