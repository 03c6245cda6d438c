"""What a value of a field may be, whoever typed or computed it: one rule for forms, changes and imports.

Raises ValidationError with a sentence for people. Knows the field table and nothing of any one field.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from books import registry
from records.content import Reference, Value, is_blank
from records.fields import READ_DIGITS, WHOLE_DIGITS, Field, FieldKind
from tenants.models import Tenant

PLACES = {FieldKind.MONEY: 2, FieldKind.COST: 5, FieldKind.NUMBER: 5}
# Controls but for tab and line end, halves of a sign, and what is no sign: all tell of a damaged text.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


BYTES = "A plain letter is one byte, one with an accent two, a Chinese character three."


def _check_any_number(f: Field, number: Decimal) -> None:
    # What is worked out from other numbers may be longer than what is typed.
    check_number(f, number, READ_DIGITS if f.decided_with else WHOLE_DIGITS)


def check_value(f: Field, value: Value, base: Value, tenant: Tenant) -> None:
    """Check a value that is to take the place of `base`; what stays as it is breaks no limit."""
    if value == base or f.kind is FieldKind.BOOLEAN:
        return
    if is_blank(value):
        check_blank(f, is_blank(base), tenant)
    elif f.kind in _CHECKS:
        wanted, check = _CHECKS[f.kind]
        if not isinstance(value, wanted):
            raise ValidationError(f"{f.label} cannot hold this.", code="kind")
        check(f, value)


def check_blank(f: Field, was_blank: bool, tenant: Tenant) -> None:
    """Check that a field may be left blank, or emptied."""
    if f.required:
        raise ValidationError(f"{f.label} is required.", code="required")
    if not was_blank and not f.clearable:
        name = registry.get_description(tenant).name
        raise ValidationError(f"This cannot be cleared in {name} once it is set.", code="not_clearable")


def check_text(f: Field, text: str) -> str:
    if bad := CONTROL.search(text):
        raise ValidationError(f"The invisible character {bad[0]!r} cannot be stored.", code="control")
    if f.unstorable and (odd := re.search(f.unstorable, text)):
        raise ValidationError(f"The character “{odd[0]}” cannot be stored. Leave it out.", code="unstorable")
    if f.read_text and read_text(f, text) != text:
        raise ValidationError("Leave out everything but the addresses.", code="shaped")
    if f.limit_bytes and (size := count_bytes(text)) > f.limit_bytes:
        raise ValidationError(f"Too long: {size:,} bytes, {f.limit_bytes:,} allowed. {BYTES}", code="too_long")
    if f.limit and (count := count_letters(text)) > f.limit:
        raise ValidationError(f"Too long: {count:,} characters, {f.limit:,} allowed.", code="too_long")
    return text


def read_text(f: Field, text: str) -> str:
    """What is stored of a typed text in a field that reads it."""
    try:
        return f.read_text(text) if f.read_text else text
    except ValueError as error:
        raise ValidationError(str(error), code="shaped") from None


def count_bytes(text: str) -> int:
    """How long a text is in UTF-8, as MySQL measures its text columns."""
    return len(text.encode("utf-8", "surrogatepass"))


def count_letters(text: str) -> int:
    """How long a text is as browsers and the vendors' servers count: a sign beyond the first 65,536 is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_choice(f: Field, text: str) -> str:
    if text not in dict(f.choices):
        raise ValidationError("Choose one from the list.", code="choice")
    return text


def count_places(f: Field) -> int:
    """How many decimals a number can have."""
    return PLACES[f.kind] if f.places is None else f.places


def check_number(f: Field, number: Decimal, digits: Mapping[FieldKind, int] = WHOLE_DIGITS) -> Decimal:
    """The number itself, without a minus before zero; `digits` is how many it may have before the point."""
    places, most = count_places(f), digits[f.kind]
    if not number.is_finite() or abs(number) >= 10**most:
        raise ValidationError(f"At most {most} digits before the decimal point.", code="digits")
    if number != round(number, places):
        raise ValidationError(f"At most {places} decimals.", code="places")
    if f.positive and number <= 0:
        raise ValidationError("Enter a number above zero.", code="positive")
    if f.between and not (f.between[0] <= number <= f.between[1] and number == number.to_integral_value()):
        raise ValidationError(f"Enter a whole number from {f.between[0]} to {f.between[1]}.", code="between")
    return number + 0


_CHECKS: Mapping[FieldKind, tuple[type, Callable[[Field, Any], object]]] = {
    FieldKind.TEXT: (str, check_text),
    FieldKind.LONG_TEXT: (str, check_text),
    FieldKind.CHOICE: (str, check_choice),
    FieldKind.MONEY: (Decimal, _check_any_number),
    FieldKind.COST: (Decimal, _check_any_number),
    FieldKind.NUMBER: (Decimal, _check_any_number),
    FieldKind.DATE: (date, lambda f, value: value),
    FieldKind.REFERENCE: (Reference, lambda f, value: value),
}
