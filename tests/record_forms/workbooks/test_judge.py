"""What a cell that came back says: as it was, changed by the program alone, typed by somebody, or not to be told."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from books.pages.spreadsheet import _spell, escape_formula
from record_forms.workbooks.cell_values import read_number
from record_forms.workbooks.cells import CellAmount, CellFault, CellFormula, CellPercentage, CellValue
from record_forms.workbooks.judge import KEPT_SAME, SAME, Judgment, judge_cell
from record_forms.workbooks.layout import make_cell
from record_forms.workbooks.number_formats import TIME
from record_forms.workbooks.style import FileStyle, StyleEvidence
from records.fields import Field, FieldKind

BOOK, TEXT = FileStyle(day_first=False), FileStyle(day_first=False, is_text=True)
COMMA = FileStyle(day_first=True, decimal_comma=True, is_text=True)
OCTOBER, MARCH = date(2026, 10, 28), date(2026, 3, 4)
MIXED = FileStyle(day_first=False, is_mixed=True)
UNCLEAR = FileStyle(day_first=False, is_text=True, is_number_unclear=True)
FORMULA = "is a formula. Copy the cells and paste them as values"
PERCENTAGE = "is a percentage. Format the cell as a number"
ROUNDED = "is a number that the spreadsheet program has shortened. Write all its digits, in a cell formatted as text"
TWO_READINGS = "“2,500” can be 2500 or 2.5. Write it as one of these"
EITHER = "“4/3/2026” can be 3 Apr 2026 or 4 Mar 2026. Write it as 3 Apr 2026"
CHOICES = (("not_billable", "Not billable"), ("billable", "Billable"))


def judge(kind: FieldKind, expected: CellValue, got: CellValue, style: FileStyle = BOOK) -> Judgment:
    f = Field(name="x", label="X", kind=kind, wire="x", write="x", choices=CHOICES)
    return judge_cell(f, expected, got, style)


@pytest.mark.parametrize(
    ("kind", "expected", "got", "style"),
    [
        (FieldKind.MONEY, Decimal("12.50"), Decimal("12.5"), BOOK),
        (FieldKind.MONEY, Decimal("12.50"), "12.5", TEXT),
        (FieldKind.MONEY, Decimal("1250.00"), "1,250.00", TEXT),
        (FieldKind.MONEY, Decimal("1250.00"), "$1,250.00", TEXT),
        (FieldKind.MONEY, Decimal("-12.50"), "(12.50)", TEXT),
        (FieldKind.MONEY, Decimal("1250.00"), "1.250,00", COMMA),
        (FieldKind.MONEY, Decimal("12.50"), "12,50", TEXT),
        (FieldKind.NUMBER, Decimal(2500), "2,500", UNCLEAR),
        (FieldKind.NUMBER, Decimal(2500), "2,500.", UNCLEAR),
        (FieldKind.NUMBER, Decimal("2.5"), "2,500", COMMA),
        (FieldKind.MONEY, Decimal("1250.00"), "1.25E+03", TEXT),
        (FieldKind.MONEY, Decimal("12.50"), CellAmount(Decimal("12.5"), "€"), BOOK),
        (FieldKind.MONEY, Decimal("12.50"), CellFormula(Decimal("12.5")), BOOK),
        (FieldKind.MONEY, Decimal("12.50"), " 12.50 ", BOOK),
        (FieldKind.NUMBER, Decimal("0.05"), CellPercentage(Decimal("0.05")), BOOK),
        (FieldKind.DATE, OCTOBER, OCTOBER, BOOK),
        (FieldKind.DATE, OCTOBER, datetime(2026, 10, 28, 15), BOOK),  # noqa: DTZ001 - a cell has no zone
        (FieldKind.DATE, OCTOBER, Decimal(46323), BOOK),
        (FieldKind.DATE, OCTOBER, "10/28/2026", TEXT),
        (FieldKind.DATE, OCTOBER, "10/28/26 0:00", TEXT),
        (FieldKind.DATE, OCTOBER, "28.10.2026", TEXT),
        (FieldKind.DATE, OCTOBER, "2026-10-28", TEXT),
        (FieldKind.DATE, MARCH, "04/03/2026", COMMA),
        (FieldKind.DATE, "1900-01-15", "1900-01-15", BOOK),
        (FieldKind.BOOLEAN, True, "yes", TEXT),
        (FieldKind.BOOLEAN, True, "TRUE", TEXT),
        (FieldKind.BOOLEAN, True, "WAHR", TEXT),
        (FieldKind.BOOLEAN, False, "FALSCH", TEXT),
        (FieldKind.BOOLEAN, False, Decimal(0), BOOK),
        (FieldKind.CHOICE, "Not billable", "NOT BILLABLE ", BOOK),
        (FieldKind.TEXT, " Larch ", "Larch", BOOK),
        (FieldKind.TEXT, "1099", Decimal(1099), BOOK),
        (FieldKind.TEXT, "+49 30", "'+49 30", TEXT),
        (FieldKind.TEXT, "+49 30", "'+49 30", BOOK),
        (FieldKind.TEXT, "#N/A", CellFault("#N/A"), TEXT),
        (FieldKind.TEXT, "####", CellFault("####: the column was too narrow"), TEXT),
        (FieldKind.TEXT, None, CellFormula(""), BOOK),
        (FieldKind.TEXT, "-5", Decimal(-5), BOOK),
        (FieldKind.TEXT, "Cafe\u0301 ", "Café", BOOK),
        (FieldKind.LONG_TEXT, "a\r\nb", "a\nb", BOOK),
        (FieldKind.LONG_TEXT, "a \nb", "a\nb ", BOOK),
        (FieldKind.REFERENCE, "Net 30", "Net 30 ", BOOK),
        (FieldKind.TEXT, None, "  ", BOOK),
    ],
)
def test_a_cell_as_it_was_exported_changes_nothing(kind: FieldKind, expected: Any, got: Any, style: FileStyle) -> None:
    assert judge(kind, expected, got, style) == SAME


@pytest.mark.parametrize(
    ("expected", "got", "style"),
    [
        ("00123", "123", TEXT),
        ("00123", Decimal(123), BOOK),
        ("12.50", "12.5", TEXT),
        ("1234567890123", "1.23E+12", TEXT),
        ("1234567890123", "1,23E+12", TEXT),
        ("12345678901234567", Decimal("12345678901234600"), BOOK),
        ("1E5", Decimal(100000), BOOK),
        ("5%", CellPercentage(Decimal("0.05")), BOOK),
        ("1-2", date(2026, 1, 2), BOOK),
        ("1-2", "2-Jan", TEXT),
        ("3/4", "4-Mar", TEXT),
        ("Mar 5", date(2026, 3, 5), BOOK),
        ("Łódź", "?ód?", TEXT),
        ("1,000", Decimal(1000), BOOK),
        ("$5", CellAmount(Decimal(5), "$"), BOOK),
        ("(555)", Decimal(-555), BOOK),
        ("(555)", "-555", TEXT),
        ("$5", "$5.00", TEXT),
        ("1,000", "1000", TEXT),
        ("1,000", Decimal(1), BOOK),
        ("10:30", CellFault(TIME), BOOK),
        ("10:30", "10:30:00 AM", TEXT),
        ("Café Łódź", "Café ?ód?", TEXT),
        ("Café Ár", "CafÃ© Ã\x81r", BOOK),
        ("Łódź", "£ódŸ", TEXT),
        ("Ёлка", "–Å–ª–∫–∞", TEXT),
    ],
)
def test_a_text_that_the_program_alone_has_changed_is_kept(expected: str, got: Any, style: FileStyle) -> None:
    assert judge(FieldKind.TEXT, expected, got, style) == KEPT_SAME


@pytest.mark.parametrize(
    ("kind", "expected", "got", "style"),
    [
        (FieldKind.COST, Decimal("1.459"), "1459", TEXT),
        (FieldKind.COST, Decimal("1.459"), Decimal(1459), BOOK),
        (FieldKind.COST, Decimal("1.45900"), "14590", TEXT),
        (FieldKind.COST, Decimal("-1234.567"), "-1234567", COMMA),
        (FieldKind.COST, Decimal("-1234.567"), "-1.234.567", COMMA),
        (FieldKind.NUMBER, Decimal("0.125"), "125,00", COMMA),
        (FieldKind.NUMBER, Decimal("1.234567"), "1234567", TEXT),
        (FieldKind.MONEY, Decimal("12.345"), CellAmount(Decimal(12345), "€"), BOOK),
    ],
)
def test_a_number_whose_point_the_program_took_for_thousands_is_kept(
    kind: FieldKind, expected: Any, got: Any, style: FileStyle
) -> None:
    assert judge(kind, expected, got, style) == KEPT_SAME


@pytest.mark.parametrize(
    ("kind", "expected", "got", "style", "text"),
    [
        (FieldKind.MONEY, Decimal("12.50"), Decimal("1250"), BOOK, "1250"),
        (FieldKind.MONEY, Decimal("12.50"), Decimal("1.255"), BOOK, "1.2550"),
        (FieldKind.MONEY, Decimal("12.50"), "1.250,75", COMMA, "1250.75"),
        (FieldKind.MONEY, Decimal("12.50"), "13,75 €", COMMA, "€ 13.75"),
        (FieldKind.MONEY, Decimal("12.50"), CellAmount(Decimal("13"), "€"), BOOK, "€ 13"),
        (FieldKind.MONEY, Decimal("12.50"), "13.75-", BOOK, "13.75-"),
        (FieldKind.MONEY, Decimal("12.50"), "(13.75)", TEXT, "(13.75)"),
        (FieldKind.MONEY, Decimal("12.50"), "13.75 CR", TEXT, "13.75 CR"),
        (FieldKind.MONEY, Decimal("12.50"), None, BOOK, ""),
        (FieldKind.DATE, OCTOBER, date(2026, 10, 29), BOOK, "2026-10-29"),
        (FieldKind.DATE, OCTOBER, Decimal(46324), BOOK, "2026-10-29"),
        (FieldKind.DATE, OCTOBER, "11/5/2026", TEXT, "2026-11-05"),
        (FieldKind.DATE, OCTOBER, "5/11/2026", COMMA, "2026-11-05"),
        (FieldKind.DATE, OCTOBER, "5 Nov", TEXT, "2026-11-05"),
        (FieldKind.DATE, OCTOBER, "never", TEXT, "never"),
        (FieldKind.NUMBER, Decimal("2.5"), "2,500", TEXT, "2,500"),
        (FieldKind.NUMBER, Decimal(2500), "2,500", COMMA, "2.5"),
        (FieldKind.NUMBER, Decimal("0.12"), "120", TEXT, "120"),
        (FieldKind.COST, Decimal("1.459"), "1.460", TEXT, "1.460"),
        (FieldKind.COST, Decimal("1.459"), "1460", TEXT, "1460"),
        (FieldKind.NUMBER, Decimal(1), "sNaN", COMMA, "sNaN"),
        (FieldKind.NUMBER, Decimal(1), "1e9999999", COMMA, "1e9999999"),
        (FieldKind.NUMBER, Decimal(1), "Infinity", TEXT, "Infinity"),
        (FieldKind.BOOLEAN, True, "No", TEXT, "no"),
        (FieldKind.BOOLEAN, None, True, BOOK, "yes"),
        (FieldKind.CHOICE, "Not billable", "billable", BOOK, "billable"),
        (FieldKind.TEXT, "Larch", Decimal("15551234567"), BOOK, "15551234567"),
        (FieldKind.TEXT, "Larch", "'=1+2", TEXT, "=1+2"),
        (FieldKind.TEXT, "Larch", "'=1+2", BOOK, "'=1+2"),
        (FieldKind.TEXT, "Larch", "'round", TEXT, "'round"),
        (FieldKind.TEXT, "00123", "124", TEXT, "124"),
        (FieldKind.TEXT, "00123", "123", BOOK, "123"),
        (FieldKind.TEXT, "$5", "$6", TEXT, "$6"),
        (FieldKind.TEXT, "10:30", "11:30", TEXT, "11:30"),
        (FieldKind.TEXT, "1-2", "3-Jan", TEXT, "3-Jan"),
    ],
)
def test_what_was_typed_is_the_text_for_the_form(
    kind: FieldKind, expected: Any, got: Any, style: FileStyle, text: str
) -> None:
    assert judge(kind, expected, got, style) == Judgment(text)


@pytest.mark.parametrize(
    ("kind", "expected", "got", "style", "problem"),
    [
        (FieldKind.MONEY, Decimal("12.50"), CellFormula(Decimal("13")), BOOK, FORMULA),
        (FieldKind.TEXT, "Larch", CellFormula(None), BOOK, FORMULA),
        (FieldKind.TEXT, None, CellFormula(None), BOOK, FORMULA),
        (FieldKind.TEXT, "Larch", CellFault("#N/A"), BOOK, "contains #N/A"),
        (FieldKind.MONEY, Decimal("12.50"), CellPercentage(Decimal("0.1")), BOOK, PERCENTAGE),
        (FieldKind.MONEY, Decimal("12.50"), OCTOBER, BOOK, "is “28 Oct 2026”, not a number"),
        (FieldKind.MONEY, Decimal("12.50"), "2026-0042", BOOK, "is “2026-0042”, not a number"),
        (FieldKind.MONEY, Decimal("12.50"), "10/28", TEXT, "is “10/28”, not a number"),
        (FieldKind.NUMBER, Decimal(1), "555-0142", COMMA, "is “555-0142”, not a number"),
        (FieldKind.COST, Decimal(1), "12*4.5", TEXT, "is “12*4.5”, not a number"),
        (FieldKind.DATE, OCTOBER, True, BOOK, "is “TRUE”, not a date"),
        (FieldKind.BOOLEAN, True, None, BOOK, "is blank. Write yes or no"),
        (FieldKind.BOOLEAN, True, "maybe", BOOK, "is “maybe”. Write yes or no"),
        (FieldKind.CHOICE, "Billable", "Often", BOOK, "is not in the list"),
        (FieldKind.TEXT, "Larch", "1.56E+10", TEXT, ROUNDED),
        (FieldKind.TEXT, "Larch", Decimal("1234567890123450"), BOOK, ROUNDED),
        (FieldKind.NUMBER, Decimal("2.5"), "2,500", UNCLEAR, TWO_READINGS),
        (FieldKind.NUMBER, Decimal(7), "2,500", UNCLEAR, TWO_READINGS),
        (FieldKind.DATE, OCTOBER, "-", TEXT, "is “-”, not a date"),
        (FieldKind.DATE, OCTOBER, " +7", BOOK, "is “+7”, not a date"),
        (FieldKind.DATE, None, "m", TEXT, "is “m”, not a date"),
        (FieldKind.DATE, None, "Today", TEXT, "is “Today”, not a date"),
        (FieldKind.DATE, OCTOBER, Decimal(2026), BOOK, "is “2026”, not a date"),
        (FieldKind.DATE, OCTOBER, Decimal(-5), BOOK, "is “-5”, not a date"),
        (FieldKind.DATE, OCTOBER, CellAmount(Decimal(5), "€"), BOOK, "is “5”, not a date"),
        (FieldKind.BOOLEAN, True, CellAmount(Decimal(5), "€"), BOOK, "is “5”. Write yes or no"),
        (FieldKind.DATE, MARCH, "4/3/2026", TEXT, EITHER),
        (FieldKind.DATE, OCTOBER, "4/3/2026", MIXED, EITHER),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_told_says_why(
    kind: FieldKind, expected: Any, got: Any, style: FileStyle, problem: str
) -> None:
    found = judge(kind, expected, got, style)
    assert (found.text, problem in found.problem) == (None, True), found


def mangle(value: CellValue, pick: int) -> CellValue:
    """Return what a program may write for an exported value that nobody has changed."""
    if isinstance(value, bool):
        return [value, "TRUE" if value else "FALSE", Decimal(int(value))][pick % 3]
    if isinstance(value, Decimal):
        return [value.normalize(), f"{value:f}", f"{value:,.5f}", CellAmount(value, "$")][pick % 4]
    if isinstance(value, date):
        days = Decimal((value - date(1899, 12, 30)).days)
        return [value, days, f"{value:%m/%d/%Y}", f"{value:%Y-%m-%d} 00:00:00", f"{value:%d.%m.%Y}"][pick % 5]
    if isinstance(value, str):
        text = escape_formula(value)
        return [value.strip(), f"{value} ", text, value.replace("\n", "\r\n")][pick % 4]
    return value


LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n'=-+@;,0123456789/ E.%")
TEXTS = st.text(LETTERS, max_size=12)
VALUES = {
    FieldKind.TEXT: st.text(LETTERS, max_size=12).map(lambda text: " ".join(text.split("\n"))),
    FieldKind.LONG_TEXT: TEXTS,
    FieldKind.MONEY: st.decimals(-(10**10), 10**10, places=2),
    FieldKind.COST: st.decimals(-(10**9), 10**9, places=5),
    FieldKind.DATE: st.dates(date(1900, 3, 1), date(2150, 12, 31)),
    FieldKind.BOOLEAN: st.booleans(),
    FieldKind.CHOICE: st.sampled_from(["", *(name for name, _ in CHOICES)]),
}
KINDS = st.sampled_from(list(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind]))


@settings(max_examples=150)
@given(KINDS, st.integers(0, 59))
def test_what_comes_back_unchanged_is_the_same_however_it_is_written(drawn: tuple[FieldKind, Any], pick: int) -> None:
    kind, value = drawn
    f = Field(name="x", label="X", kind=kind, wire="x", write="x", choices=CHOICES)
    expected = make_cell(f, value)
    judged = judge_cell(f, expected, mangle(expected, pick), TEXT)
    assert (judged.text, judged.problem) == (None, ""), (expected, mangle(expected, pick))


@settings(max_examples=100)
@given(KINDS)
def test_what_a_csv_file_says_of_a_value_is_that_value(drawn: tuple[FieldKind, Any]) -> None:
    kind, value = drawn
    f = Field(name="x", label="X", kind=kind, wire="x", write="x", choices=CHOICES)
    expected = make_cell(f, value)
    written = escape_formula(expected if isinstance(expected, str) else _spell(expected))
    assert judge_cell(f, expected, written or None, TEXT) == SAME


@pytest.mark.parametrize(
    ("texts", "company_day_first", "found"),
    [
        (["3/4/2026"], False, (False, False)),
        (["3/4/2026"], True, (True, False)),
        (["28/10/2026", "3/4/2026"], False, (True, False)),
        (["10/28/2026", "3/4/2026"], True, (False, False)),
        (["10/28/2026", "28/10/2026"], False, (False, True)),
    ],
)
def test_the_order_of_dates_is_that_of_the_file(
    texts: list[str], company_day_first: bool, found: tuple[bool, bool]
) -> None:
    evidence = StyleEvidence()
    for text in texts:
        evidence.note_date(text, None)
    style = evidence.decide(company_day_first=company_day_first, is_text=True, first_day=date(1899, 12, 30))
    assert (style.day_first, style.is_mixed) == found


def test_two_dates_as_they_were_exported_show_the_order_and_one_does_not() -> None:
    evidence, orders = StyleEvidence(), []
    for text, was in (("4/3/2026", MARCH), ("5/3/2026", date(2026, 3, 5))):
        evidence.note_date(text, was)
        orders.append(evidence.decide(company_day_first=False, is_text=True, first_day=date(1899, 12, 30)).day_first)
    assert orders == [False, True]


@pytest.mark.parametrize(
    ("texts", "decimal_comma", "is_unclear"),
    [
        ([("2,500", 7)], False, True),
        ([("2,500", 7), ("0.75", 7)], False, False),
        ([("2,500", 7), ("0,75", 7)], True, False),
        ([("2.500,00", 7), ("1.250,00", 7), ("0.75", 7)], True, True),
        ([("2.500", 2500)], False, True),
        ([("2.500", 2500), ("1.250", 1250)], True, False),
        ([("2,500", 2500), ("1,250", 1250)], False, False),
        ([("2.500", 2500), ("1,250", 1250)], False, True),
        ([("12", 12), ("text", None)], False, True),
    ],
)
def test_the_decimal_sign_is_that_of_the_file(
    texts: list[tuple[str, int | None]], decimal_comma: bool, is_unclear: bool
) -> None:
    evidence = StyleEvidence()
    for text, was in texts:
        expected = None if was is None else Decimal(was)
        evidence.note_number(read_number(text), read_number(text, decimal_comma=True), expected)
    style = evidence.decide(company_day_first=False, is_text=True, first_day=date(1899, 12, 30))
    assert (style.decimal_comma, style.is_number_unclear) == (decimal_comma, is_unclear)
