"""Searches find what people read as the same, and show the best matches first; names are sorted in the same way."""

from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from books import registry
from books.mirror import query
from books.mirror.store import store_page
from books.models import Record
from records.searching import make_sort_key, rank_name

PHONE = "+1-555-123-4567"


@pytest.fixture(params=["read through", "asked of the index", "read in order"])
def way(request, monkeypatch):
    """All ways to search: small lists are scanned, large ones ask the index, very many hits are read in order."""
    cache.clear()
    if request.param != "read through":
        monkeypatch.setattr(query, "FEW", 1)
    if request.param == "read in order":
        monkeypatch.setattr(query, "MANY", 0)


@pytest.fixture
def store(companies):
    """`store("Name", phone="555")` stores a customer in the mirror, of the company `slug`."""

    def put(*names, slug="larch", kind="customers", **more):
        table = registry.get_table(companies[slug], kind)
        rows = [{"id": f"8-{n}", "fullName": name, "name": name, **more} for n, name in enumerate(names)]
        store_page(companies[slug], table, rows, timezone.now())

    return put


@pytest.fixture
def find(companies):
    """`find("word")` returns the names that a search finds, in the order of the list."""

    def names(q, slug="larch", kind="customers", **more):
        table = registry.get_table(companies[slug], kind)
        return [row.full_name for row in query.search_records(companies[slug], table, q=q, **more).rows]

    return names


THE_SAME = [
    *[("Çelik İnşaat", "celik"), ("Çelik İnşaat", "INSAAT"), ("Crème Brûlée", "creme"), ("Ñandú", "nandu")],
    *[("Zażółć", "zazolc"), ("Zazolc", "zażółć"), ("Straße", "STRASSE"), ("Ødegård", "odegard"), ("Æblø", "aeblo")],
    *[("O'Brien", "O’Brien"), ("O’Brien", "o'brien"), ("O`Brien", "oʼbrien"), ("“Joe” & Co", '"joe"')],
    *[("Two\u200bOne", "twoone"), ("Two  One", "two one"), ("A\u00a0B–C", "b-c"), ("Ｆｕｌｌ", "full")],
]


def test_a_search_finds_what_people_read_as_the_same(store, find, way):
    found = []
    for name, typed in THE_SAME:
        store(name, "Other")
        found.append((find(typed), typed))
    assert found == [([name], typed) for name, typed in THE_SAME]


WRITTEN = (
    *("5551234567", "(555) 123-4567", "555.123.4567", "555 123 4567", "+1 555 123 4567", "1-555-123-4567"),
    *("15551234567", "1234567", "123-4567", "4567", "٥٥٥١٢٣٤٥٦٧", "elm 555 123", "555‑123‑4567"),
)


@pytest.mark.parametrize("stored", [PHONE, "1 (555) 123.4567 x12"])
def test_a_number_is_found_however_it_is_written(store, find, stored):
    store("Elm", phone=stored)
    assert {typed: find(typed) for typed in WRITTEN} == {typed: ["Elm"] for typed in WRITTEN}


def test_a_search_for_another_number_finds_nothing(store, find):
    store("Elm", phone=PHONE)
    others = ("555-123-4568", "5551 4567 9", "555 124", "+44 555 123 4567")
    assert {typed: find(typed) for typed in others} == {typed: [] for typed in others}


def test_a_number_without_its_country_is_found_by_the_number_with_it(store, find, way):
    store("Elm", phone="(555) 123-4567")
    assert (find("+1 555 123 4567"), find("1.555.123.4567")) == (["Elm"], ["Elm"])


def test_less_than_four_digits_are_compared_as_they_are_written(store, find):
    store("Elm", phone="55-5")
    assert (find("555"), find("55-5")) == ([], ["Elm"])


def test_numbers_side_by_side_are_found_in_different_places_too(store, find, way):
    store("Unit 12", accountNumber="4711")
    assert find("12 4711") == ["Unit 12"]


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ({"alternatePhone": PHONE}, "5551234567"),
        ({"contact": "Zoë Zimmer"}, "zoe zim"),
        ({"accountNumber": "AC-10-2233"}, "102233"),
        ({"terms": {"id": "T", "fullName": "Net 45"}}, "net 45"),
        ({"billingAddress": {"city": "Málaga", "postalCode": "30309-1234"}}, "malaga 303091234"),
    ],
)
def test_a_customer_is_found_by_more_than_the_name(store, find, way, raw, typed):
    store("Elm", **raw)
    assert (find(typed), find(f"{typed}x")) == (["Elm"], [])


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ({"personal_phone": "555 0199"}, "5550199"),
        ({"billing_address_city": "Málaga"}, "malaga"),
        ({"billing_address_postcode": "90-001"}, "90001"),
    ],
)
def test_a_customer_in_bigcapital_is_found_by_more_than_the_name(store, find, raw, typed):
    store("Elm", slug="juniper", display_name="Elm", **raw)
    assert find(typed, slug="juniper") == ["Elm"]


def test_an_odd_search_finds_only_what_holds_it(store, find, way):
    store("Elm")
    odd = ("%", "_", "\\", "x" * 99, "a " * 49, "\ud800", "\0\0x", "***", "--", "a b c d e f g h i")
    assert {q: find(q) for q in odd} == {q: [] for q in odd}


def test_a_search_for_nothing_that_can_be_seen_is_no_search(store, find, way):
    store("Elm")
    blanks = (" ", "\u00a0", "\u200b", "\0")
    assert {q: find(q) for q in blanks} == {q: ["Elm"] for q in blanks}


def test_a_search_that_is_too_long_finds_nothing(store, find, way):
    store("a" * 106, "Elm")
    assert {length: find("a" * length) for length in (100, 101, 106)} == {100: ["a" * 106], 101: [], 106: []}


def test_names_are_sorted_as_they_are_folded(store, find):
    store("Zoe", "acme", "Ábel", "Abel Z", "Ärger", "Ábel:Job", "abel-1", "Ödön", "Over")
    expected = ["Ábel", "Ábel:Job", "Abel Z", "abel-1", "acme", "Ärger", "Ödön", "Over", "Zoe"]
    assert (find(""), find("", sort="-full_name")) == (expected, expected[::-1])


@pytest.mark.parametrize("column", ["company_name", "email", "terms_name"])
def test_other_texts_are_sorted_as_they_are_folded(companies, store, find, column):
    for n, text in enumerate(["zoe", "Ábel", "abby", "Acme"]):
        wire = {"company_name": {"companyName": text}, "email": {"email": text}}
        raw = wire.get(column, {"terms": {"id": "T", "fullName": text}})
        store_page(
            companies["larch"],
            registry.get_table(companies["larch"], "customers"),
            [{"id": f"8-{n}", "fullName": text, **raw}],
            timezone.now(),
        )
    assert find("", sort=column) == ["abby", "Ábel", "Acme", "zoe"]


WORDS = ("Den", "Garden", "Ödén", "den-Haag", "O'Den", "Le Den", "Harbor")
NAMES = [
    *WORDS,
    *[f"{one} {other}" for one, other in product(WORDS, WORDS)],
    *[f"{one}:den" for one in WORDS],
    "1 4567 Den",
    "9 4567 Ha",
]


def best_first(q):
    words = make_sort_key(q).replace("\t", ":").split()
    found = [name for name in NAMES if all(word in make_sort_key(name).replace("\t", ":") for word in words)]
    return sorted(found, key=lambda name: (rank_name(name, q), make_sort_key(name), NAMES.index(name)))


def test_the_best_matches_come_first(store, find, way):
    store(*NAMES)
    for q in ("den", "den ga", "DÉN", "le den", "o'den", "ha", "garden:den", "r", "4567"):
        expected = best_first(q)
        assert [name for page in range(1, 9) for name in find(q, size=10, page=page)][: len(expected)] == expected, q


def test_where_an_order_is_chosen_it_counts(store, find, way):
    store("Garden", "Den")
    assert (find("den"), find("den", sort="-full_name")) == (["Den", "Garden"], ["Garden", "Den"])


@pytest.mark.parametrize(
    ("still_open", "held"), [("120.50", "120.50"), ("1240.50", "1240.50"), ("-0.05", "-0.05"), ("0.00", ""), (None, "")]
)
def test_a_bill_is_searched_in_a_line_for_each_column_and_none_for_an_open_amount_of_nothing(
    companies, still_open, held
):
    table = registry.get_table(companies["larch"], "bills")
    raw: dict[str, Any] = {"id": "B-1", "refNumber": "INV-2024-001", "memo": "First\nSecond  line"}
    raw |= {"vendor": {"id": "V", "fullName": "Ñandú"}, "amountDue": "1240.50", "openAmount": still_open}
    store_page(companies["larch"], table, [raw], timezone.now())
    assert Record.objects.get(remote_id="B-1").search == f"nandu\ninv-2024001\nfirst second line\n1240.50\n{held}"
