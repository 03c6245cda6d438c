"""What must hold between the fields of a record before anything is sent, and where on the form it is said.

Which fields a limit is about is said by the field table. Answers (input name, sentence) for each limit that is broken.
"""

from collections.abc import Iterator

from books import registry
from books.mirror import name_rules
from records.content import Content, is_blank
from records.fields import Field, FieldKind, Shape, Table
from records.merge.parts import is_same
from tenants.models import Tenant

Broken = Iterator[tuple[str, str]]


def list_errors(tenant: Tenant, table: Table, base: Content, edited: Content) -> Broken:
    """The limits that an edit breaks; what came from the books as it is breaks none."""
    changed = {f.name for f in table.shape.writable if not is_same(f, base[f.name], edited[f.name])}
    for f in table.shape.writable:
        if f.name in changed and f.kind is FieldKind.GROUP:
            yield from _group_linked(f, base[f.name], edited[f.name])
        if f.unique_under and {f.name, f.unique_under} & changed:
            yield from _format_error(f, name_rules.find_name_conflict(tenant, table, f, base, edited))
        if f.name in changed:
            yield from _format_error(f, name_rules.check_parent(tenant, table, f, base, edited))
            yield from _format_error(f, _check_fixed(tenant, table, f, base))


def list_linked_fields(shape: Shape) -> list[tuple[Field, ...]]:
    """The members that are filled in all or not at all."""
    named = dict.fromkeys(f.together for f in shape.writable if f.together)
    return [tuple(f for f in shape.writable if f.together == one) for one in named]


def _group_linked(group: Field, base: Content, edited: Content) -> Broken:
    for members in list_linked_fields(group.shape):
        blank = [m for m in members if is_blank(edited[m.name])]
        if 0 < len(blank) < len(members) and any(edited[m.name] != base[m.name] for m in members):
            yield f"{group.name}-{blank[0].name}", f"Fill in {members[0].together} together."


def _check_fixed(tenant: Tenant, table: Table, f: Field, base: Content) -> str:
    """Why a field cannot be changed on this very record."""
    if f.fixed_while and base[f.fixed_while]:
        owed = table.shape[f.fixed_while].label.lower()
        return f"It cannot be changed while the {owed} is not zero."
    if f.childless and name_rules.has_children(tenant, table, base):
        books = registry.get_description(tenant).name
        return f"{books} keeps this on the jobs, so it cannot be changed on a {table.noun} that has jobs."
    return ""


def _format_error(f: Field, why: str) -> Broken:
    if why:
        yield f.name, why
