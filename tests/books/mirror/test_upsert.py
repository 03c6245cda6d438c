"""In how many statements rows are written, and of how many sizes, as the database keeps each one prepared."""

from hypothesis import given
from hypothesis import strategies as st

from books.models.upsert import USUAL, cut_rows


@given(st.integers(0, 5_000), st.integers(USUAL, 2_000))
def test_all_rows_are_written_in_few_statements(count: int, most: int) -> None:
    sizes = list(cut_rows(count, most))
    assert (sum(sizes), max(sizes, default=0) <= most) == (count, True)
    assert len(sizes) <= count // most + most // USUAL + 1


def test_large_statements_are_all_of_one_size() -> None:
    sizes = {size for count in range(5_000) for size in cut_rows(count, 1_350)}
    assert sizes - {1_350} == set(range(1, USUAL + 1))
