"""What a person types, as the value of a field, and back: one rule for forms, line grids and imports.

Raises ValidationError with a sentence for people. Knows the field table and nothing of any one field.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone

from books.mirror import pickers
from records import formatting
from records.content import Reference, Value
from records.fields import Field, FieldKind
from records.numbers import CENT
from records.text import TEXTS, clean_text, clean_value
from tenants.models import Tenant

from . import limits
from .arithmetic import IS_SUM, InvalidSum, evaluate, strip_text, strip_thousands
from .currency import find_other_mark
from .dates import parse_date

YES, NO = ("on", "true", "1", "yes"), ("", "off", "false", "0", "no")
CLEANED = (*TEXTS, FieldKind.DATE)
FIGURES = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)
THOUSANDS_OR_CENTS = re.compile(r"-?\d*\.\d{3}", re.ASCII)  # “1.250” is 1,250 to half the world


def format_typed(f: Field, value: Value) -> str:
    """The value as it stands in an input; what `parse` makes the same value of."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Reference):
        return str(value)
    if isinstance(value, Decimal):
        return (
            formatting.format_money(value, minus="-") if f.kind is FieldKind.MONEY else format(value.normalize(), "f")
        )
    if isinstance(value, date):
        return formatting.format_date(value)
    return clean_value(f, value) if f.kind in TEXTS else str(value)


def parse_value(f: Field, text: str, base: Value, tenant: Tenant, find_code: Callable[[], str] = lambda: "") -> Value:
    """The value that `text` stands for. Text as it was shown keeps `base` itself, whatever today's rules say of it.

    `find_code` is asked for the code of the record's currency where an amount is marked with one.
    Raises ValidationError: not of its kind, too long, no such entry, or emptied though it cannot be.
    """
    if text == base:  # a text, like most
        return base
    shown = format_typed(f, base)
    if text == shown:
        return base
    text = _clean_typed(f, text)
    if text == _clean_typed(f, shown):
        return base
    if f.kind is FieldKind.BOOLEAN:
        return _parse_boolean(text)
    if not text.strip():
        return _make_empty(f, base, tenant)
    value = _PARSE[f.kind](f, text, base, tenant)
    if isinstance(value, Decimal) and (marks := strip_text(text).marks):
        _check_currency(text, marks, find_code())
    return value


def format_full(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    """A date that was typed short, as it is shown: 10/1 as 1 Oct 2026. What is no date stays as it is."""
    try:
        return format_typed(f, parse_value(f, text, base, tenant))
    except ValidationError:
        return text


def _clean_typed(f: Field, text: str) -> str:
    """A text or date as people see it. An entry is picked by its name, whatever that holds."""
    return clean_value(f, text) if f.kind in CLEANED else re.sub(r"[\r\n]", "", text)


def _make_empty(f: Field, base: Value, tenant: Tenant) -> Value:
    blank = "" if f.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CHOICE) else None
    limits.check_blank(f, base == blank, tenant)
    return blank


def _parse_text(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    return limits.check_text(f, limits.read_text(f, _strip_edges(text, str(base or ""))))


def _strip_edges(text: str, was: str) -> str:
    """The text without blanks and line ends around it, but for those that the books hold."""
    bare = was.strip()
    before, _, behind = was.partition(bare) if bare else ("", "", "")
    return f"{before if text.startswith(before) else ''}{text.strip()}{behind if text.endswith(behind) else ''}"


def _parse_choice(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    return limits.check_choice(f, text)


def _parse_boolean(text: str) -> bool:
    """A ticked box or an unticked one; anything else switches nothing off."""
    if text not in YES + NO:
        raise ValidationError("Choose yes or no.", code="boolean")
    return text in YES


def _parse_number(f: Field, text: str, base: Value, tenant: Tenant) -> Decimal:
    bare = strip_text(text).bare
    if IS_SUM.search(bare):
        return _evaluate_sum(f, text)
    try:
        plain = strip_thousands(bare)
    except InvalidSum as error:
        raise ValidationError(str(error), code="comma" if "," in bare else "number") from None
    if not FIGURES.fullmatch(plain):
        raise ValidationError(f"“{text}” is not a number.", code="number")
    if f.kind is FieldKind.MONEY and THOUSANDS_OR_CENTS.fullmatch(bare):
        why = f"“{text}” is not clear: a point and three digits can be thousands or decimals. Use two decimals."
        raise ValidationError(why, code="places")
    number = limits.check_number(f, Decimal(plain))
    return number.quantize(CENT) if f.kind is FieldKind.MONEY else number


def _check_currency(text: str, marks: tuple[str, ...], code: str) -> None:
    """Refuse an amount that is marked as one of another currency."""
    if other := find_other_mark(marks, code):
        here = f"amounts here are in {code}. " if code else ""
        raise ValidationError(f"“{text}”: {here}Leave out “{other}” if the number is right.", code="currency")


def _evaluate_sum(f: Field, text: str) -> Decimal:
    try:
        found = evaluate(text, limits.count_places(f))
    except InvalidSum as error:
        raise ValidationError(f"“{text}” cannot be calculated. {error}", code="sum") from None
    return limits.check_number(f, found if f.kind is FieldKind.MONEY else found.normalize())


def _parse_date(f: Field, text: str, base: Value, tenant: Tenant) -> date:
    return parse_date(text, today=timezone.localdate(), near=base, day_first=tenant.day_first)


def _parse_reference(f: Field, text: str, base: Value, tenant: Tenant) -> Reference:
    if isinstance(base, Reference) and text == base.id:
        return base
    try:
        found = _resolve_name(tenant, f.options, text.strip())
    except (pickers.NoSuchEntry, pickers.SeveralEntries) as error:
        if isinstance(base, Reference) and pickers.was_called(tenant, f.options, base, text.strip()):
            return base  # it was renamed while the form was open
        raise ValidationError(str(error), code="no_such_entry") from None
    return base if isinstance(base, Reference) and found.id == base.id else found


def _resolve_name(tenant: Tenant, picker: str, text: str) -> Reference:
    """The entry of this name; one that was pasted may have signs that nobody sees."""
    try:
        return pickers.resolve_name(tenant, picker, text)
    except pickers.NoSuchEntry:
        seen = clean_text(text).strip()
        if seen in ("", text):
            raise
        return pickers.resolve_name(tenant, picker, seen)


_PARSE: dict[FieldKind, Callable[[Field, str, Value, Tenant], Value]] = {
    FieldKind.TEXT: _parse_text,
    FieldKind.LONG_TEXT: _parse_text,
    FieldKind.CHOICE: _parse_choice,
    FieldKind.MONEY: _parse_number,
    FieldKind.COST: _parse_number,
    FieldKind.NUMBER: _parse_number,
    FieldKind.DATE: _parse_date,
    FieldKind.REFERENCE: _parse_reference,
}
