"""Where a record may stand among the others of its kind, and under which name, as far as the mirror knows.

The rules are QuickBooks' (docs/vendors/conductor.md, section 9); which fields they are about is said by the field
table. Makes no remote call; each function answers why not, in words for a person, or "".
"""

from books.models import Record
from books.registry import get_description
from records.content import Content, Reference
from records.fields import Field, Table
from tenants.models import Tenant

from .query import filter_records

COLON = ":"  # between the names of a full name


def find_name_conflict(tenant: Tenant, table: Table, f: Field, base: Content, edited: Content) -> str:
    """Whether another record has the name already: under the same parent, or at the top also of another kind."""
    above, name = edited[f.unique_under], edited[f.name]
    kinds = (table.kind,) if above else (table.kind, *f.unique_among)
    wanted = _below(above, name).casefold()
    rows = filter_records(tenant, kinds, name).filter(deleted_at=None).exclude(kind=table.kind, remote_id=base["id"])
    for kind, found in rows.values_list("kind", "full_name"):
        if (found or "").casefold() == wanted:
            noun = get_description(tenant).tables[kind].noun
            where = f"under {above}" if above else "among customers, vendors, employees and other names"
            return f"{_a(noun)} is already called “{name}”. A name can be used only once {where}."
    return ""


def check_parent(tenant: Tenant, table: Table, f: Field, base: Content, edited: Content) -> str:
    """Why the record cannot be put under the one that `f` points to now."""
    above, own = edited[f.name], base[table.title]
    if above is None or f.levels is None:
        return ""
    if above.id == base["id"] or above.name.casefold().startswith(f"{own}{COLON}".casefold()):
        return f"A {table.noun} cannot be a job of itself or of one of its own jobs."
    deepest = max((name.count(COLON) - own.count(COLON) for name in _under(tenant, table, own)), default=0)
    if above.name.count(COLON) + 2 + deepest > f.levels:
        return f"Too many levels: jobs can be at most {f.levels} levels deep. Choose another {f.label.lower()}."
    return ""


def has_children(tenant: Tenant, table: Table, base: Content) -> bool:
    """Whether records of its kind stand under this one."""
    rows = Record.objects.filter(tenant=tenant, kind=table.kind, deleted_at=None)
    return rows.filter(parent_id=base["id"]).exists()


def _below(above: Reference | None, name: str) -> str:
    return f"{above.name}{COLON}{name}" if above else str(name)


def _under(tenant: Tenant, table: Table, own: str) -> list[str]:
    """The full names of all that stands under a record."""
    rows = Record.objects.filter(tenant=tenant, kind=table.kind, deleted_at=None)
    return [name or "" for name in rows.filter(full_name__startswith=own + COLON).values_list("full_name", flat=True)]


def _a(noun: str) -> str:
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
