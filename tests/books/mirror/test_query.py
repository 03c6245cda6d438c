"""Lists and searches over the mirror, with and without the trigram index."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from books import registry
from books.mirror import query
from books.mirror.store import store_page


@pytest.fixture(params=["read through", "asked of the index"])
def way(request, monkeypatch):
    """Both ways to search: small lists are scanned, large ones start with the index."""
    cache.clear()
    if request.param == "asked of the index":
        monkeypatch.setattr(query, "FEW", 1)


@pytest.fixture
def customers(abc):
    return registry.get_table(abc, "customers")


@pytest.fixture
def store(abc, customers):
    """`store("Name", balance="1.00")` stores customers in the mirror."""

    def put(*names, tenant=abc, **more):
        rows = [{"id": f"{name}-{tenant.pk}", "fullName": name, "name": name, **more} for name in names]
        store_page(tenant, customers, rows, timezone.now())

    return put


def names(found):
    return [row.full_name for row in found.rows]


def test_every_word_has_to_match_regardless_of_case(abc, customers, store, way):
    store("Harbor & Pine", "Pine Street", "HARBOR PINE")
    assert names(query.search_records(abc, customers, q="pine harb")) == ["Harbor & Pine", "HARBOR PINE"]


def test_letters_beyond_ascii_are_found_in_either_case(abc, customers, store, way):
    store("Åsa Öberg", "Öland")
    assert names(query.search_records(abc, customers, q="ÖBERG")) == ["Åsa Öberg"]


@pytest.mark.parametrize("sign", ["%", "_", '"', "'", "*", "(", "\\", "-", "OR"])
def test_query_syntax_is_matched_literally(abc, customers, store, way, sign):
    store("plain", f"with {sign}sign")
    assert names(query.search_records(abc, customers, q=f"{sign}sign")) == [f"with {sign}sign"]


def test_a_nul_separates_words(abc, customers, store, way):
    store("plain", "Alder Mill")
    assert names(query.search_records(abc, customers, q="alder\0mill\0")) == ["Alder Mill"]


def test_trigrams_in_another_order_do_not_match(abc, customers, store, way):
    store("abcxbcd", "xabcdx")
    assert names(query.search_records(abc, customers, q="abcd")) == ["xabcdx"]


def test_a_company_finds_its_own_records_only(abc, larch, customers, store, way):
    store("Harbor One")
    store("Harbor Two", tenant=larch)
    assert names(query.search_records(larch, customers, q="harbor")) == ["Harbor Two"]


def test_a_renamed_record_is_found_by_its_new_name_alone(abc, customers, store, way):
    store("Alpha")
    store_page(abc, customers, [{"id": f"Alpha-{abc.pk}", "fullName": "Omega"}], timezone.now())
    assert query.search_records(abc, customers, q="alpha").total == 0
    assert names(query.search_records(abc, customers, q="omega")) == ["Omega"]


def test_a_job_is_listed_right_below_its_customer(abc, customers, store):
    store("ABC Corporation", "ABC:Roof", "ABC")
    assert names(query.search_records(abc, customers)) == ["ABC", "ABC:Roof", "ABC Corporation"]


@pytest.mark.parametrize(("sort", "expected"), [("company_name", ["B", "C", "A"]), ("-company_name", ["C", "B", "A"])])
def test_blanks_come_last_in_both_orders(abc, customers, store, sort, expected):
    store("A")
    store("B", companyName="beta")
    store("C", companyName="Gamma")
    assert names(query.search_records(abc, customers, sort=sort)) == expected


def test_a_page_beyond_the_last_is_the_last(abc, customers, store):
    store("A", "B", "C")
    found = query.search_records(abc, customers, page=9, size=2)
    assert (names(found), found.page, found.pages, found.first, found.last) == (["C"], 2, 2, 3, 3)


def test_a_page_names_its_neighbours(abc, customers, store):
    store("A", "B", "C")
    found = query.search_records(abc, customers, page=2, size=1)
    assert (found.previous, found.next) == (1, 3)


def test_those_below_a_record_are_counted_even_if_not_all_fit(abc, customers, store):
    for name in ("B", "A", "Other"):
        store(name, parent={"id": "p" if name != "Other" else "q", "fullName": "P"})
    found = {size: query.list_below(abc, customers, "p", size) for size in (1, 2)}
    assert {size: (names(page), page.total) for size, page in found.items()} == {1: (["A"], 2), 2: (["A", "B"], 2)}


def test_filters_are_lookups_or_a_q(abc, customers, store):
    store("A", isActive=True)
    store("B", isActive=False)
    assert names(query.search_records(abc, customers, filters={"is_active": True})) == ["A"]
    assert names(query.search_records(abc, customers, filters=Q(is_active=False) | Q(full_name="C"))) == ["B"]


def test_a_list_takes_two_queries_however_long(abc, customers, store, django_assert_num_queries):
    for count in (1, 30):
        store(*(f"Name {n}" for n in range(count)))
        with django_assert_num_queries(2):
            query.search_records(abc, customers)


def test_a_search_takes_two_queries_however_much_it_finds(
    abc, customers, store, way, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(query, "MANY", 5)
    store(*(f"Name {n}" for n in range(30)))
    query.search_records(abc, customers, q="name")  # fills the cache
    for q, total in (("name 29", 1), ("name", 30)):
        with django_assert_num_queries(2):
            assert query.search_records(abc, customers, q=q).total == total


def test_rows_may_be_columns_alone(abc, customers, store):
    store("A", balance="1.00")
    assert query.search_records(abc, customers, columns=("full_name", "balance")).rows == [("A", Decimal("1.00"))]


def test_a_page_that_is_asked_for_again_is_of_its_own_company_filter_order_and_part(abc, larch, customers, store):
    def ask(tenant, **asked):
        return [row.full_name for row in query.search_records(tenant, customers, columns=["full_name"], **asked).rows]

    for more in ("A", "B"):
        store(f"Off {more}", isActive=False)
        store(f"On {more}", isActive=True)
        found = [ask(abc, filters={"is_active__in": [is_on]}) for is_on in (True, False)]
        shown = [*"AB"[: "AB".index(more) + 1]]
        assert found == [[f"On {one}" for one in shown], [f"Off {one}" for one in shown]]
        assert ask(larch) == []
    assert [ask(abc, sort=sort)[0] for sort in ("full_name", "-full_name")] == ["Off A", "On B"]
    assert [ask(abc, page=page, size=2) for page in (1, 2)] == [["Off A", "Off B"], ["On A", "On B"]]


@pytest.mark.parametrize(("q", "lines", "found"), [("elm", [0], ["Elm"]), ("elm", [1, 2], []), ("birc", [1], ["Elm"])])
def test_words_are_found_in_the_searched_columns_that_may_be_looked_in(abc, customers, store, way, q, lines, found):
    store("Elm", companyName="Birch")
    assert names(query.search_records(abc, customers, q=q, lines=lines)) == found


def test_where_no_column_may_be_looked_in_nothing_is_found(abc, customers, store, way):
    store("Elm")
    assert names(query.search_records(abc, customers, q="elm", lines=[])) == []
