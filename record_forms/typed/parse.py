"""What a person types, as the value of a field, and back: one rule for forms, line grids and imports.

Raises ValidationError with a sentence for people. Knows the field table and nothing of any one field.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone

from books import registry
from books.mirror import pickers
from records import formatting
from records.content import Reference, Value
from records.fields import WHOLE_DIGITS, Field, FieldKind
from tenants.models import Tenant

from .arithmetic import InvalidSum, evaluate, is_sum, strip_commas, strip_text
from .dates import parse_date

YES, NO = ("on", "true", "1", "yes"), ("", "off", "false", "0", "no")
FIGURES = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)
PLACES = {FieldKind.MONEY: 2, FieldKind.COST: 5, FieldKind.NUMBER: 5}


def format_typed(f: Field, value: Value) -> str:
    """The value as it stands in an input; what `parse` makes the same value of."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Reference):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, ",.2f") if f.kind is FieldKind.MONEY else format(value.normalize(), "f")
    if isinstance(value, date):
        return formatting.format_date(value)
    return str(value)


def parse_value(f: Field, text: str, base: Value, tenant: Tenant) -> Value:
    """The value that `text` stands for. Text as it was shown keeps `base` itself, whatever today's rules say of it.

    Raises ValidationError: not of its kind, too long, no such entry, or emptied though it cannot be.
    """
    text = _normalize_line_ends(f, text)
    if text == _normalize_line_ends(f, format_typed(f, base)):
        return base
    if f.kind is FieldKind.BOOLEAN:
        return _parse_boolean(text)
    if not text.strip():
        return _make_empty(f, base, tenant)
    return _PARSE[f.kind](f, text, base, tenant)


def format_full(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    """A date that was typed short, as it is shown: 10/1 as 1 Oct 2026. What is no date stays as it is."""
    try:
        return format_typed(f, parse_value(f, text, base, tenant))
    except ValidationError:
        return text


def _normalize_line_ends(f: Field, text: str) -> str:
    """What is left of a text's line ends in an input: none in a single line, one kind of them in a text area."""
    return re.sub(r"\r\n|\r|\n", "\n" if f.kind is FieldKind.LONG_TEXT else "", text)


def _make_empty(f: Field, base: Value, tenant: Tenant) -> Value:
    if f.required:
        raise ValidationError(f"{f.label} is required.", code="required")
    blank = "" if f.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CHOICE) else None
    if base == blank or f.clearable:
        return blank
    name = registry.get_description(tenant).name
    raise ValidationError(f"This cannot be cleared in {name} once it is set.", code="not_clearable")


def _parse_text(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    text = text.strip()
    if bad := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise ValidationError(f"The invisible character {bad[0]!r} cannot be stored.", code="control")
    if f.unstorable and (odd := re.search(f.unstorable, text)):
        raise ValidationError(f"The character “{odd[0]}” cannot be stored. Leave it out.", code="unstorable")
    if f.shaped and not re.fullmatch(f.shaped[0], text):
        raise ValidationError(f.shaped[1], code="shaped")
    if f.limit and (count := count_letters(text)) > f.limit:
        raise ValidationError(f"Too long: {count:,} characters, {f.limit:,} allowed.", code="too_long")
    return text


def count_letters(text: str) -> int:
    """How long a text is as browsers and the vendors' servers count: a sign beyond the first 65,536 is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _parse_choice(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    if text not in dict(f.choices):
        raise ValidationError("Choose one from the list.", code="choice")
    return text


def _parse_boolean(text: str) -> bool:
    """A ticked box or an unticked one; anything else switches nothing off."""
    if text not in YES + NO:
        raise ValidationError("Choose yes or no.", code="boolean")
    return text in YES


def _parse_number(f: Field, text: str, base: Value, tenant: Tenant) -> Decimal:
    if is_sum(text):
        return _evaluate_sum(f, text)
    try:
        bare = strip_commas(strip_text(text))
    except InvalidSum as error:
        raise ValidationError(str(error), code="comma") from None
    if not FIGURES.fullmatch(bare):
        raise ValidationError(f"“{text}” is not a number.", code="number")
    if len(bare.partition(".")[2].rstrip("0")) > PLACES[f.kind]:
        raise ValidationError(f"At most {PLACES[f.kind]} decimals.", code="places")
    number = _is_small_enough(f, Decimal(bare))
    return number.quantize(Decimal("0.01")) if f.kind is FieldKind.MONEY else number


def _evaluate_sum(f: Field, text: str) -> Decimal:
    try:
        found = evaluate(text, PLACES[f.kind])
    except InvalidSum as error:
        raise ValidationError(f"“{text}” cannot be calculated. {error}", code="sum") from None
    return _is_small_enough(f, found if f.kind is FieldKind.MONEY else found.normalize())


def _is_small_enough(f: Field, number: Decimal) -> Decimal:
    if abs(number) >= 10 ** WHOLE_DIGITS[f.kind]:
        raise ValidationError(f"At most {WHOLE_DIGITS[f.kind]} digits before the decimal point.", code="digits")
    if f.positive and number <= 0:
        raise ValidationError("Enter a number above zero.", code="positive")
    if f.between and not (f.between[0] <= number <= f.between[1] and number == number.to_integral_value()):
        raise ValidationError(f"Enter a whole number from {f.between[0]} to {f.between[1]}.", code="between")
    return number + 0  # no minus before zero


def _parse_date(f: Field, text: str, base: Value, tenant: Tenant) -> date:
    return parse_date(text, today=timezone.localdate(), near=base, day_first=tenant.day_first)


def _parse_reference(f: Field, text: str, base: Value, tenant: Tenant) -> Reference:
    if isinstance(base, Reference) and text == base.id:
        return base
    try:
        return pickers.resolve_name(tenant, f.options, text.strip())
    except (pickers.NoSuchEntry, pickers.SeveralEntries) as error:
        raise ValidationError(str(error), code="no_such_entry") from None


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
