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


def list_derived(table: Table, field: str) -> list[DerivedValue]:
    """Return the ways to derive a field whose sources the reader of this table may see."""
    own = [one for one in DERIVED.get(table.kind, ()) if one.field == field]
    return [one for one in own if all(name in table.shape for name in one.reads)]
