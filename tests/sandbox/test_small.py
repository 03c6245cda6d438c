"""Small companies, any number of them, for measurements."""

from pathlib import Path

import pytest

from sandbox.companies.small import add_small, name_end_user
from sandbox.conductor.file.books import Books, open_books
from sandbox.store import Store

COUNT = "SELECT count(*) FROM records WHERE company = ? AND resource = ?"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(str(tmp_path / "data.sqlite3"))
    add_small(found, 3, 5)
    return found


def open_one(store: Store, number: int) -> Books:
    books = open_books(store, name_end_user(number))
    assert books is not None
    return books


def test_each_small_company_has_the_same_records(store: Store) -> None:
    kinds = ("customers", "bills", "vendors", "standard-terms")
    sizes = [[store.value(COUNT, name_end_user(number), kind) for kind in kinds] for number in (1, 2, 3)]
    assert sizes == [[5, 10, 9, 6]] * 3


def test_each_small_company_is_another_file(store: Store) -> None:
    files = [open_one(store, number).facts["company"] for number in (1, 2, 3)]
    assert [file["companyName"] for file in files] == ["Small Company 1", "Small Company 2", "Small Company 3"]
    assert len({file["ein"] for file in files}) == 3


def test_the_clock_of_each_is_never_before_its_newest_record(store: Store) -> None:
    newest = [store.value("SELECT value FROM counters WHERE name = ?", f"newest {name_end_user(n)}") for n in (1, 2, 3)]
    assert newest == [store.value("SELECT max(updated) FROM records")] * 3
