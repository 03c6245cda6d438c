"""The list of bills: what it finds, adds up and asks of the database."""

import re
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from books import registry
from books.mirror import lookup
from books.models import Record, SyncRun, SyncStatus
from edits.models.edit import Edit, State
from tenants.models import Tenant
from tests.bills.factories import expense, item, named
from tests.support.markup import one_line

LIST = "/t/larch/bills/"


def numbers(client: Client, query: str = "", **headers: str) -> list[str]:
    """The numbers of the bills that a list shows, in its order."""
    return [row.name for row in client.get(f"{LIST}{query}", headers=headers).context["found"].rows]


def test_a_plain_list_shows_what_is_unpaid_the_oldest_first(as_carol, store):
    store("new", due=9), store("old", due=-9), store("paid", isPaid=True)
    assert numbers(as_carol) == ["old", "new"]


FOUND = {
    "?state=overdue": ["A1", "B2"],
    "?state=paid": ["D4"],
    "?state=all": ["A1", "B2", "C3", "D4"],
    "?age=31-60": ["A1"],
    "?age=current": ["C3"],
    "?q=norr": ["B2"],
    "?q=1,240.5": ["C3"],
    "?vendor=norrland": ["B2"],
    "?state=all&since=2026-10-29": ["D4"],
    "?state=all&until=28 Oct 2026&sort=-name": ["C3", "B2", "A1"],
    "?state=all&since=10/29/26": ["D4"],
    "?sort=amount": ["A1", "B2", "C3"],
    "?sort=-vendor_name": ["B2", "C3", "A1"],
}


def test_it_filters_and_sorts(as_carol, store):
    store("A1", due=-40, amount="1.00"), store("B2", due=-5, amount="20.00", vendor="Norrland")
    store("C3", due=0, amount="1240.50"), store("D4", due=1, isPaid=True, transactionDate="2026-11-01")
    assert {query: numbers(as_carol, query) for query in FOUND} == FOUND


def test_a_bill_is_found_by_what_people_read_as_the_same(as_carol, store):
    store("INV-2024-001", vendor="Ñandú", memo="Café", amount="1240.50"), store("7731", amount="12.40")
    typed = ("nandu", "ÑANDU", "inv-2024-001", "2024001", "2024-001", "cafe", "1,240.5")
    assert {q: numbers(as_carol, f"?q={q}") for q in typed} == {q: ["INV-2024-001"] for q in typed}


def test_an_amount_is_not_found_by_its_digits_alone(as_carol, store):
    store("7731", amount="12.34")
    assert (numbers(as_carol, "?q=1234"), numbers(as_carol, "?q=12.34")) == ([], ["7731"])


def test_bills_whose_vendor_or_number_matches_best_come_first(as_carol, store):
    store("1", due=1, vendor="Garden"), store("2", due=2, vendor="Le Den"), store("3", due=3, vendor="Den")
    store("den-4", due=4)
    assert numbers(as_carol, "?q=den") == ["3", "den-4", "2", "1"]
    assert numbers(as_carol, "?q=den&sort=due_date") == ["1", "2", "3", "den-4"]


def test_vendors_are_sorted_and_filtered_as_they_are_folded(as_carol, store):
    store("1", vendor="Zoe"), store("2", vendor="Ábel"), store("3", vendor="Acme")
    assert (numbers(as_carol, "?sort=vendor_name"), numbers(as_carol, "?vendor=abel")) == (["2", "3", "1"], ["2"])


def test_a_search_that_is_too_long_shows_no_bill_and_says_so(as_carol, store):
    store("7731", memo="x" * 106)
    page = as_carol.get(LIST, {"q": "x" * 106})
    assert (page.context["found"].total, page.context["totals"]) == (0, [])
    assert "This one has 106, so nothing was searched." in page.content.decode()


def test_the_filters_read_dates_in_the_order_of_the_company(as_carol, larch, store):
    store("A1"), store("D4", isPaid=True, transactionDate="2026-11-01")
    Tenant.objects.filter(pk=larch.pk).update(day_first=True)
    assert numbers(as_carol, "?state=all&since=1/11/26") == ["D4"]


def test_a_bill_due_today_is_not_overdue(as_carol, store):
    store("today", due=0)
    assert numbers(as_carol, "?state=overdue") == []


def test_nonsense_in_the_address_is_named_and_the_list_still_shown(as_carol, store):
    store("7731")
    wrong = "sort=oops", "since=31 Feb 2026", "page=0", "size=7", "state=lost", "age=old", "page=x", "q=%00"
    answers = {query: as_carol.get(f"{LIST}?{query}") for query in wrong}
    found = {
        query: (answer.status_code, len(answer.context["form"].errors), "This filter is ignored." in answer.text)
        for query, answer in answers.items()
    }
    assert found == dict.fromkeys(wrong, (200, 1, True))


def test_all_that_is_listed_is_added_up_by_currency(as_carol, store):
    store("1", amount="10.00"), store("2", amount="5.25"), store("3", amount="7.00", currency=named("C", "Euro"))
    shown = [(t["currency"], t["count"], t["amount_sum"]) for t in as_carol.get(LIST).context["totals"]]
    assert shown == [("", 2, Decimal("15.25")), ("Euro", 1, Decimal("7.00"))]


@pytest.mark.parametrize(("is_chosen", "named_amounts"), [(False, {"Euro"}), (True, {"Euro", "Yen"})])
def test_the_usual_currency_is_named_only_if_the_company_has_chosen_so(
    as_carol, larch, store, is_chosen, named_amounts
):
    Tenant.objects.filter(pk=larch.pk).update(names_every_currency=is_chosen)
    for number, currency in [("1", "Yen"), ("2", "Yen"), ("3", "Euro")]:
        store(number, amount="10.00", currency=named(currency, currency))
    shown = as_carol.get(LIST).content.decode()
    assert set(re.findall(r'class="?cur"?>([^<]*)<', shown)) == named_amounts


def test_the_selection_knows_the_usual_currency_of_amounts_without_a_name_from_all_bills(as_bob, larch, store):
    for code in ("USD", "EUR"):
        raw = {"id": code, "name": f"{code} name", "currencyCode": code}
        lookup.store_record(larch, registry.get_table(larch, "currencies"), raw)
    for number, (code, more) in enumerate([("USD", {"isPaid": True})] * 6 + [("EUR", {})] * 5 + [("USD", {})] * 2):
        store(str(number), currency=named(code, f"{code} name"), **more)
    page = as_bob.get(LIST).content.decode()
    named_amounts = set(re.findall(r'class="?cur"?>([^<]*)<', page.partition('id="found"')[2]))
    assert (named_amounts, re.findall('data-currency="([^"]*)"', page)) == ({"EUR"}, ["USD"])


def test_a_list_of_another_currency_alone_names_it(as_carol, store):
    for number, currency in [("1", "Yen"), ("2", "Yen"), ("3", "Euro")]:
        store(number, amount="10.00", currency=named(currency, currency))
    shown = [as_carol.get(f"{LIST}?currency={name}").content.decode() for name in ("Euro", "Yen")]
    assert [set(re.findall(r'class="?cur"?>([^<]*)<', page)) for page in shown] == [{"Euro"}, set()]


@pytest.mark.parametrize("told", [None, "0", "2"])  # QuickBooks tells how it shows them, which may be otherwise
def test_amounts_have_the_decimals_of_their_currency_everywhere(as_bob, larch, store, told):
    for code, name in (("JPY", "Yen"), ("EUR", "Euro")):
        raw = {"id": name[0], "name": name, "currencyCode": code, "currencyFormat": told and {"decimalPlaces": told}}
        lookup.store_record(larch, registry.get_table(larch, "currencies"), raw)
    for number, currency in [("1", "Yen"), ("2", "Yen"), ("3", "Euro")]:
        store(
            number,
            amount="1234.00",
            currency=named(currency[0], currency),
            expenseLines=[expense("L1", "A1", "1234.00")],
        )
    yen = Record.objects.get(tenant=larch, name="1")
    pages = {
        name: re.findall(r"1,234(?:\.00)?|2,468(?:\.00)?", as_bob.get(url).content.decode())
        for name, url in {
            "list": LIST,
            "bill": f"{LIST}{yen.remote_id}/",
            "form": f"{LIST}{yen.remote_id}/edit",
            "companies": "/",
            "vendor": f"/t/larch/vendors/{yen.vendor_id}/",
            "search": f"/search/?q={yen.vendor_name}",
        }.items()
    }
    assert {name: sorted(set(found)) for name, found in pages.items()} == {
        "list": ["1,234", "1,234.00", "2,468"],
        "bill": ["1,234"],
        "form": ["1,234"],
        "companies": ["1,234.00", "2,468"],
        "vendor": ["1,234", "1,234.00", "2,468"],
        "search": ["1,234", "1,234.00"],
    }
    file = b"".join(as_bob.get("/t/larch/lists/bills/export.csv?columns=name,amount").streaming_content).decode()
    assert sorted(re.findall(r'"1234[^"]*","\w*"', file)) == ['"1234","JPY"', '"1234","JPY"', '"1234.00","EUR"']


@pytest.mark.parametrize(("others", "written"), [("Euro", "8,370.00"), ("Yen", "8,370")])
def test_an_amount_in_home_currency_has_the_decimals_of_that_one_and_not_the_bills(
    as_bob, larch, store, others, written
):
    raw = {"id": "Y", "name": "Yen", "currencyCode": "JPY"}
    lookup.store_record(larch, registry.get_table(larch, "currencies"), raw)
    for number, currency in [("1", "Yen"), ("2", others), ("3", others)]:
        store(number, amount="1234.00", currency=named(currency[0], currency), amountDueInHomeCurrency="8370.00")
    yen = Record.objects.get(tenant=larch, name="1")
    page = as_bob.get(f"{LIST}{yen.remote_id}/").content.decode()
    listed = as_bob.get(f"{LIST}?columns=name,amount,amount_due_in_home_currency").content.decode()
    assert re.findall(r">(8,370[.0]*)<", page) == [written]
    assert re.findall(r">([^<>]*8,370[.0]*)<", listed) == [written] * 3


@pytest.mark.parametrize(("file", "head"), [("export", "Amount"), ("edit", "Amount"), ("edit", "Line: amount")])
def test_an_excel_file_shows_amounts_with_the_decimals_of_each_bills_currency(as_bob, larch, store, file, head):
    for number, code in enumerate(("JPY", "KWD", "EUR", "EUR")):
        raw = {"id": code, "name": code, "currencyCode": code}
        lookup.store_record(larch, registry.get_table(larch, "currencies"), raw)
        amounts = {"amountDueInHomeCurrency": "8.00", "expenseLines": [expense("L1", "A1", "1.50" * (code != "JPY"))]}
        store(f"{number}", amount="1.50" if code == "KWD" else "1234.00", currency=named(code, code), **amounts)
    columns = "columns=name,amount,amount_due_in_home_currency&sort=name&fields=lines"
    answer = as_bob.get(f"/t/larch/lists/bills/{file}.xlsx?{columns}").getvalue()
    first, *rows = load_workbook(BytesIO(answer)).worksheets[0].iter_rows()
    places = [[one.value for one in first].index(name) for name in (head, "Amount in home currency")]
    formats = list(dict.fromkeys(tuple(row[place].number_format for place in places) for row in rows))
    assert formats == [("#,##0", "#,##0.00"), ("#,##0.000", "#,##0.00"), ("#,##0.00", "#,##0.00")]


def test_a_file_to_edit_shows_no_point_after_a_whole_quantity(as_bob, larch, store):
    store("1", itemLines=[item("I1", "Box", 200, "1.15", "230.00"), item("I2", "Tape", 1.5, "2.00", "3.00")])
    answer = as_bob.get("/t/larch/lists/bills/edit.xlsx?fields=lines").getvalue()
    first, *rows = load_workbook(BytesIO(answer)).worksheets[0].iter_rows()
    place = [one.value for one in first].index("Line: quantity")
    cells = [row[place] for row in rows if row[place].value in (200, 1.5)]
    assert [(one.value, one.number_format) for one in cells] == [(200, "General"), (1.5, "General")]


def test_cents_of_a_currency_without_any_are_shown_whole(as_bob, larch, store):
    raw = {"id": "Y", "name": "Yen", "currencyCode": "JPY"}
    lookup.store_record(larch, registry.get_table(larch, "currencies"), raw)
    store("1", amount="12345.50", currency=named("Y", "Yen"), expenseLines=[expense("L1", "A1", "12345.50")])
    yen = Record.objects.get(tenant=larch, name="1")
    pages = [
        as_bob.get(url).content.decode() for url in (LIST, f"{LIST}{yen.remote_id}/", f"{LIST}{yen.remote_id}/edit")
    ]
    assert {figure for page in pages for figure in re.findall(r"12,345(?:\.\d+)?", page)} == {"12,345.50"}


def test_what_is_pasted_into_lines_has_the_decimals_of_the_bills_currency(as_bob, larch, store):
    raw = {"id": "Y", "name": "Yen", "currencyCode": "JPY"}
    lookup.store_record(larch, registry.get_table(larch, "currencies"), raw)
    store("1", currency=named("Y", "Yen"))
    block = {"section": "expense_lines", "members": "account,memo,amount", "start": 2, "text": "1234"}
    answer = as_bob.post(f"{LIST}B1/paste/", block)
    assert ("1,234" in answer.content.decode(), "1,234.00" in answer.content.decode()) == (True, False)


def test_the_aging_bar_sorts_what_is_open_by_its_due_date(as_carol, store):
    for number, due in enumerate([3, 0, -1, -30, -31, -60, -61, -90, -91]):
        store(str(number), due=due, amount="10.00")
    aging = as_carol.get(LIST).context["aging"]
    assert [(cell.name, cell.count, str(cell.sum)) for cell in aging.cells] == [
        ("current", 2, "20.00"), ("1-30", 2, "20.00"), ("31-60", 2, "20.00"), ("61-90", 2, "20.00"),
        ("over-90", 1, "10.00"),
    ]  # fmt: skip
    assert str(aging.sum) == "90.00"


@pytest.mark.parametrize(
    ("hidden", "q", "found"),
    [
        ("", "120.50", ["1"]), ("", "$500.00", ["1"]), ("", "0.00", ["1"]),
        ("open_amount", "120.50", []), ("amount_due", "500.00", []), ("amount_due", "120.50", ["1"]),
    ],
)  # fmt: skip
def test_a_bill_is_found_by_its_amount_due_where_that_is_shown(as_carol, store, settings, hidden, q, found):
    store("1", amount="500.00", openAmount="120.50"), store("2", amount="9.50", isPaid=True)
    settings.HIDDEN_FIELDS = {"viewer": [f"bills.{hidden}"]}
    assert numbers(as_carol, f"?state=all&q={q}") == found


@pytest.mark.parametrize(
    ("query", "marked"),
    [("?age=1-30", 1), ("?age=1-30&state=paid", 0), ("?state=all&age=1-30", 0), ("?age=1-30&q=1", 0), ("?q=1", 0)],
)
def test_the_aging_bar_marks_an_age_only_where_the_list_has_what_it_sums(as_carol, store, query, marked):
    store("1", due=-3), store("2", due=-3, isPaid=True)
    bar = re.findall(r'<nav class="aging".*?</nav>', as_carol.get(f"{LIST}{query}").content.decode(), re.S)
    assert [one.count("aria-current") for one in bar] == [marked]


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_database_six_times_however_many_rows(as_carol, larch, store, django_assert_num_queries, count):
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    SyncStatus.objects.get_or_create(tenant=larch)
    for number in range(count):
        store(str(number))
    as_carol.get(LIST)
    with django_assert_num_queries(6):
        as_carol.get(LIST)
    store("another")
    with django_assert_num_queries(7):  # what is open is added up once for each change
        as_carol.get(LIST)


@pytest.mark.parametrize("query", ["", "?state=all", "?state=overdue", "?age=1-30", "?amount_from=7", "?vendor=Cobalt"])
def test_its_figures_follow_what_is_stored(as_carol, larch, store, query):
    SyncStatus.objects.get_or_create(tenant=larch)
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    store("1", due=-3, amount="10.00"), as_carol.get(f"{LIST}{query}"), store("2", due=-4, amount="20.00")
    context = as_carol.get(f"{LIST}{query}").context
    sums = [(total["count"], str(total["amount_sum"]), str(total["open_sum"])) for total in context["totals"]]
    assert (sums, str(context["aging"].sum)) == ([(2, "30.00", "30.00")], "30.00")


def test_each_value_of_a_filter_has_figures_of_its_own(as_carol, larch, store):
    SyncStatus.objects.get_or_create(tenant=larch)
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    store("1"), store("2", vendor="Other"), store("3", vendor="Other", isPaid=True)
    counts = [
        [total["count"] for total in as_carol.get(f"{LIST}?{query}").context["totals"]]
        for query in ("vendor=Cobalt", "vendor=Other&state=all", "vendor=Cobalt&state=all", "vendor=Other")
    ]
    assert counts == [[1], [2], [1], [1]]


def test_what_people_do_is_counted_at_once(as_carol, carol, larch, store):
    SyncStatus.objects.get_or_create(tenant=larch)
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    store("1"), as_carol.get(f"{LIST}?draft=1")
    Edit.objects.create(
        tenant=larch, person=carol, kind="bills", remote_id="B1", state=State.DRAFT, sent_at=timezone.now()
    )
    assert [total["count"] for total in as_carol.get(f"{LIST}?draft=1").context["totals"]] == [1]


def list_sum_columns(page):
    """The columns below which the rows of the foot have an amount."""
    heads = re.findall(r'<th scope="col"(?:[^>]* data-column="(\w+)")?', page)
    for row in page.partition("<tfoot>")[2].partition("</tfoot>")[0].split("<tr>")[1:]:
        place = 0
        for tag, text in re.findall(r"<t[dh]\b([^>]*)>(.*?)</t[dh]>", row, re.S):
            if re.search(r"\d\.\d\d", text):
                yield heads[place]
            place += int((re.findall(r'colspan="(\d+)"', tag) or ["1"])[0]) or 1  # as browsers read a span of 0


@pytest.mark.parametrize("columns", ["open_amount,name", "amount,open_amount,memo", "name,amount,memo,open_amount"])
def test_a_sum_stands_below_its_column_whatever_comes_first(as_bob, as_carol, store, columns):
    store("7731")
    wanted = [name for name in columns.split(",") if "amount" in name]
    pages = [client.get(f"{LIST}?columns={columns}").content.decode() for client in (as_bob, as_carol)]
    assert [list(list_sum_columns(page)) for page in pages] == [wanted] * 2
    assert ["Total of 1 bill" in page and 'class="pager"' in page for page in pages] == [True] * 2


def test_what_stands_in_a_row_is_text(as_carol, store):
    store("7731", refNumber="<b>n", memo="<b>m", vendor="<b>v", terms=named("T", "<b>t"))
    text = as_carol.get(LIST).content.decode()
    assert ("<b>" in text, [one for one in "nmvt" if f"&lt;b&gt;{one}<" in text]) == (False, [*"nmvt"])


def test_a_row_leads_to_its_page_and_to_its_form(as_bob, store):
    store("8000 Å-1")
    text = as_bob.get(LIST).content.decode()
    links = [reverse(view, args=["larch", "B8000 Å-1"]) for view in ("bill_page", "bill_edit")]
    assert [f'href="{link}?list="' in text for link in links] == [True, True]


def test_htmx_gets_the_rows_the_filters_and_the_bar_by_age_alone(as_carol, store):
    store("7731")
    answer = as_carol.get(f"{LIST}?q=7731", headers={"HX-Request": "true"})
    text = answer.content.decode()
    swapped = re.findall(r'id="(\w+)" hx-swap-oob="true"', text)
    assert (text.count("<html"), text.count('id="found"'), swapped) == (0, 1, ["aging", "chips"])
    assert (answer["Vary"], "no-store" in answer["Cache-Control"]) == (
        "HX-Request, Cookie, Accept-Encoding, Sec-Fetch-Site",
        True,
    )


def test_the_links_keep_what_the_address_asks(as_carol, store):
    store("7731")
    text = as_carol.get(f"{LIST}?q=77&state=all").content.decode()
    assert "?q=77&amp;state=all&amp;sort=-amount" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "The bills are loading for the first time."),
        ("?q=elmsted", "are loading"),
    ],
)
def test_an_empty_list_says_why(as_carol, larch, query, words):
    assert words in as_carol.get(f"{LIST}{query}").content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Only unpaid bills were searched."),
        ("&state=paid&age=over-90", "Only paid bills with these filters were searched: age Over 90 days overdue."),
        ("&state=all&amount_from=5", "Only bills with these filters were searched: amount from 5.00."),
        ("&sort=amount&state=unpaid&size=50&page=3", "Only unpaid bills were searched."),
    ],
)
def test_a_search_that_was_limited_says_so_and_leads_to_one_of_all(as_carol, larch, store, query, said):
    store("7731", isPaid=True, amount="4.00")
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    page = one_line(as_carol.get(f"{LIST}?q=7731{query}").text)
    told, link = re.findall(r'class="aside">(Only [^<]*) <a href="([^"]*)">Search all bills</a>', page)[0]
    assert (told, numbers(as_carol, unescape(link))) == (said, ["7731"])


def test_a_search_of_all_bills_is_said_to_be_limited_by_nothing(as_carol, larch, store):
    store("7731")
    SyncRun.objects.create(tenant=larch, kind="bills", as_of=timezone.now())
    page = as_carol.get(f"{LIST}?q=nothing&state=all").text
    assert ("No bills match this search." in page, "Search all bills" in page) == (True, False)


def test_a_viewer_sees_no_way_to_edit_and_a_stranger_no_list(as_bob, as_carol, as_dave, store):
    store("7731")
    assert "data-edit" not in as_carol.get(LIST).content.decode()
    assert "data-edit" in as_bob.get(LIST).content.decode()
    assert as_dave.get(LIST).status_code == 404


def test_a_bill_too_long_to_be_edited_has_no_way_to_edit(as_bob, store, settings):
    settings.MAX_BILL_LINES = 5
    store("six"), store("five", expenseLines=[expense("E1", "Freight In", "218.00")])
    text = as_bob.get(LIST).content.decode()
    assert [f'aria-label="Edit bill {number}"' in text for number in ("six", "five")] == [False, True]


def test_only_who_may_edit_is_told_the_key_for_it(as_bob, as_carol, larch):
    told = ["<kbd>e</kbd> edit" in client.get(LIST).content.decode() for client in (as_bob, as_carol)]
    assert told == [True, False]


def test_the_list_asks_the_vendor_nothing(as_carol, store, sandbox):
    store("7731")
    as_carol.get(LIST)
    assert sandbox.requests() == []
