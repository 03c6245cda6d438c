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
from records.fields import WHOLE_DIGITS, Field, Kind
from tenants.models import Tenant

from .arithmetic import NoSum, figures, is_sum, plain, worked
from .dates import day

YES, NO = ("on", "true", "1", "yes"), ("", "off", "false", "0", "no")
FIGURES = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)
PLACES = {Kind.MONEY: 2, Kind.COST: 5, Kind.NUMBER: 5}


def typed(f: Field, value: Value) -> str:
    """The value as it stands in an input; what `parse` makes the same value of."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Reference):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, ",.2f") if f.kind is Kind.MONEY else format(value.normalize(), "f")
    if isinstance(value, date):
        return formatting.day(value)
    return str(value)


def parse(f: Field, text: str, base: Value, tenant: Tenant) -> Value:
    """The value that `text` stands for. Text as it was shown keeps `base` itself, whatever today's rules say of it.

    Raises ValidationError: not of its kind, too long, no such entry, or emptied though it cannot be.
    """
    text = _through_a_browser(f, text)
    if text == _through_a_browser(f, typed(f, base)):
        return base
    if f.kind is Kind.BOOLEAN:
        return _boolean(text)
    if not text.strip():
        return _emptied(f, base, tenant)
    return _PARSE[f.kind](f, text, base, tenant)


def in_full(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    """A date that was typed short, as it is shown: 10/1 as 1 Oct 2026. What is no date stays as it is."""
    try:
        return typed(f, parse(f, text, base, tenant))
    except ValidationError:
        return text


def _through_a_browser(f: Field, text: str) -> str:
    """What is left of a text's line ends in an input: none in a single line, one kind of them in a text area."""
    return re.sub(r"\r\n|\r|\n", "\n" if f.kind is Kind.LONG_TEXT else "", text)


def _emptied(f: Field, base: Value, tenant: Tenant) -> Value:
    if f.required:
        raise ValidationError(f"{f.label} is needed.", code="required")
    blank = "" if f.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.CHOICE) else None
    if base == blank or f.clearable:
        return blank
    name = registry.description(tenant).name
    raise ValidationError(f"{name} gives no way to empty this once it is set.", code="not_clearable")


def _text(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    text = text.strip()
    if bad := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise ValidationError(f"The invisible sign {bad[0]!r} cannot be stored.", code="control")
    if f.unstorable and (odd := re.search(f.unstorable, text)):
        raise ValidationError(f"The sign “{odd[0]}” cannot be stored there: leave it out.", code="unstorable")
    if f.shaped and not re.fullmatch(f.shaped[0], text):
        raise ValidationError(f.shaped[1], code="shaped")
    if f.limit and (count := letters(text)) > f.limit:
        raise ValidationError(f"{count} of at most {f.limit} letters: shorten it.", code="too_long")
    return text


def letters(text: str) -> int:
    """How long a text is as browsers and the vendors' servers count: a sign beyond the first 65,536 is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _choice(f: Field, text: str, base: Value, tenant: Tenant) -> str:
    if text not in dict(f.choices):
        raise ValidationError("Choose one of the list.", code="choice")
    return text


def _boolean(text: str) -> bool:
    """A ticked box or an unticked one; anything else switches nothing off."""
    if text not in YES + NO:
        raise ValidationError("Choose yes or no.", code="boolean")
    return text in YES


def _number(f: Field, text: str, base: Value, tenant: Tenant) -> Decimal:
    if is_sum(text):
        return _worked(f, text)
    try:
        bare = figures(plain(text))
    except NoSum as error:
        raise ValidationError(str(error), code="comma") from None
    if not FIGURES.fullmatch(bare):
        raise ValidationError(f"“{text}” is not a number.", code="number")
    if len(bare.partition(".")[2].rstrip("0")) > PLACES[f.kind]:
        raise ValidationError(f"At most {PLACES[f.kind]} decimals.", code="places")
    number = _small_enough(f, Decimal(bare))
    return number.quantize(Decimal("0.01")) if f.kind is Kind.MONEY else number


def _worked(f: Field, text: str) -> Decimal:
    try:
        found = worked(text, PLACES[f.kind])
    except NoSum as error:
        raise ValidationError(f"“{text}” cannot be worked out: {error}", code="sum") from None
    return _small_enough(f, found if f.kind is Kind.MONEY else found.normalize())


def _small_enough(f: Field, number: Decimal) -> Decimal:
    if abs(number) >= 10 ** WHOLE_DIGITS[f.kind]:
        raise ValidationError(f"At most {WHOLE_DIGITS[f.kind]} digits before the point.", code="digits")
    if f.positive and number <= 0:
        raise ValidationError("A number above zero.", code="positive")
    if f.between and not (f.between[0] <= number <= f.between[1] and number == number.to_integral_value()):
        raise ValidationError(f"A whole number from {f.between[0]} to {f.between[1]}.", code="between")
    return number + 0  # no minus before zero


def _date(f: Field, text: str, base: Value, tenant: Tenant) -> date:
    return day(text, today=timezone.localdate(), near=base, day_first=tenant.day_first)


def _reference(f: Field, text: str, base: Value, tenant: Tenant) -> Reference:
    if isinstance(base, Reference) and text == base.id:
        return base
    try:
        return pickers.resolve(tenant, f.options, text.strip())
    except (pickers.NoSuchEntry, pickers.SeveralEntries) as error:
        raise ValidationError(str(error), code="no_such_entry") from None


_PARSE: dict[Kind, Callable[[Field, str, Value, Tenant], Value]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.MONEY: _number,
    Kind.COST: _number,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.REFERENCE: _reference,
}
