"""The inactive entries that a change refers to and did not refer to before. Names no field and knows no provider."""

from typing import NamedTuple

from books.models import Record
from books.registry import get_description
from books.shared_reads import shared
from records.content import Content, Reference
from records.fields import FieldKind
from tenants.models import Tenant

from .changed_values import walk_changes


class Inactive(NamedTuple):
    """One reference to an inactive entry: where it is in words, the input that it is about, and the entry."""

    where: str
    spot: str
    name: str


def list_inactive(tenant: Tenant, base: Content, edited: Content) -> list[Inactive]:
    """Return the references of a change to entries that are inactive as last read. One query, if any is new."""
    pickers = get_description(tenant).pickers
    found = [one for one in walk_changes(base, edited) if one.field.kind is FieldKind.REFERENCE and one.now]
    new = [one for one in found if not (isinstance(one.was, Reference) and one.was.id == one.now.id)]
    kinds = {kind for one in new for kind in pickers.get(one.field.options, ())}
    if not kinds:
        return []
    inactive = _find_inactive(tenant, frozenset(kinds), frozenset(one.now.id for one in new))
    return [
        Inactive(one.where, one.spot, str(one.now))
        for one in new
        if any((kind, one.now.id) in inactive for kind in pickers.get(one.field.options, ()))
    ]


@shared
def _find_inactive(tenant: Tenant, kinds: frozenset[str], ids: frozenset[str]) -> set[tuple[str, str]]:
    """Return kind and id of those entries that are inactive."""
    entries = Record.objects.filter(tenant=tenant, kind__in=kinds, remote_id__in=ids)
    return set(entries.filter(is_active=False, deleted_at=None).values_list("kind", "remote_id"))
