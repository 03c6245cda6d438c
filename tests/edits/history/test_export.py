"""The history as a file for a spreadsheet: what is in it, and that nothing in it is carried out."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from books.pages.spreadsheet import NUMBER, escape_formula
from edits.models.edit import State
from records.diff import Change
from tenants.models import Tenant
from tests.edits.factories import a_sighting, an_edit

EXPORT = "/t/abc/edits/export.csv"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEADS = [
    *("When (UTC)", "Person", "Record", "Kind", "Record id", "Field or line", "From", "To", "Note", "Outcome"),
    *("Revision before", "Revision after", "Request id", "Not before", "Saved as"),
]


def exported(client: Client, slug: str = "abc", **asked: str) -> list[list[str]]:
    """The rows of the file, its heads first."""
    answer: Any = client.get(EXPORT.replace("abc", slug), asked)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_it_has_a_row_for_each_change_newest_first(as_carol: Client, abc: Tenant, bob: User) -> None:
    changes = [Change("Bill to, line 1", "a\nb", "Ñ"), Change("Terms", "Net 15", "Net 30")]
    an_edit(abc, bob, NOON, changes=changes, reason="Their letter", request_id="req_1", state=State.REFUSED)
    a_sighting(abc, NOON + timedelta(hours=1))
    an_edit(abc, bob, NOON - timedelta(hours=1), changes=[])
    own = ["bob", "Ada", "customer", "8-1"]
    assert exported(as_carol) == [
        HEADS,
        [
            *(
                "2026-11-20 13:00:00",
                "Changed in QuickBooks",
                "Ada",
                "customer",
                "8-1",
                "Phone",
                "555-0100",
                "555-0199",
            ),
            *("", "In QuickBooks", "1", "2", "", "2026-11-20 13:00:00", ""),
        ],
        ["2026-11-20 12:00:00", *own, *changes[0], "Their letter", "Refused", "", "", "req_1", "", ""],
        ["2026-11-20 12:00:00", *own, *changes[1], "Their letter", "Refused", "", "", "req_1", "", ""],
        ["2026-11-20 11:00:00", *own, "", "", "", "", "Saved", "", "", "", "", ""],
    ]


def test_it_has_what_the_list_was_narrowed_to(as_carol: Client, abc: Tenant, bob: User, alice: User) -> None:
    an_edit(abc, bob, NOON)
    an_edit(abc, alice, NOON)
    a_sighting(abc, NOON)
    assert [row[1] for row in exported(as_carol, person="alice")[1:]] == ["alice"]


def test_it_has_every_page(as_carol: Client, abc: Tenant, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edits.history.search.AT_ONCE", 7)
    for n in range(60):
        an_edit(abc, bob, NOON - timedelta(minutes=n), record_name=f"Edit {n}")
    assert [row[2] for row in exported(as_carol, page="2")[1:]] == [f"Edit {n}" for n in range(60)]


def test_it_is_saved_under_the_companys_name(as_carol: Client) -> None:
    answer = as_carol.get(EXPORT)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="abc-history-20')


def test_a_formula_in_a_record_is_not_carried_out(as_carol: Client, abc: Tenant, bob: User) -> None:
    evil = "=cmd|' /C calc'!A0"
    an_edit(abc, bob, NOON, record_name=evil, reason="@SUM(1)", changes=[Change("Note", "+1 x", "\t-2")])
    (row,) = exported(as_carol)[1:]
    assert [row[2], row[6], row[7], row[8]] == [f"'{evil}", "'+1 x", "'\t'-2", "'@SUM(1)"]


def test_every_cell_is_quoted(as_carol: Client, abc: Tenant, bob: User) -> None:
    an_edit(abc, bob, NOON, changes=[Change("Memo", "a;b", "")])
    answer: Any = as_carol.get(EXPORT)
    line = b"".join(answer.streaming_content).decode().splitlines()[1]
    assert line.startswith('"2026-11-20 12:00:00","bob","Ada","customer","8-1","Memo","a;b","",')


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("-12.50", "-12.50"),
        ("−12.50", "-12.50"),
        ("+3", "+3"),
        ("1,240.00", "1,240.00"),
        ("-1+2", "'-1+2"),
        ("- 3", "'- 3"),
        ("-", "'-"),
        ("+1 555 0100", "'+1 555 0100"),
        ("a;=1+1", "a;'=1+1"),
        ('"; =cmd', '"; =cmd'.replace(";", ";'")),
        (';"=1+1', ";'\"=1+1"),
        ("a\n=1", "a\n'=1"),
        ("a\n-5", "a\n'-5"),
        ("\t=1", "'\t'=1"),
        ("\r", "'\r"),
        ("  \ufeff=1", "'  \ufeff=1"),
        ("\x00=1", "'=1"),
        ("\u200b@x", "'\u200b@x"),
        ("＝1", "'＝1"),
        ("Ñandú; Söhne - Co", "Ñandú; Söhne - Co"),
        ("two\r\nlines", "two\r\nlines"),
    ],
)
def test_a_cell_is_guarded_and_a_number_stays_a_number(value: str, cell: str) -> None:
    assert escape_formula(value) == cell


PIECES = ["=", "+", "-", "@", "＝", ";", ",", '"', '""', "'", "\t", "\r", "\n", " ", "\ufeff", "\xa0", "\x00", "1", "a"]
CELLS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_no_cell_is_a_formula_by_whatever_it_is_split(values: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(["2026-11-20 12:00:00", *map(escape_formula, values)])
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=separator):
            assert [cell for cell in row if is_formula(cell)] == []


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might carry this cell out, which it passes blanks and quotation marks over to do."""
    bare = cell.lstrip(' \t\r\n\xa0\ufeff\x00"')
    return bare.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) and not NUMBER.fullmatch(cell)


@given(CELLS)
def test_a_value_reads_back_as_it_was_but_for_its_guards(value: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([escape_formula(value)])
    ((cell,),) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    bare, was = cell.replace("'", ""), value.replace("'", "").replace("\x00", "")
    assert bare == (was.replace("−", "-") if NUMBER.fullmatch(was) else was)


def test_another_companys_history_is_not_in_it(as_carol: Client, larch: Tenant, bob: User) -> None:
    an_edit(larch, bob, NOON)
    assert exported(as_carol) == [HEADS]
