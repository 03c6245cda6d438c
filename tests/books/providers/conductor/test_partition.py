"""Splitting of long lists: no record is between two pieces, and one that broke off goes on where it was."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.providers.base import Filters
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from books.providers.conductor.partition import LARGE, PAGE_ROWS, _sort_name, find_rest, partition_list
from books.providers.conductor.references import LISTS

TODAY = date(2026, 11, 20)
LONG = LARGE + 1


def holds(piece, value, first, last):
    return piece.get(first, "") <= value and (last not in piece or value <= piece[last])


def test_a_short_list_is_read_whole():
    assert partition_list(CUSTOMERS, {}, PAGE_ROWS, TODAY) == []
    assert partition_list(BILLS, {}, LARGE, TODAY) == []


def test_a_list_without_pages_is_never_split():
    assert partition_list(next(table for table in LISTS if not table.paged), {}, LONG, TODAY) == []


def test_a_list_of_more_than_a_page_is_read_in_two_ranges_that_are_not_split_again():
    pieces = partition_list(CUSTOMERS, {}, PAGE_ROWS + 1, TODAY)
    assert pieces == [{"nameFrom": "0"}, {"nameTo": "0"}]
    assert [partition_list(CUSTOMERS, piece, LONG, TODAY) for piece in pieces] == [[], []]


def rows(*names):
    return [{"id": str(number), "name": name.rpartition(":")[2], "fullName": name} for number, name in enumerate(names)]


def test_a_range_goes_on_at_the_last_name():
    left = find_rest({"nameFrom": "0", "updatedAfter": "2026-01-01"}, rows("Ash", "Birch", "Birch:Roof"))
    assert left == {"nameFrom": "Birch", "updatedAfter": "2026-01-01"}


def test_a_flat_list_goes_on_at_its_names():
    assert find_rest({"nameTo": "0"}, [{"name": "#1 Shop"}]) == {"nameTo": "0", "nameFrom": "#1 Shop"}


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (("Mango", "Zulu"), "Mango"),  # the last one was renamed, and came in its old place
        (("Mango", "Alpha"), "Kiwi"),
        (("Alpha", "Mango"), "Kiwi"),
        (("kiwi", "KIWI"), "Kiwi"),
        (("Kïwi", "Kiwí"), "Kiwi"),
        ((), "Kiwi"),
    ],
)
def test_a_record_renamed_while_the_list_is_read_moves_nothing_past_others(names, left):
    assert find_rest({"nameFrom": "Kiwi"}, rows(*names)) == {"nameFrom": left}


class Vendor:
    """A list in which records are renamed and deleted while it is read, a few rows a page, with broken pages."""

    def __init__(self, names):
        self.names = dict(enumerate(sorted(names, key=_sort_name)))
        self.kept, self.seen = set(self.names), set()

    def change(self, number, name):
        self.kept.discard(number)
        if name and number in self.names and name not in self.names.values():
            self.names[number] = name
        elif not name:
            self.names.pop(number, None)

    def begin(self, filters):
        first, last = _sort_name(filters.get("nameFrom", "")), _sort_name(filters.get("nameTo", "~ÿÿ"))
        found = [(_sort_name(name), number) for number, name in self.names.items()]
        return [number for name, number in sorted(found) if first <= name and ("nameTo" not in filters or name <= last)]

    def read(self, events):
        for piece in partition_list(CUSTOMERS, {}, PAGE_ROWS + 1, TODAY):
            filters: Filters = piece
            left = self.begin(piece)
            while left:
                page, left = [n for n in left[:3] if n in self.names], left[3:]
                self.seen.update(page)
                filters = find_rest(filters, [{"fullName": self.names[number]} for number in page])
                for breaks, number, name in [events.pop()] if events else []:
                    self.change(number, name)
                    left = self.begin(filters) if breaks else left


NAMES = st.text("aBkzÉ09 #-:", min_size=1, max_size=4)
EVENTS = st.lists(st.tuples(st.booleans(), st.integers(0, 30), NAMES | st.none()), max_size=12)


@given(st.sets(NAMES, max_size=30), EVENTS)
def test_who_kept_the_name_is_read_or_missed_in_the_count_whatever_breaks_or_is_renamed(names, events):
    vendor = Vendor(names)
    vendor.read(events)
    assert vendor.kept <= vendor.seen or len(vendor.seen) < len(names)


@given(st.sets(NAMES, max_size=30), st.lists(st.integers(0, 30), max_size=12))
def test_nobody_is_missed_when_pages_break_and_records_are_deleted(names, deleted):
    vendor = Vendor(names)
    vendor.read([(True, number, None) for number in deleted])
    assert vendor.kept <= vendor.seen


@pytest.mark.parametrize("row", [{"id": "1"}, {"fullName": 7}, {"fullName": None, "name": ["x"]}])
def test_a_row_without_a_name_moves_nothing(row):
    assert find_rest({"nameFrom": "Kiwi"}, [row]) == {"nameFrom": "Kiwi"}


@pytest.mark.parametrize("filters", [{}, {"updatedAfter": "2026-01-01"}, {"transactionDateFrom": "2026-01-01"}])
def test_a_list_that_is_not_in_the_order_of_names_begins_again(filters):
    assert find_rest(filters, rows("Ash", "Birch")) == filters


@given(st.dates(date(1980, 1, 1), date(2030, 1, 1)))
def test_every_date_is_in_a_piece(day):
    assert any(
        holds(piece, day.isoformat(), "transactionDateFrom", "transactionDateTo")
        for piece in partition_list(BILLS, {}, LONG, TODAY)
    )


def test_the_newest_bills_are_read_first():
    assert partition_list(BILLS, {}, LONG, TODAY)[0] == {"transactionDateFrom": "2026-09-21"}


def test_a_year_of_bills_is_split_into_equal_pieces():
    year = {"transactionDateFrom": "2025-01-01", "transactionDateTo": "2026-01-01"}
    assert partition_list(BILLS, year, 2 * LARGE, TODAY) == [
        {"transactionDateFrom": "2025-09-01", "transactionDateTo": "2026-01-01"},
        {"transactionDateFrom": "2025-05-02", "transactionDateTo": "2025-09-01"},
        {"transactionDateFrom": "2025-01-01", "transactionDateTo": "2025-05-02"},
    ]


def test_every_piece_keeps_the_other_filters():
    pieces = partition_list(CUSTOMERS, {"updatedAfter": "2026-01-01"}, LONG, TODAY)
    assert {piece["updatedAfter"] for piece in pieces} == {"2026-01-01"}


@given(st.dates(min_value=date(1990, 1, 2), max_value=TODAY), st.integers(0, 40), st.integers(LONG, 50 * LARGE))
def test_a_crowded_stretch_of_dates_is_split_down_to_single_days(start, days, total):
    left, single = [{"transactionDateFrom": str(start), "transactionDateTo": str(start + timedelta(days=days))}], set()
    while left:
        piece = left.pop()
        pieces = partition_list(BILLS, piece, total, TODAY)
        assert piece not in pieces
        if not pieces:
            assert piece["transactionDateFrom"] == piece["transactionDateTo"]
            single.add(piece["transactionDateFrom"])
        left += pieces
    assert single == {str(start + timedelta(days=n)) for n in range(days + 1)}


def test_of_today_and_yesterday_each_is_a_piece_and_what_is_dated_ahead_is_in_the_first():
    pieces = partition_list(BILLS, {"transactionDateFrom": "2026-11-19"}, LONG, TODAY)
    assert pieces == [
        {"transactionDateFrom": "2026-11-20"},
        {"transactionDateFrom": "2026-11-19", "transactionDateTo": "2026-11-19"},
    ]
    assert partition_list(BILLS, pieces[0], LONG, TODAY) == []
