"""Days in answers of a server in any time zone: from UTC-12 to UTC+14, in every date format, with daylight saving."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from books.models import ServerOffset
from books.providers.bigcapital.customers import CUSTOMERS
from books.providers.bigcapital.date_formats import DATE_FORMATS, _write_all, is_written_as, write_day
from books.providers.bigcapital.days import ServerDays
from records.decoder import decode
from records.json_text import RawRow, parse_json, parse_list

pytestmark = pytest.mark.django_db
SERVER = "http://server.example/api"
HOUR = timedelta(hours=1)
FIXED = [timezone(quarter * HOUR / 4) for quarter in range(-12 * 4, 14 * 4 + 1)]
ZONES = st.one_of(st.sampled_from(sorted(available_timezones())).map(ZoneInfo), st.sampled_from(FIXED))
DAYS = st.dates(date(1973, 1, 1), date(2099, 12, 31))
AUCKLAND, HONOLULU, KIRITIMATI = (ZoneInfo(f"Pacific/{place}") for place in ("Auckland", "Honolulu", "Kiritimati"))
SUMMER, WINTER = date(2026, 1, 15), date(2026, 7, 15)


def midnight(day, zone):
    return datetime.combine(day, time(), zone).astimezone(UTC)


def answer(day, zone, form=None):
    """A customer's row, with its day written out in a date format, or not at all."""
    row = {"id": 1, "opening_balance_at": f"{midnight(day, zone):%Y-%m-%dT%H:%M:%S}.000Z"}
    return row if form is None else {**row, "formatted_opening_balance_at": write_day(day, form)}


def read(row, days=None):
    """The day that is read of an answer."""
    settled = (days or ServerDays(SERVER)).settle_rows(CUSTOMERS, [row])[0]
    return decode(CUSTOMERS.shape, settled)["opening_balance_at"]


@given(DAYS, ZONES, st.sampled_from(DATE_FORMATS))
@example(SUMMER, AUCKLAND, "MM/DD/YYYY")
@example(SUMMER, KIRITIMATI, "dd MMM YYYY")
@example(SUMMER, HONOLULU, "EEE, MMMM dd, YYYY")
@example(WINTER, FIXED[0], "M/D/YYYY")
@example(SUMMER, ZoneInfo("Pacific/Chatham"), "dd.MM.yy")
@example(date(2026, 3, 8), ZoneInfo("America/Havana"), "yyyy.MM.dd")  # begins at one o'clock
def test_a_day_that_is_written_out_is_right_in_every_zone_and_format(day, zone, form):
    assume(midnight(day, zone).astimezone(zone).date() == day)  # a few islands have once skipped a day
    assert read(answer(day, zone, form)) == day


@given(DAYS, st.sampled_from([zone for zone in FIXED if -11 * HOUR <= zone.utcoffset(None) <= 12 * HOUR]))
def test_a_day_that_is_not_written_out_is_that_of_the_nearest_midnight(day, zone):
    assert read(answer(day, zone)) == day


@given(DAYS, DAYS, ZONES)
def test_the_offset_of_the_last_answer_that_wrote_its_day_out_decides_for_one_that_does_not(day, other, zone):
    began = [midnight(one, zone).astimezone(zone) for one in (day, other)]
    assume([at.date() for at in began] == [day, other])
    assume(abs(began[0].utcoffset() - began[1].utcoffset()) < 3 * HOUR)  # a few islands have crossed the date line
    days = ServerDays(SERVER)
    read(answer(day, zone, "MM/DD/YYYY"), days)
    assume(days.minutes is not None or abs(began[0].utcoffset()) < 10 * HOUR)
    assert read(answer(other, zone), days) == other


@given(DAYS)
def test_no_text_is_a_day_and_also_the_next(day):
    assert not _write_all(day) & _write_all(day + timedelta(days=1))


def test_a_server_is_known_to_every_process():
    read(answer(SUMMER, AUCKLAND, "MM/DD/YYYY"))
    assert (read(answer(SUMMER, AUCKLAND)), ServerOffset.objects.get().minutes) == (SUMMER, 13 * 60)


def test_a_season_is_no_other_zone():
    """Days of both seasons are in every list, so that one of them would be noted after the other, without end."""
    for day in (SUMMER, WINTER):
        read(answer(day, AUCKLAND, "MM/DD/YYYY"))
    assert list(ServerOffset.objects.values_list("minutes", flat=True)) == [13 * 60]


def test_an_island_that_has_crossed_the_date_line_has_the_days_of_both_sides_right():
    days = [date(2011, 1, 15), date(2011, 7, 15), date(2012, 1, 15), date(2012, 7, 15)]
    rows = [answer(day, ZoneInfo("Pacific/Apia"), "MM/DD/YYYY") for day in days]
    settled = ServerDays(SERVER).settle_rows(CUSTOMERS, rows)
    assert [decode(CUSTOMERS.shape, row)["opening_balance_at"] for row in settled] == days


def test_a_server_that_has_moved_is_known_by_its_next_answer():
    days = ServerDays(SERVER)
    for zone in (AUCKLAND, HONOLULU):
        read(answer(SUMMER, zone, "MM/DD/YYYY"), days)
    assert (read(answer(SUMMER, HONOLULU), days), ServerOffset.objects.get().minutes) == (SUMMER, -10 * 60)


@pytest.mark.parametrize("text", ["", "15 janvier 2026", "01/17/2026", "1448-07-26", 20260115, None])
def test_a_text_that_is_neither_day_decides_nothing(text):
    assert read({**answer(SUMMER, HONOLULU), "formatted_opening_balance_at": text}) == SUMMER


@pytest.mark.parametrize("raw", ["2026-01-14T11:00:00Z", "2026-01-15T00:00:00+13:00", "2026-01-14T06:00:00-05:00"])
def test_an_instant_may_be_written_in_any_way(raw):
    row = {"id": 1, "openingBalanceAt": raw, "formattedOpeningBalanceAt": "15 Jan 2026"}
    assert read(row) == SUMMER


@pytest.mark.parametrize("raw", ["yesterday", "2026-13-01T11:00:00Z", 1768474800, True, {}, [], "0001-01-01T11:00:00Z"])
def test_what_is_no_instant_is_left_to_the_decoder(raw):
    row = {"id": 1, "opening_balance_at": raw, "formatted_opening_balance_at": "01/15/2026"}
    assert ServerDays(SERVER).settle_rows(CUSTOMERS, [row]) == [row]


def test_a_row_of_a_list_keeps_its_other_values_digit_by_digit():
    text = '{"id":1,"balance":0.30000000000000004,"opening_balance_at":"2026-01-14T11:00:00.000Z","x":[1.50],'
    page = parse_list(f'{{"customers":[{text}"formatted_opening_balance_at":"15 Jan 2026"}}]}}', "customers")
    (row,) = ServerDays(SERVER).settle_rows(CUSTOMERS, page["customers"])
    assert isinstance(row, RawRow)
    assert parse_json(row.text) == {**page["customers"][0], "opening_balance_at": "2026-01-15T00:00:00.000Z"} == row


# As moment.js 2.30 writes them: `dd` is a weekday there, `EEE` its number three times, `yy` the whole year.
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("MM.dd.yy", "01.Mo.2026"),
        ("dd.MM.yyyy", "Mo.01.2026"),
        ("yyyy.MM.dd", "2026.01.Mo"),
        ("MM/DD/YYYY", "01/05/2026"),
        ("M/D/YYYY", "1/5/2026"),
        ("dd MMM YYYY", "Mo Jan 2026"),
        ("dd MMMM YYYY", "Mo January 2026"),
        ("MMMM dd, YYYY", "January Mo, 2026"),
        ("EEE, MMMM dd, YYYY", "111, January Mo, 2026"),
        ("DD MMM yyyy", "05 Jan 2026"),
        ("DD-MM-YYYY", "05-01-2026"),
    ],
)
def test_a_day_is_written_as_the_server_writes_it(form, text):
    assert write_day(date(2026, 1, 5), form) == text


@pytest.mark.parametrize("text", ["01.05.26", "05.01.26", "26.01.05", "Mon, January 05, 2026", " January 05, 2026 "])
def test_a_format_is_understood_as_it_is_meant_too(text):
    found = [day for day in range(4, 7) if is_written_as(date(2026, 1, day), text)]
    assert found == [5]
