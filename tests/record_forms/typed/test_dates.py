"""Days as people type them, in either order of day and month."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from record_forms.typed.dates import FIRST, LAST, parse_date
from records import formatting

TODAY = date(2026, 11, 26)
STOOD = date(2021, 12, 28)
DAYS = st.dates(min_value=FIRST, max_value=LAST)
ORDERS = st.booleans()


@pytest.mark.parametrize(
    ("text", "month_first", "day_first"),
    [
        ("10/1", date(2026, 10, 1), date(2027, 1, 10)),
        ("10/1/26", date(2026, 10, 1), date(2026, 1, 10)),
        ("10/1/2026", date(2026, 10, 1), date(2026, 1, 10)),
        ("10-1-26", date(2026, 10, 1), date(2026, 1, 10)),
        ("1001", date(2026, 10, 1), date(2027, 1, 10)),
        ("100126", date(2026, 10, 1), date(2026, 1, 10)),
        ("10012026", date(2026, 10, 1), date(2026, 1, 10)),
        ("1.10.", date(2026, 10, 1), date(2026, 10, 1)),
        ("1.10", date(2026, 10, 1), date(2026, 10, 1)),
        ("1.10.26", date(2026, 10, 1), date(2026, 10, 1)),
        ("1. 10. 2026", date(2026, 10, 1), date(2026, 10, 1)),
        ("28/10", date(2026, 10, 28), date(2026, 10, 28)),
        ("10/28", date(2026, 10, 28), date(2026, 10, 28)),
        ("2026-10-28", date(2026, 10, 28), date(2026, 10, 28)),
        ("2026/10/28", date(2026, 10, 28), date(2026, 10, 28)),
        ("2026-1-5", date(2026, 1, 5), date(2026, 1, 5)),
        ("28th Oct", date(2026, 10, 28), date(2026, 10, 28)),
        ("Oct 1st, 2026", date(2026, 10, 1), date(2026, 10, 1)),
        ("28 oct", date(2026, 10, 28), date(2026, 10, 28)),
        ("28-Oct-26", date(2026, 10, 28), date(2026, 10, 28)),
        ("Oct. 28, 2026", date(2026, 10, 28), date(2026, 10, 28)),
        ("october 28", date(2026, 10, 28), date(2026, 10, 28)),
        ("T", TODAY, TODAY),
        ("+", date(2026, 11, 27), date(2026, 11, 27)),
        ("−3", date(2026, 11, 23), date(2026, 11, 23)),
    ],
)
def test_a_day_is_read_as_the_company_writes_it(text: str, month_first: date, day_first: date) -> None:
    assert (parse_date(text, today=TODAY), parse_date(text, today=TODAY, day_first=True)) == (month_first, day_first)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("+7", date(2022, 1, 4)),
        ("-", date(2021, 12, 27)),
        ("1/15", date(2022, 1, 15)),
        ("6/29", date(2021, 6, 29)),
        ("6/28", date(2022, 6, 28)),
        ("2/29", date(2020, 2, 29)),
        ("3/1/22", date(2022, 3, 1)),
        ("t", TODAY),
    ],
)
def test_what_is_left_out_comes_from_the_date_that_stands_there(text: str, meant: date) -> None:
    assert parse_date(text, today=TODAY, near=STOOD) == meant


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("w", date(2021, 12, 26)),
        ("k", date(2022, 1, 1)),
        ("m", date(2021, 12, 1)),
        ("h", date(2021, 12, 31)),
        ("Y", date(2021, 1, 1)),
        ("r", date(2021, 12, 31)),
        ("[", date(2021, 12, 21)),
        ("]", date(2022, 1, 4)),
        (";", date(2021, 11, 28)),
        ("'", date(2022, 1, 28)),
    ],
)
def test_a_key_of_quickbooks_moves_the_date_that_stands_there(key: str, meant: date) -> None:
    assert parse_date(key, today=TODAY, near=STOOD) == meant


@pytest.mark.parametrize(
    ("key", "meant"), [("w", date(2026, 11, 22)), ("k", date(2026, 11, 28)), ("m", date(2026, 11, 1))]
)
def test_a_key_without_a_date_moves_today(key: str, meant: date) -> None:
    assert parse_date(key, today=TODAY) == meant


@given(DAYS)
def test_the_first_and_the_last_day_of_a_week_are_a_sunday_and_a_saturday_around_it(near: date) -> None:
    first, last = (near.toordinal() + step for step in (-(near.isoweekday() % 7), 6 - near.isoweekday() % 7))
    if FIRST.toordinal() <= first and last <= LAST.toordinal():
        assert [parse_date(key, today=TODAY, near=near).toordinal() for key in "wk"] == [first, last]


def test_a_shorter_month_has_its_last_day() -> None:
    assert [parse_date(key, today=date(2026, 3, 31)) for key in ";'"] == [date(2026, 2, 28), date(2026, 4, 30)]


@pytest.mark.parametrize(
    "text",
    ["11/05/2026 0:00", "11/5/2026 12:00:00 AM", "11/05/26 14:30", "2026-11-05T00:00:00Z", "2026-11-05 00:00:00.000",
     "46331", "46331.5", "20261105", "Thursday, November 5, 2026", "Thu 5 Nov 2026", "thu. 11/5/2026", "05-NOV-2026",
     "\u200e11/5/2026\u200e", "110526"],
)  # fmt: skip
def test_a_date_out_of_a_sheet_is_read_as_its_day(text: str) -> None:
    assert parse_date(text, today=TODAY) == date(2026, 11, 5)


@given(DAYS)
def test_a_number_of_days_is_read_from_1995_to_2060_only(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    if 1995 <= day.year <= 2060:
        assert parse_date(serial, today=TODAY) == day
    elif len(serial) == 5:
        with pytest.raises(ValidationError):
            parse_date(serial, today=TODAY)


@pytest.mark.parametrize(
    "text",
    ["31 Nov 2026", "2026-02-30", "tomorrow", "10/28/0026", "13/13", "0/1", "10/1/026", "10/1-26", "28 oct 6", "oct",
     "1 octember", "Fri 5 Nov 2026", "sat", "12:30", "99999",
     "+999999", "1899-12-31", "2200-01-01", "", "1", "10/1/", "²/1", "2/29/26"],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as error:
        parse_date(text, today=TODAY)
    assert error.value.code == "date"


@pytest.mark.parametrize(("text", "near"), [("+7", date.max), ("-7", date.min), ("1/15", date.min)])
def test_a_date_at_the_end_of_the_calendar_is_counted_from_without_an_error(text: str, near: date) -> None:
    with pytest.raises(ValidationError):
        parse_date(text, today=TODAY, near=near)


@given(DAYS, DAYS, ORDERS)
def test_a_day_as_shown_is_the_same_day_under_either_order(one: date, near: date, day_first: bool) -> None:
    assert parse_date(formatting.format_date(one), today=TODAY, near=near, day_first=day_first) == one


@given(st.text() | st.from_regex(r"[-+0-9/. tadyjnfebmrclugsopv,−]{1,14}"), st.dates() | st.none(), ORDERS)
def test_no_text_does_anything_but_mean_a_day_or_be_refused(text: str, near: date | None, day_first: bool) -> None:
    try:
        assert FIRST <= parse_date(text, today=TODAY, near=near, day_first=day_first) <= LAST
    except ValidationError as error:
        assert error.code == "date"


@given(DAYS, DAYS, ORDERS)
def test_a_year_left_out_brings_the_day_within_half_a_year_but_for_leap_days(
    one: date, near: date, first: bool
) -> None:
    text = f"{one.day}/{one.month}" if first else f"{one.month}/{one.day}"
    try:
        meant = parse_date(text, today=TODAY, near=near, day_first=first)
    except ValidationError:
        assert not FIRST + timedelta(days=366 * 8) < near < LAST - timedelta(days=366 * 8)
        return
    most = 366 * 4 if (one.month, one.day) == (2, 29) else 183
    assert (meant.month, meant.day, abs(meant - near).days <= most) == (one.month, one.day, True)


@given(DAYS, st.integers(min_value=-99999, max_value=99999))
def test_a_count_of_days_moves_by_just_so_many(near: date, count: int) -> None:
    wanted = near.toordinal() + count
    if FIRST.toordinal() <= wanted <= LAST.toordinal():
        assert parse_date(f"{count:+d}", today=TODAY, near=near).toordinal() == wanted
