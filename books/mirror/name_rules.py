"""Rules for a record's name and parent among the others of its kind, checked against the mirror.

The rules are QuickBooks' (docs/vendors/conductor.md, section 9); the field table says which fields they apply to. Makes
no remote call; the checks return the reason in words for a person, or "".
"""

from books.models import Record
from books.registry import get_description
from records.content import Content, Reference
from records.fields import Field, Table
from tenants.models import Tenant

from .query import filter_records

COLON = ":"  # separates the names in a full name


def find_name_conflict(tenant: Tenant, table: Table, f: Field, base: Content, edited: Content) -> str:
    """Return why the name is taken: by a record under the same parent or, at the top level, also of another kind."""
    above, name = edited[f.unique_under], edited[f.name]
    kinds = (table.kind,) if above else (table.kind, *f.unique_among)
    wanted = _join_names(above, name).casefold()
    rows = filter_records(tenant, kinds, name).filter(deleted_at=None).exclude(kind=table.kind, remote_id=base["id"])
    for kind, found in rows.values_list("kind", "full_name"):
        if (found or "").casefold() == wanted:
            noun = get_description(tenant).tables[kind].noun
            where = f"under {above}" if above else "among customers, vendors, employees and other names"
            return f"{_add_article(noun)} is already called “{name}”. A name can be used only once {where}."
    return ""


def check_parent(tenant: Tenant, table: Table, f: Field, base: Content, edited: Content) -> str:
    """Return why the record cannot be placed under the parent that `f` refers to now."""
    above, own = edited[f.name], base[table.title]
    if above is None or f.levels is None:
        return ""
    if above.id == base["id"] or above.name.casefold().startswith(f"{own}{COLON}".casefold()):
        return f"A {table.noun} cannot be a job of itself or of one of its own jobs."
    deepest = max((name.count(COLON) - own.count(COLON) for name in _list_names_below(tenant, table, own)), default=0)
    if above.name.count(COLON) + 2 + deepest > f.levels:
        return f"Too many levels: jobs can be at most {f.levels} levels deep. Choose another {f.label.lower()}."
    return ""


def has_children(tenant: Tenant, table: Table, base: Content) -> bool:
    """Whether the record has children of its own kind."""
    rows = Record.objects.filter(tenant=tenant, kind=table.kind, deleted_at=None)
    return rows.filter(parent_id=base["id"]).exists()


def _join_names(above: Reference | None, name: str) -> str:
    return f"{above.name}{COLON}{name}" if above else str(name)


def _list_names_below(tenant: Tenant, table: Table, own: str) -> list[str]:
    """Return the full names of all descendants of a record."""
    rows = Record.objects.filter(tenant=tenant, kind=table.kind, deleted_at=None)
    return [name or "" for name in rows.filter(full_name__startswith=own + COLON).values_list("full_name", flat=True)]


def _add_article(noun: str) -> str:
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
