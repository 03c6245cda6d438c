"""Rules for a record's name and parent among the others of its kind, checked against the mirror.

The rules are QuickBooks' (docs/vendors/conductor.md, section 9); the field table says which fields they apply to. Makes
no remote call; the checks return the reason in words for a person, or "".
"""

from collections.abc import Iterator

from books.models import Record
from books.registry import get_description
from records.content import Content, Reference
from records.fields import Field, Table
from records.folding import fold
from records.searching import make_sort_key
from records.text import fold_blanks
from tenants.models import Tenant

from .renames import COLON


def find_name_conflict(tenant: Tenant, table: Table, f: Field, base: Content, edited: Content) -> str:
    """Return why the name is taken: by a record under the same parent or, at the top level, also of another kind.

    Capitals and the number of blanks make no difference.
    """
    above, name = edited[f.unique_under], edited[f.name]
    wanted = fold_blanks(_join_names(above, name))
    for kind, found in _list_named_alike(tenant, table, f, base, edited):
        if fold_blanks(found) == wanted:
            noun = get_description(tenant).tables[kind].noun
            where = f"under {above}" if above else "among customers, vendors, employees and other names"
            return f"{add_article(noun)} is already called “{name}”. A name can be used only once {where}."
    return ""


def find_similar_name(tenant: Tenant, table: Table, f: Field, base: Content, edited: Content) -> tuple[str, str]:
    """Return the noun and the name of a record whose name differs in accents, apostrophes and the like only, or blanks.

    Such a name can be stored, but is easily taken for the other.
    """
    wanted = fold_blanks(_join_names(edited[f.unique_under], edited[f.name]))
    for kind, found in _list_named_alike(tenant, table, f, base, edited):
        if fold_blanks(found) != wanted:
            return get_description(tenant).tables[kind].noun, found
    return "", ""


def _list_named_alike(
    tenant: Tenant, table: Table, f: Field, base: Content, edited: Content
) -> Iterator[tuple[str, str]]:
    """Yield kind and full name of the other records whose folded name is the same, where the name has to be unique."""
    above = edited[f.unique_under]
    called = _join_names(above, edited[f.name])
    kinds = (table.kind,) if above else (table.kind, *f.unique_among)
    rows = Record.objects.filter(tenant=tenant, kind__in=kinds, deleted_at=None)
    rows = rows.exclude(kind=table.kind, remote_id=base["id"])
    rows = rows.filter(full_name__startswith=f"{above}{COLON}") if above else rows.exclude(full_name__contains=COLON)
    names = rows.values_list("kind", "full_name")
    # Each along the index of names, which an OR is not. Rows that are still to be filled again have no key.
    alike = names.filter(full_name_key=make_sort_key(called)).union(names.filter(full_name_key=None), all=True)
    for kind, found in alike:
        if found and fold(found) == fold(called):
            yield kind, found


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


def add_article(noun: str) -> str:
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
