"""What a person types and the value it stands for."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from books.providers.bigcapital.customers import CUSTOMERS as BIGCAPITAL
from books.providers.conductor.bills import BILLS, ITEM_LINE
from books.providers.conductor.customers import CUSTOMERS
from record_forms.typed.limits import check_value
from record_forms.typed.parse import format_typed, parse_value
from records.content import Value
from records.fields import Field
from tenants.models import Tenant

COMPANY = Tenant(slug="larch")
LIMIT = CUSTOMERS.shape["credit_limit"]
COST = ITEM_LINE["cost"]
DUE = BILLS.shape["due_date"]
ACTIVE = CUSTOMERS.shape["is_active"]
PHONE = CUSTOMERS.shape["phone"]
NOTE = CUSTOMERS.shape["note"]


def refusal(f: Field, text: str, base: Value = None) -> str:
    """The code of the error that `text` makes."""
    with pytest.raises(ValidationError) as error:
        parse_value(f, text, base, COMPANY)
    return str(error.value.code)


@given(st.decimals(min_value="-9999999999999", max_value="9999999999999", places=2))
def test_an_amount_as_shown_is_the_same_amount(amount: Decimal) -> None:
    assert parse_value(LIMIT, format_typed(LIMIT, amount), None, COMPANY) == amount


@given(st.decimals(min_value="-999999999", max_value="999999999", places=5))
def test_a_cost_as_shown_is_the_same_cost(cost: Decimal) -> None:
    assert parse_value(COST, format_typed(COST, cost), None, COMPANY) == cost


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)), st.booleans())
def test_a_date_as_shown_is_the_same_date_in_either_order(day: date, day_first: bool) -> None:
    assert parse_value(DUE, format_typed(DUE, day), None, Tenant(day_first=day_first)) == day


@given(st.text(), st.sampled_from([PHONE, NOTE]))
def test_a_text_as_shown_keeps_what_the_books_hold_whatever_it_is(text: str, f: Field) -> None:
    end = "\r\n" if f is NOTE else ""
    posted = re.sub(r"\r\n|\r|\n", end, format_typed(f, text))
    assert parse_value(f, posted, text, COMPANY) == text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1240", "1240.00"),
        ("1,240.5", "1240.50"),
        ("−8", "-8.00"),
        ("- 8", "-8.00"),
        (".5", "0.50"),
        ("1 000", "1000.00"),
        ("1 234 567.8", "1234567.80"),
        ("+5", "5.00"),
        ("12*4.5=", "54.00"),
        ("12.50-", "-12.50"),
        ("$ -", "0.00"),
        ("- €", "0.00"),
        ("-1,234,567.8", "-1234567.80"),
        ("$1,250.00", "1250.00"),
        ("1,250.00 €", "1250.00"),
        ("(12.50)", "-12.50"),
        ("$ (1,250.00)", "-1250.00"),
        ("=12*4.5", "54.00"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert parse_value(LIMIT, text, None, COMPANY) == Decimal(amount)


def test_there_is_no_minus_before_zero() -> None:
    assert [str(parse_value(LIMIT, text, None, COMPANY)) for text in ("-0", "-0.001*1")] == ["0.00", "0.00"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "number"),
        ("12 50", "number"),
        ("12  50", "number"),
        ("1234 567", "number"),
        ("12.5 000", "number"),
        ("-", "number"),
        ("NaN", "number"),
        ("Infinity", "number"),
        ("1e3", "number"),
        (".", "number"),
        ("1.005", "places"),
        ("1" + "0" * 13, "digits"),
        ("9" * 40, "digits"),
        ("1.00000000000000000000000000000001", "places"),
        ("1$2", "number"),
        ("12,50", "comma"),
        ("1,2,3", "comma"),
        ("1240,000", "comma"),
        ("1.240,50", "comma"),
        (",5", "comma"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(text: str, code: str) -> None:
    assert refusal(LIMIT, text) == code


@pytest.mark.parametrize("text", ["2026-10-28", "28 Oct 2026", "28 October 2026", "10/28/2026", "Oct 28, 2026"])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert parse_value(DUE, text, None, COMPANY) == date(2026, 10, 28)


@pytest.mark.parametrize(("day_first", "month"), [(False, 10), (True, 1)])
def test_figures_are_read_in_the_order_of_the_company(day_first: bool, month: int) -> None:
    company = Tenant(slug="larch", day_first=day_first)
    assert parse_value(DUE, "10/1/26", None, company).month == month


@pytest.mark.parametrize("text", ["31 Nov 2026", "2026-02-30", "tomorrow", "10/28/0026"])
def test_a_day_that_is_not_in_the_calendar_is_refused(text: str) -> None:
    assert refusal(DUE, text) == "date"


def test_an_invisible_sign_is_refused() -> None:
    assert refusal(PHONE, "555\x000100") == "control"


@pytest.mark.parametrize(("text", "value"), [("on", True), ("true", True), ("", False), ("off", False), ("0", False)])
def test_a_box_is_ticked_or_not(text: str, value: bool) -> None:
    assert parse_value(ACTIVE, text, not value, COMPANY) is value


def test_what_is_neither_yes_nor_no_switches_nothing_off() -> None:
    assert refusal(ACTIVE, "maybe", True) == "boolean"


@pytest.mark.parametrize("text", ["0", "-1", "0.000001-"])
def test_an_exchange_rate_is_above_zero(text: str) -> None:
    assert refusal(BILLS.shape["exchange_rate"], text) in ("positive", "places")
    assert parse_value(BILLS.shape["exchange_rate"], "0.00001", None, COMPANY) == Decimal("0.00001")


@pytest.mark.parametrize("text", ["ann@acme.com", "ann@acme.com, bo@mail.acme.co.uk;c+d@x.io", "ä@müller.de"])
def test_one_email_address_or_several_are_taken(text: str) -> None:
    assert parse_value(CUSTOMERS.shape["email"], text, "", COMPANY) == text


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee <ann@x.example>, Bob <bob@y.example>",
        '"Lee, Ann" <ann@x.example>; "Bob \\"Bo\\" Ray" <bob@y.example>;',
        "Lee, Ann <ann@x.example>; Ray, Bob <bob@y.example>",
        "Ann <ann@x.example>\nBob <bob@y.example>\n",
        "<ann@x.example>, <bob@y.example>",
        "ann@x.example\r\nbob@y.example",
        "ann@x.example bob@y.example",
        "ann@x.example,, bob@y.example,",
        "ann@x.example <ann@x.example>, bob@y.example",
        "ann@x.example, Bob <mailto:bob@y.example>",
        "mailto:ann@x.example, mailto:bob@y.example",
        "ann@x.example, Bob <bob@y.example>, ann@x.example",
        "'ann@x.example'; 'bob@y.example'",
        "'ann@x.example' 'bob@y.example'",
        "‘ann@x.example’, “bob@y.example”",
        "'ann@x.example' <ann@x.example>; 'Bob' <bob@y.example>",
        "'ann@x.example' <ann@x.example>, bob@y.example",
        "mailto:ann@x.example?subject=Hi, mailto:bob@y.example",
        "ann@x.example <mailto:ann@x.example?subject=Hi>, <bob@y.example>",
    ],
)
def test_a_list_from_a_mail_program_is_taken_as_its_addresses(text: str) -> None:
    assert parse_value(CUSTOMERS.shape["cc_email"], text, "", COMPANY) == "ann@x.example, bob@y.example"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ann <ann@x.example>", "the name and the brackets"),
        ('"Lee, Ann" <ann@x.example>', "the name and the brackets"),
        ("<ann@x.example>", "the brackets"),
        ("<mailto:ann@x.example>", "the brackets"),
        ("mailto:ann@x.example", "“mailto:”"),
        ("MailTo:ann@x.example", "“mailto:”"),
        ("mailto:ann@x.example?subject=Hi", "“mailto:” and “?subject=Hi”"),
        ("'ann@x.example' <ann@x.example>", "the name and the brackets"),
    ],
)
def test_what_to_leave_out_around_one_address_is_said(text: str, what: str) -> None:
    said = f"Leave out {what}: only “ann@x.example” can be stored here."
    for field in (
        CUSTOMERS.shape["email"],
        BIGCAPITAL.shape["email"],
        BIGCAPITAL.shape["billing_address"].shape["email"],
    ):
        with pytest.raises(ValidationError, match=re.escape(said)):
            parse_value(field, text, "", COMPANY)


@pytest.mark.parametrize(
    "text",
    [
        *("not an email", "ann@acme", "@acme.com", "Ann ann@acme.com", "ann@acme.com <bob", "Ann <ann>, bo@x.io"),
        *('"ann@acme.com', "ann@acme.com (home)", "ann@acme.com, Bob", "a@b.c > d@e.f", "<>", "a@b@c.d"),
        *("(ann@acme.com)", "ann@acme.com)", "tel:ann@acme.com", "[ann@acme.com]", "ann@acme.com, work: bo@x.io"),
    ],
)
def test_what_is_no_email_address_is_refused_but_stands_where_the_books_have_it(text: str) -> None:
    field = CUSTOMERS.shape["cc_email"]
    assert (refusal(field, text), parse_value(field, text, text, COMPANY)) == ("shaped", text)


@pytest.mark.parametrize(
    "text", ["'ann@x.example'", "“ann@x.example”", "‘ann@x.example’", '"ann@x.example"', "«ann@x.example»"]
)
def test_an_address_is_stored_without_the_quotes_around_it(text: str) -> None:
    assert parse_value(CUSTOMERS.shape["email"], text, "", COMPANY) == "ann@x.example"
    with pytest.raises(ValidationError, match="Leave out the quotes: only “ann@x"):
        parse_value(BIGCAPITAL.shape["email"], text, "", COMPANY)


@pytest.mark.parametrize(
    "text", ["o'brien@x.example", "o’brien@x.example", "ann_lee@ann_lee.example", "jo@例え.テスト"]
)
def test_signs_inside_an_address_are_its_own(text: str) -> None:
    assert parse_value(CUSTOMERS.shape["email"], text, "", COMPANY) == text


@pytest.mark.parametrize("text", ["a" * 20_000, "a.b" * 7_000 + "@", "a@" + "b" * 20_000])
def test_a_long_text_without_an_address_is_refused_at_once(text: str) -> None:
    assert refusal(CUSTOMERS.shape["email"], text) == "shaped"


ONLY = "can be stored here."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Team: ann@x.example, bob@y.example;", f"Leave out “Team:”: only email addresses {ONLY}"),
        ("ann@x.example (Ann)", f"Leave out “(Ann)”: only “ann@x.example” {ONLY}"),
        ("ann@x.example (Ann), bob@y.example (Bob)", f"Leave out “(Ann)” and “(Bob)”: only email addresses {ONLY}"),
        ("Ann ann@x.example", f"Leave out “Ann”: only “ann@x.example” {ONLY}"),
        ("ann@x.example?subject=Hi", f"Leave out “?subject=Hi”: only “ann@x.example” {ONLY}"),
        ("'ann@x.example", f"Leave out the quotes: only “ann@x.example” {ONLY}"),
        ("“ann@x.example, bob@y.example”", f"Leave out the quotes: only email addresses {ONLY}"),
        ("ann@acme", "Not an email address. Separate several with commas."),
        ("ann@bob@x.example", "Not an email address. Separate several with commas."),
        ("ann@x.example, bob@acme", "Not an email address. Separate several with commas."),
    ],
)
def test_a_text_with_more_than_addresses_says_what_to_leave_out(text: str, why: str) -> None:
    with pytest.raises(ValidationError) as error:
        parse_value(CUSTOMERS.shape["email"], text, "", COMPANY)
    assert error.value.messages == [why]


@pytest.mark.parametrize("sign", ["a", "é", "北", "\n"])
def test_a_limit_in_bytes_counts_each_letter_as_what_it_takes(sign: str) -> None:
    note, size = BIGCAPITAL.shape["note"], len(sign.encode())
    most = "." * (65_535 % size) + "".join(["x", *[sign] * (65_535 // size - 2), sign if sign != "\n" else "x"])
    most += "." * (65_535 - len(most.encode()))
    assert parse_value(note, most, "", COMPANY) == most
    said = "Too long: 65,536 bytes, 65,535 allowed. A plain letter is one byte, one with an accent two, a Chinese"
    with pytest.raises(ValidationError, match=said):
        parse_value(note, f"{most}.", "", COMPANY)


def test_a_list_with_names_that_no_form_has_read_is_refused() -> None:
    text = "Ann <ann@x.example>, Bob <bob@y.example>"
    with pytest.raises(ValidationError, match="Leave out everything but the addresses"):
        check_value(CUSTOMERS.shape["email"], text, "", COMPANY)
