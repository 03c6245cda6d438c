"""The building blocks of a strict body. Knows shapes and limits, nothing of customers or bills.

Two kinds of limit: those that Conductor checks itself (400 before QuickBooks is asked), and those that only QuickBooks
checks (refused by it with 3070).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sandbox.messages import mend_halves

from .errors import invalid, quickbooks, unreadable

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Text:
    """A string; `most` is Conductor's limit, `desktop` one that only QuickBooks checks."""

    most: int | None = None
    desktop: int | None = None


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A string of a certain format: `date`, `money`, `cost` or `uuid`."""

    name: str


@dataclass(frozen=True)
class Number:
    """A JSON number; `word` is what QuickBooks calls it when it refuses one."""

    word: str = "amount"


@dataclass(frozen=True)
class Flag:
    """A JSON boolean."""


@dataclass(frozen=True)
class Many:
    """An array with at least one item, and at most as many as QuickBooks accepts."""

    item: "Kind"
    desktop: int | None = None


@dataclass(frozen=True)
class Members:
    """An object with these members and no others."""

    members: "dict[str, Kind]"
    required: tuple[str, ...] = field(default=())


Kind = Text | Choice | Form | Number | Flag | Many | Members

_EXPECTED: list[tuple[type, str, Any]] = [
    (Members, "object", dict),
    (Many, "array", list),
    (Flag, "boolean", bool),
    (Number, "number", (int, float)),
]
_DECIMALS = {
    "money": re.compile(r"-?\d{1,13}(\.\d{2})?", re.ASCII),
    "cost": re.compile(r"-?\d{1,10}(\.\d{1,5})?", re.ASCII),
}
_TOO_LARGE = 10**10  # of a number (docs/vendors/conductor.md, section 9)


def check_body(kind: Members, body: Any) -> dict[str, Any]:
    """The body, if Conductor would pass it on to QuickBooks; else a 400 naming every fault.

    Half of a surrogate pair in a text is replaced, as whatever comes next takes UTF-8.
    """
    faults = list(_faults(kind, body, ""))
    if faults:
        raise invalid("; ".join(faults))
    checked: dict[str, Any] = _with_whole_texts(body)
    return checked


def _with_whole_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_whole_texts(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_whole_texts(item) for item in value]
    return mend_halves(value) if isinstance(value, str) else value


def check_lengths(kind: Kind, value: Any, path: str = "") -> None:
    """Refuses with 3070 a text that is longer than QuickBooks stores, and a number that is larger."""
    if isinstance(kind, Members):
        for name, member in value.items():
            check_lengths(kind.members[name], member, _join(path, name))
    elif isinstance(kind, Many):
        if kind.desktop is not None and len(value) > kind.desktop:
            raise quickbooks("3210", f'The field "{path}" takes at most {kind.desktop} entries.')
        for position, item in enumerate(value):
            check_lengths(kind.item, item, f"{path}[{position}]")
    elif isinstance(kind, Text) and kind.desktop is not None and len(value) > kind.desktop:
        text = f'The string "{value[:60]}" in the field "{path}" is too long. The maximum length is {kind.desktop}.'
        raise quickbooks("3070", text)
    elif isinstance(kind, Number) and abs(value) >= _TOO_LARGE:
        raise unreadable(kind.word, value, path)


def store_texts(kind: Kind, value: Any) -> Any:
    """A checked value as QuickBooks stores it: a sign that Windows-1252 lacks is a question mark."""
    if isinstance(kind, Members):
        return {name: store_texts(kind.members[name], member) for name, member in value.items()}
    if isinstance(kind, Many):
        return [store_texts(kind.item, item) for item in value]
    if isinstance(kind, Text) and not value.isascii():
        # Python lacks five signs there, which Windows keeps as they are.
        return "".join(c if "\x80" <= c <= "\x9f" else c.encode("cp1252", "replace").decode("cp1252") for c in value)
    return value


def is_date(value: str) -> bool:
    """Whether this is a valid date written YYYY-MM-DD."""
    try:
        return DATE.fullmatch(value) is not None and date.fromisoformat(value) is not None
    except ValueError:
        return False


def _faults(kind: Kind, value: Any, path: str) -> Iterator[str]:
    text: tuple[str, Any] = ("string", str)
    expected, types = next(((word, t) for cls, word, t in _EXPECTED if isinstance(kind, cls)), text)
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool) or _is_infinite(value):
        yield f"Invalid input: expected {expected}, received {_name(value)}{_at(path)}"
    elif isinstance(kind, Members):
        yield from _member_faults(kind, value, path)
    elif isinstance(kind, Many):
        yield from _item_faults(kind, value, path)
    else:
        yield from _text_faults(kind, value, path)


def _item_faults(kind: Many, value: list[Any], path: str) -> Iterator[str]:
    if not value:
        yield f"Too small: expected array to have >=1 items{_at(path)}"
    for position, item in enumerate(value):
        yield from _faults(kind.item, item, f"{path}[{position}]")


def _text_faults(kind: Kind, value: Any, path: str) -> Iterator[str]:
    if isinstance(kind, Text) and kind.most is not None and len(value) > kind.most:
        yield f"Too big: expected string to have <={kind.most} characters{_at(path)}"
    elif isinstance(kind, Choice) and value not in kind.words:
        words = "|".join(f'"{word}"' for word in kind.words)
        yield f"Invalid option: expected one of {words}{_at(path)}"
    elif isinstance(kind, Form) and not _has_form(kind.name, value):
        yield f"Invalid {_FORM_WORDS[kind.name]}{_at(path)}"


_FORM_WORDS = {"date": "ISO date", "money": "decimal string", "cost": "decimal string", "uuid": "UUID"}


def _member_faults(kind: Members, value: dict[str, Any], path: str) -> Iterator[str]:
    unknown = [f'"{name}"' for name in value if name not in kind.members]
    if unknown:
        yield f"Unrecognized key{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}{_at(path)}"
    for name in kind.required:
        if name not in value:
            yield f"Invalid input: expected string, received undefined{_at(_join(path, name))}"
    for name, member in value.items():
        if name in kind.members:
            yield from _faults(kind.members[name], member, _join(path, name))


def _has_form(form: str, value: str) -> bool:
    if form == "date":
        return is_date(value)
    if form == "uuid":
        try:
            return str(UUID(value)) == value.lower()
        except ValueError:
            return False
    return _DECIMALS[form].fullmatch(value) is not None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _at(path: str) -> str:
    return f' at "{path}"' if path else ""


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _name(value: Any) -> str:
    if value is None:
        return "null"
    if _is_infinite(value):
        return "Infinity"  # as JavaScript reads a number beyond all
    for types, word in ((bool, "boolean"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, types):
            return word
    return "number"
