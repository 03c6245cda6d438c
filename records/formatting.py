"""Formats values by kind of field: 1,240.00, 28 Oct 2026, a true minus sign.

Pure except for the time zone and the date style, which are those of the person whose page is drawn, and the decimals
of its amounts, which are those of the record on it.
"""

import calendar
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from .content import Content, Value, is_blank
from .fields import Field, FieldKind
from .numbers import CENT, USUAL_PLACES, count_places

MINUS = "−"
MILL = Decimal("0.001")
MONTHS = tuple(calendar.month_abbr)  # which otherwise makes each name anew
NONE = "empty"
amount_places: ContextVar[int] = ContextVar("amount_places", default=USUAL_PLACES)
home_places: ContextVar[int] = ContextVar("home_places", default=USUAL_PLACES)  # of the company's own currency
date_style: ContextVar[str] = ContextVar("date_style", default="")  # "" as 28 Oct 2026, "month-first", "iso"
FREE_LINES = ("line1", "line2", "line3", "line4", "line5")
PRINTED = (*FREE_LINES, "city", "state", "postal_code", "country")
UNPRINTED = ("note", "phone", "email")  # members of an address that are not written on an envelope
PLACED = (*PRINTED, *UNPRINTED)


class AmountPlaces(NamedTuple):
    """How many decimals the amounts of a record have, by its currency, and those in the company's own currency."""

    own: int = USUAL_PLACES
    home: int = USUAL_PLACES

    def find(self, f: Field) -> int:
        return self.home if f.in_home else self.own


@contextmanager
def use_date_style(style: str) -> Iterator[None]:
    """Show dates in this style meanwhile: for what is written to a person outside a request of theirs."""
    before = date_style.set(style)
    try:
        yield
    finally:
        date_style.reset(before)


def format_value(f: Field, value: Value) -> str:
    """Return the value in words and figures; an address in lines, a list as its size, "empty" for a blank."""
    if is_blank(value):
        return NONE
    return _SHOWN[f.kind](f, value)


def format_or_blank(f: Field, value: Value) -> str:
    """The value as `format_value` has it; "" for nothing at all, where a label stands beside it."""
    return "" if is_blank(value) else format_value(f, value)


def format_count(count: int, one: str) -> str:
    """A number of things: 1 line, 2,000 lines, 2 ship-to addresses."""
    return f"{count:,} {one if count == 1 else one + ('es' if one.endswith('s') else 's')}"


def lower_first(label: str) -> str:
    """Return a label as it stands inside a phrase: "line 1", but "ZIP or postal code"."""
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def join_words(words: Sequence[str]) -> str:
    """This, that and the other."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def name_line(f: Field, line: Content, place: int) -> str:
    """Return what a stored line is called: its name, or its number."""
    return str(line[f.called_by]) if f.called_by else f"{f.one} {place}"


def summarize_line(line: Content) -> str:
    """Return a line as one row of text: its first words and its amount."""
    parts = [format_value(f, line[f.name]) for f in line.shape.in_history if line[f.name] not in ("", None, ())]
    return " · ".join(parts[:4])


def format_money(value: Decimal | None, code: str = "", minus: str = MINUS, places: int | None = None) -> str:
    """Return 1,240.00 with a true minus sign; "" for None.

    It has so many `places`, or else the decimals of the currency with this code, or else of the record that is shown.
    It has more if it needs them, and then two at least.
    """
    if value is None:
        return ""
    if places is None:
        places = count_places(code) if code else amount_places.get()
    if places != USUAL_PLACES:
        return _group_digits(value, _find_places(value, places), minus)
    if value.same_quantum(CENT):
        return _group_digits(value, 2, minus)
    if value.same_quantum(MILL):  # as the mirror keeps amounts
        return _group_digits(value, 3, minus).removesuffix("0")
    return _group_digits(value, max(2, _count_places(value)), minus)


def set_places(value: Decimal, places: int) -> Decimal:
    """Return an amount with the decimals that `format_money` shows of it, where a file has it as a number."""
    shown = value.quantize(Decimal(1).scaleb(-places))
    return shown if shown == value else value.quantize(Decimal(1).scaleb(-_find_places(value, places)))


def format_home_money(value: Decimal | None) -> str:
    """Return an amount in the company's own currency, beside a record in another one; "" for None."""
    return format_money(value, places=home_places.get())


def format_number(value: Decimal) -> str:
    """Return a quantity or cost without padding zeros, but at least two places if it has any: 200, 7.50, 0.125."""
    places = _count_places(value)
    return _group_digits(value, max(2, places) if places else 0)


def format_date(value: date | None) -> str:
    """Return 28 Oct 2026; "" for None. For sentences and inputs, which are compared later, maybe for somebody else."""
    return "" if value is None else f"{value.day} {MONTHS[value.month]} {value.year}"


def show_date(value: date | None) -> str:
    """Return a date in the style that the person has chosen, for what is only looked at; "" for None."""
    style = date_style.get()
    if value is None or not style:
        return format_date(value)
    return value.strftime("%Y-%m-%d") if style == "iso" else f"{MONTHS[value.month]} {value.day}, {value.year}"


def name_zone(local: datetime) -> str:
    """Return the time zone's short name after a blank, if it is not the installation's, which people know."""
    return "" if timezone.get_current_timezone() == timezone.get_default_timezone() else f" {local:%Z}"


def describe_due(value: date | None) -> str:
    """19 days overdue, due today, in 7 days."""
    if value is None:
        return ""
    days = (value - timezone.localdate()).days
    if days == 0:
        return "due today"
    unit = "day" if abs(days) == 1 else "days"
    return f"in {days:,} {unit}" if days > 0 else f"{-days:,} {unit} overdue"


def get_due_class(value: date | None) -> str:
    """Return the CSS class that repeats in colour what `describe_due` says."""
    if value is None:
        return ""
    days = (value - timezone.localdate()).days
    return "over" if days < 0 else "today" if days == 0 else "muted"


def format_moment(value: datetime) -> str:
    """Return 28 Oct 2026 14:05, in the person's time zone, whose name follows where it is not the installation's."""
    local = timezone.localtime(value)
    return f"{show_date(local)} {local:%H:%M}{name_zone(local)}"


def format_address(address: Value) -> list[str]:
    """Return an address as it prints: its lines; city, state and postal code in one line; the country."""
    lines = [address.get(name) for name in FREE_LINES]
    place = " ".join(part for part in (address["state"], address["postal_code"]) if part)
    lines.append(", ".join(part for part in (address["city"], place) if part))
    lines.append(address["country"])
    return [line for line in lines if line]


def format_short(f: Field, entry: Value) -> str:
    """Return the values of a list entry beside its name, in one line: 3 Quay Street, Boise, ID 83702 · Default."""
    title = f.shape.get(f.called_by)
    # A name that the vendor composes of other members repeats them.
    said = str(entry[f.called_by]).split() if title and not title.writable else []
    texts = [", ".join(format_address(entry))] if f.is_address else []
    for m in f.shape.fields:
        is_told = m.name in (f.key, f.called_by) or (f.is_address and m.name in PRINTED)
        if not is_told and (m.writable or not m.sent_along) and m.kind is not FieldKind.MOMENT:
            texts.append(_format_short(m, entry[m.name]))
    return " · ".join(text for text in texts if text and text not in said)


def _format_short(m: Field, value: Value) -> str:
    if is_blank(value) or value is False:
        return ""
    if m.kind is FieldKind.BOOLEAN:
        return m.label
    if m.kind is FieldKind.LIST:
        return ", ".join(f"{entry[m.key]}: {format_short(m, entry)}" for entry in value)
    return format_value(m, value)


def _group_digits(value: Decimal, places: int, minus: str = MINUS) -> str:
    return f"{value:,.{places}f}".replace("-", minus)


def _find_places(value: Decimal, places: int) -> int:
    """Return how many decimals are shown of an amount whose currency has so many `places`."""
    needed = _count_places(value)
    return max(places, needed and max(USUAL_PLACES, needed))


def _count_places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _split_lines(f: Field, value: Value) -> str:
    return "\n".join(format_value(m, value[m.name]) for m in f.shape.fields if not is_blank(value[m.name]))


_SHOWN: dict[FieldKind, Callable[[Field, Value], str]] = {
    FieldKind.TEXT: lambda f, value: str(value),
    FieldKind.LONG_TEXT: lambda f, value: str(value),
    FieldKind.MONEY: lambda f, value: format_home_money(value) if f.in_home else format_money(value),
    FieldKind.COST: lambda f, value: format_number(value),
    FieldKind.NUMBER: lambda f, value: f"{value:f}" if f.between else format_number(value),  # 2029 is a year, not 2,029
    FieldKind.BOOLEAN: lambda f, value: "yes" if value else "no",
    FieldKind.CHOICE: lambda f, value: dict(f.choices).get(value, str(value)),
    FieldKind.DATE: lambda f, value: show_date(value),
    FieldKind.MOMENT: lambda f, value: format_moment(value),
    FieldKind.REFERENCE: lambda f, value: str(value),
    FieldKind.GROUP: _split_lines,
    FieldKind.LIST: lambda f, value: format_count(len(value), f.one),
}
