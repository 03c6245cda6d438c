"""Splitting of long lists: no record is between two pieces, and a piece that is still too long is split again."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from books.providers.conductor.partition import LARGE, partition_list
from books.providers.conductor.references import LISTS

TODAY = date(2026, 11, 20)
LONG = LARGE + 1


def holds(piece, value, first, last):
    return piece.get(first, "") <= value and (last not in piece or value <= piece[last])


def test_a_short_list_is_read_whole():
    assert partition_list(CUSTOMERS, {}, LARGE, TODAY) == []


def test_a_list_without_pages_is_never_split():
    assert partition_list(next(table for table in LISTS if not table.paged), {}, LONG, TODAY) == []


@given(st.text("ABCXYZ019 ", min_size=1, max_size=5))
def test_every_name_is_in_a_piece_at_every_depth(name):
    pieces: list[dict[str, str]] = [{}]
    for _ in range(40):
        found = next(piece for piece in pieces if holds(piece, name, "nameFrom", "nameTo"))
        pieces = partition_list(CUSTOMERS, found, LONG, TODAY)
        if not pieces:
            return
    raise AssertionError("The cutting has to end.")


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
