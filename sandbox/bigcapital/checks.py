"""Validates fields like the server's validators, with their messages (format A). Knows no customer."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import invalid, unhandled
from .emails import is_email

Constraints = dict[str, str]
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Field:
    """One member of a body or query.

    Required fields are checked even when they are absent; optional ones skip null, `blank` ones skip "" too. `beside`
    names a field without which this one is not checked. `as_number` parses numbers from texts first.
    """

    faults: Callable[[str, Any], Constraints]
    required: bool = False
    blank: bool = False
    as_number: bool = False
    beside: str | None = None

    def is_skipped(self, value: Any, others: Mapping[str, Any]) -> bool:
        """Whether the value is not checked."""
        if self.beside is not None:
            return others.get(self.beside) is None
        return not self.required and (value is None or (self.blank and value == ""))


def check_members(fields: Mapping[str, Field], sent: Any) -> dict[str, Any]:
    """The known members of the input, in the order sent; unknown ones are dropped silently."""
    if not isinstance(sent, dict):
        text = "an unknown value was passed to the validate function"
        raise invalid([{"target": sent, "children": [], "constraints": {"unknownValue": text}}])
    known = {name: _read(fields[name], value) for name, value in sent.items() if name in fields}
    faults = [fault for name, field in fields.items() if (fault := _fault(name, field, known))]
    if faults:
        raise invalid(faults)
    return known


def text(name: str, value: Any) -> Constraints:
    """The fault of a text."""
    return {} if isinstance(value, str) else {"isString": f"{name} must be a string"}


def filled(name: str, value: Any) -> Constraints:
    """The fault of a text that must not be empty; spaces count as text."""
    empty = {"isNotEmpty": f"{name} should not be empty"} if value in (None, "") else {}
    return {**empty, **text(name, value)}


def email(name: str, value: Any) -> Constraints:
    """The fault of an email address."""
    try:
        good = isinstance(value, str) and is_email(value)
    except UnicodeError:
        raise unhandled() from None
    return {} if good else {"isEmail": f"{name} must be an email"}


def flag(name: str, value: Any) -> Constraints:
    """The fault of a boolean; 1 and "true" are invalid."""
    return {} if isinstance(value, bool) else {"isBoolean": f"{name} must be a boolean value"}


def number(name: str, value: Any) -> Constraints:
    """The fault of a number."""
    if _is_number(value):
        return {}
    return {"isNumber": f"{name} must be a number conforming to the specified constraints"}


def one_of(*values: str) -> Callable[[str, Any], Constraints]:
    """The fault of a value that is not in a list."""
    text = f"must be one of the following values: {', '.join(values)}"
    return lambda name, value: {} if value in values else {"isIn": f"{name} {text}"}


def filled_number(name: str, value: Any) -> Constraints:
    """The fault of a required number."""
    empty = {"isNotEmpty": f"{name} should not be empty"} if value in (None, "") else {}
    return {**empty, **number(name, value)}


def whole(name: str, value: Any) -> Constraints:
    """The fault of an integer."""
    return {} if _is_number(value) and value == int(value) else {"isInt": f"{name} must be an integer number"}


def whole_numbers(name: str, value: Any) -> Constraints:
    """The fault of a list of integers."""
    if not isinstance(value, list):
        return {"isArray": f"{name} must be an array"}
    fault = {"isInt": f"each value in {name} must be an integer number"}
    return fault if any(whole(name, one) for one in value) else {}


def _read(field: Field, value: Any) -> Any:
    if not field.as_number or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    read = float(value)
    return int(read) if math.isfinite(read) and read == int(read) else read


def _fault(name: str, field: Field, known: dict[str, Any]) -> dict[str, Any] | None:
    value = known.get(name)
    constraints = {} if field.is_skipped(value, known) else field.faults(name, value)
    if not constraints:
        return None
    shown = {"value": value} if name in known else {}
    return {"target": known, **shown, "property": name, "children": [], "constraints": constraints}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
