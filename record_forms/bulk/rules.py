"""Values that follow from the rest of a record, such as a due date from terms: each kind of record brings its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from records.content import Content, Value
from records.fields import Table
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A way to derive the field `field` from others, which it `reads`. `make` prepares it for one company.

    What it makes raises CannotApply for a record from which the value does not follow.
    """

    field: str
    name: str
    label: str
    reads: tuple[str, ...]
    make: Callable[[Tenant], Callable[[Content], Value]]


# By kind of record: an app of a floor above adds its own when it is ready.
DERIVED: dict[str, Sequence[DerivedValue]] = {}


def list_rules(table: Table) -> list[DerivedValue]:
    """Return the ways to derive a field that the reader of this table may see, as its sources."""
    own = DERIVED.get(table.kind, ())
    return [one for one in own if all(name in table.shape for name in (one.field, *one.reads))]


def list_derived(table: Table, field: str) -> list[DerivedValue]:
    """Return the ways to derive a field."""
    return [one for one in list_rules(table) if one.field == field]
