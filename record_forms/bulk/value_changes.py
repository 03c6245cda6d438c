"""What a bulk change makes of one value: sets it, clears it, replaces or adds text, moves a date, or derives it.

Knows no field by name, no database and no form.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from django.core.exceptions import ValidationError

from record_forms.typed import limits
from record_forms.typed.dates import FIRST, LAST
from records.content import Content, Value, is_blank, make_blank
from records.fields import Field, FieldKind
from records.formatting import format_count, format_value, lower_first
from records.text import TEXTS, clean_value

MOST_LETTERS = 100_000  # of a text that is made; no field can hold as many, and to make more takes long


class CannotApply(ValueError):
    """A bulk change cannot be made in a record; the message says why."""


class BulkAction(StrEnum):
    """What people choose to do with a field."""

    SET = "set"
    CLEAR = "clear"
    REPLACE = "replace"
    PREPEND = "prepend"
    APPEND = "append"
    MOVE = "move"


class ValueChange(Protocol):
    """The value that takes the place of `was` in the field, of the record or of a part of it."""

    def compute(self, f: Field, was: Value, record: Content) -> Value: ...

    def describe(self, f: Field) -> str:
        """Say it after the field's name: "set to Net 30"."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """The same value everywhere; a blank one clears."""

    value: Value

    def compute(self, f: Field, was: Value, record: Content) -> Value:
        return self.value

    def describe(self, f: Field) -> str:
        return "clear" if is_blank(self.value) else f"set to {format_value(f, self.value)}"


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Each place of one text, with the same capitals, by another one."""

    find: str
    by: str

    def compute(self, f: Field, was: Value, record: Content) -> Value:
        there = clean_value(f, was or "")
        if not self.find or self.find not in there:
            return was
        count = len(there) + there.count(self.find) * (len(self.by) - len(self.find))
        if count > MOST_LETTERS:
            raise CannotApply(f"{f.label}: Too long: {count:,} characters.")
        return _tidy_text(f, there.replace(self.find, self.by))

    def describe(self, f: Field) -> str:
        return f"replace “{self.find}” by “{self.by}”" if self.by else f"remove “{self.find}”"


@dataclass(frozen=True, slots=True)
class AddText:
    """A text before or after what is there; not a second time where it is there already."""

    text: str
    is_before: bool

    def compute(self, f: Field, was: Value, record: Content) -> Value:
        there, added = clean_value(f, was or ""), self.text.strip()
        if there.strip() == added or (there.startswith(self.text) if self.is_before else there.endswith(self.text)):
            return was
        return _tidy_text(f, f"{self.text}{there}" if self.is_before else f"{there}{self.text}")

    def describe(self, f: Field) -> str:
        return f"add “{self.text}” {'before' if self.is_before else 'after'} the text"


@dataclass(frozen=True, slots=True)
class MoveDate:
    """A date so many days later, or earlier; a blank one stays blank."""

    days: int

    def compute(self, f: Field, was: Value, record: Content) -> Value:
        if was is None:
            return None
        try:
            moved: date = was + timedelta(days=self.days)
        except OverflowError:
            moved = date.max
        if not FIRST <= moved <= LAST:
            raise CannotApply(f"{f.label}: the new date would not be between {FIRST.year} and {LAST.year}.")
        return moved

    def describe(self, f: Field) -> str:
        return f"{format_count(abs(self.days), 'day')} {'later' if self.days > 0 else 'earlier'}"


@dataclass(frozen=True, slots=True)
class DeriveValue:
    """A value that follows from the fields `reads`. `derive` raises CannotApply where it does not."""

    label: str
    derive: Callable[[Content], Value]
    reads: Sequence[str] = ()

    def compute(self, f: Field, was: Value, record: Content) -> Value:
        return self.derive(record)

    def describe(self, f: Field) -> str:
        return lower_first(self.label)


def list_actions(f: Field) -> Iterable[BulkAction]:
    """Yield what can be done with a field of this kind."""
    yield BulkAction.SET
    if f.clearable and not f.required and f.kind is not FieldKind.BOOLEAN:
        yield BulkAction.CLEAR
    if f.kind in TEXTS:
        yield from (BulkAction.REPLACE, BulkAction.PREPEND, BulkAction.APPEND)
    if f.kind is FieldKind.DATE:
        yield BulkAction.MOVE


def make_clearing(f: Field) -> SetValue:
    """Return the change that empties a field."""
    return SetValue(make_blank(f))


def _tidy_text(f: Field, text: str) -> str:
    """Return a text as a form would have stored it."""
    try:
        return limits.read_text(f, clean_value(f, text).strip())
    except ValidationError as error:
        raise CannotApply(f"{f.label}: {' '.join(error.messages)}") from None
