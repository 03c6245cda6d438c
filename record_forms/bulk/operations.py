"""One change that is made in many records of a company: where in the record, what, and in which of its lines.

Knows no field by name and no database: a record's content goes in, and comes out changed or with the reason why not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError

from record_forms.typed import limits
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind
from records.formatting import format_value
from records.merge.parts import is_same
from tenants.models import Tenant

from .value_changes import CannotApply, ValueChange


class LineScope(StrEnum):
    """In which lines a member is changed."""

    ALL = "all"
    EQUAL = "equal"  # where it has a value now
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class WhereLines:
    """Which lines are changed, by the member's present value."""

    scope: LineScope = LineScope.ALL
    value: Value = None

    def includes(self, f: Field, now: Value) -> bool:
        if self.scope is LineScope.BLANK:
            return is_blank(now)
        return self.scope is LineScope.ALL or is_same(f, now, self.value)

    def describe(self, f: Field) -> str:
        """Say it behind the change: ", where it is Rent"."""
        if self.scope is LineScope.BLANK:
            return ", where it is blank"
        return "" if self.scope is LineScope.ALL else f", where it is {format_value(f, self.value)}"


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """A change of the value at `path`: names of fields, of which a list means each of its entries."""

    tenant: Tenant
    path: tuple[str, ...]
    change: ValueChange
    where: WhereLines = WhereLines()

    def apply(self, record: Content) -> Content:
        """Return the changed content; what does not change is the very same object. Raises CannotApply."""
        return self._change(record, self.path, record)

    def _change(self, holder: Content, path: tuple[str, ...], record: Content) -> Content:
        name, *rest = path
        if name not in holder.shape:
            raise CannotApply("One of these fields is not shown to you.")
        f, was = holder.shape[name], holder[name]
        if not f.writable:
            raise CannotApply(f"{f.label}: {f.why_read_only or f.why_closed or 'it cannot be changed.'}")
        now = self._compute(f, was, tuple(rest), record)
        return holder if now is was else holder.replace(**{name: now})

    def _compute(self, f: Field, was: Value, rest: tuple[str, ...], record: Content) -> Value:
        if f.kind is FieldKind.LIST:
            entries = tuple(self._change(entry, rest, record) for entry in was)
            return was if all(now is old for now, old in zip(entries, was, strict=True)) else entries
        if f.kind is FieldKind.GROUP:
            return self._change(was, rest, record)
        if not self.where.includes(f, was):
            return was
        now = self.change.compute(f, was, record)
        if now == was or (is_blank(now) and is_blank(was)) or is_same(f, now, was):
            return was
        try:
            limits.check_value(f, now, was, self.tenant)
        except ValidationError as error:
            raise CannotApply(f"{f.label}: {' '.join(error.messages)}") from None
        return now


def apply_all(operations: Iterable[BulkOperation], record: Content) -> Content:
    """Return the content after all of these changes, one after the other. Raises CannotApply."""
    for operation in operations:
        record = operation.apply(record)
    return record
