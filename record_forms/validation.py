"""What must hold of a changed record before anything is sent, and where on the form it is said.

Which fields a limit is about is said by the field table. Answers (path of the input, sentence) for each limit that is
broken; the position of an entry in a path counts the entries that are kept.
"""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError

from books import registry
from books.mirror import name_rules
from books.providers.update_body import describe_closed_list
from records.changes import NEW_LINE
from records.content import Content, is_blank
from records.fields import Field, FieldKind, Shape, Table
from records.merge.parts import is_same
from tenants.models import Tenant

from .typed import limits
from .typed.list_limits import find_broken_limits

Broken = Iterator[tuple[str, str]]


def list_all_errors(tenant: Tenant, table: Table, base: Content, edited: Content) -> Broken:
    """Every limit that an edit breaks: of each value, of each list, and between fields."""
    yield from _check_members(tenant, base, edited, "")
    yield from list_errors(tenant, table, base, edited)


def _check_members(tenant: Tenant, base: Content, edited: Content, prefix: str) -> Broken:
    differing = base.find_differing(edited)
    for f in edited.shape.writable:
        if f.name not in differing:
            continue
        was, now, path = base[f.name], edited[f.name], f"{prefix}{f.name}"
        if f.kind is FieldKind.GROUP:
            yield from _check_members(tenant, was, now, f"{path}-")
        elif f.kind is FieldKind.LIST:
            yield from _check_list(tenant, f, was, edited, path)
        else:
            try:
                limits.check_value(f, now, was, tenant)
            except ValidationError as error:
                yield path, " ".join(error.messages)


def _check_list(tenant: Tenant, f: Field, base: Sequence[Content], holder: Content, path: str) -> Broken:
    """The limits of a list that has changed, and of those of its entries that have."""
    stored, now = {entry[f.key]: entry for entry in base}, holder[f.name]
    new = [entry for entry in now if entry[f.key] not in stored]
    if f.why_closed and (new or len(now) < len(base)):
        yield path, f.why_closed
    if base and (why := describe_closed_list(f, base, holder, registry.get_description(tenant).name)):
        yield path, why
    if any(entry[f.key] != NEW_LINE for entry in new) and not f.shape[f.key].writable:
        yield path, f"A {f.one} is no longer in this record. Open the record again."
    for number, member, sentence in find_broken_limits(f, base, now):
        yield path if number is None else f"{path}-{number}-{member}", sentence
    for number, entry in enumerate(now):
        was = stored.get(entry[f.key], Content(f.shape, {}))
        if entry != was:
            yield from _check_members(tenant, was, entry, f"{path}-{number}-")


def list_errors(tenant: Tenant, table: Table, base: Content, edited: Content) -> Broken:
    """The limits between fields that an edit breaks; what came from the books as it is breaks none."""
    differing = base.find_differing(edited)
    other = [f for f in table.shape.writable if f.name in differing]
    changed = {f.name for f in other if not is_same(f, base[f.name], edited[f.name])}
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
