"""Values as people write them, by kind of field: 1,240.00, 28 Oct 2026, a true minus. Pure but for the time zone."""

import calendar
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from .content import Value, is_blank
from .fields import Field, Kind

MINUS = "−"
NONE = "none"
CENT = Decimal("0.01")
FREE_LINES = ("line1", "line2", "line3", "line4", "line5")
PRINTED = (*FREE_LINES, "city", "state", "postal_code", "country")
UNPRINTED = ("note", "phone", "email")  # members of an address that are not part of what is written on an envelope
PLACED = (*PRINTED, *UNPRINTED)


def as_html(parts: Iterable[str]) -> SafeString:
    """Rows and cells drawn in Python as HTML; whoever draws them escapes every text of the books' and of people's.

    The one place where the desk calls a text safe: what is drawn without a template, for speed, comes through here.
    """
    return mark_safe("".join(parts))  # noqa: S308 - its callers escape each text (tests put HTML into their columns); see above


def shown(f: Field, value: Value) -> str:
    """The value in words and figures; an address in lines, a list as its size, "none" for nothing at all."""
    if is_blank(value):
        return NONE
    return _SHOWN[f.kind](f, value)


def money(value: Decimal | None) -> str:
    """1,240.00 with a true minus; more than two places only where the amount has them. Nothing for no amount."""
    if value is None:
        return ""
    return _grouped(value, 2 if value.same_quantum(CENT) else max(2, _places(value)))


def number(value: Decimal) -> str:
    """A quantity or a cost without zeros that say nothing, at least two places once it has any: 200, 7.50, 0.125."""
    places = _places(value)
    return _grouped(value, max(2, places) if places else 0)


def day(value: date | None) -> str:
    """28 Oct 2026. Nothing for no day."""
    return "" if value is None else f"{value.day} {calendar.month_abbr[value.month]} {value.year}"


def due(value: date | None) -> str:
    """19 days overdue, due today, in 7 days."""
    if value is None:
        return ""
    days = (value - timezone.localdate()).days
    if days == 0:
        return "due today"
    unit = "day" if abs(days) == 1 else "days"
    return f"in {days} {unit}" if days > 0 else f"{-days} {unit} overdue"


def due_class(value: date | None) -> str:
    """The class that repeats in colour what `due` says in words."""
    if value is None:
        return ""
    days = (value - timezone.localdate()).days
    return "over" if days < 0 else "today" if days == 0 else "second"


def moment(value: datetime) -> str:
    """28 Oct 2026 14:05, in the desk's time zone."""
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M}"


def printed(address: Value) -> list[str]:
    """An address as it prints: its lines, then city, state and postal code in one, then the country."""
    lines = [address.get(name) for name in FREE_LINES]
    place = " ".join(part for part in (address["state"], address["postal_code"]) if part)
    lines.append(", ".join(part for part in (address["city"], place) if part))
    lines.append(address["country"])
    return [line for line in lines if line]


def in_short(f: Field, entry: Value) -> str:
    """What an entry of a list holds beside its name, in one line: 3 Quay Street, Boise, ID 83702 · Default."""
    title = f.shape.get(f.called_by)
    # A name that the books make of other members says them already.
    said = str(entry[f.called_by]).split() if title and not title.writable else []
    texts = [", ".join(printed(entry))] if f.is_address else []
    for m in f.shape.fields:
        is_told = m.name in (f.key, f.called_by) or (f.is_address and m.name in PRINTED)
        if not is_told and (m.writable or not m.sent_along) and m.kind is not Kind.MOMENT:
            texts.append(_in_short(m, entry[m.name]))
    return " · ".join(text for text in texts if text and text not in said)


def _in_short(m: Field, value: Value) -> str:
    if is_blank(value) or value is False:
        return ""
    if m.kind is Kind.BOOLEAN:
        return m.label
    if m.kind is Kind.LIST:
        return ", ".join(f"{entry[m.key]}: {in_short(m, entry)}" for entry in value)
    return shown(m, value)


def _grouped(value: Decimal, places: int) -> str:
    return f"{value:,.{places}f}".replace("-", MINUS)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _lines(f: Field, value: Value) -> str:
    return "\n".join(shown(m, value[m.name]) for m in f.shape.fields if not is_blank(value[m.name]))


_SHOWN: dict[Kind, Callable[[Field, Value], str]] = {
    Kind.TEXT: lambda f, value: str(value),
    Kind.LONG_TEXT: lambda f, value: str(value),
    Kind.MONEY: lambda f, value: money(value),
    Kind.COST: lambda f, value: number(value),
    Kind.NUMBER: lambda f, value: f"{value:f}" if f.between else number(value),  # 2029 is a year, not 2,029
    Kind.BOOLEAN: lambda f, value: "yes" if value else "no",
    Kind.CHOICE: lambda f, value: dict(f.choices).get(value, str(value)),
    Kind.DATE: lambda f, value: day(value),
    Kind.MOMENT: lambda f, value: moment(value),
    Kind.REFERENCE: lambda f, value: str(value),
    Kind.GROUP: _lines,
    Kind.LIST: lambda f, value: f"{len(value)} {f.one}{'' if len(value) == 1 else 's'}",
}
