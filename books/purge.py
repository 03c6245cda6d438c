"""Deletes what the mirror holds of a company that was removed, in pieces: whoever is killed is gone on for later.

A version that an edit refers to is part of the history and stays, with a row for its record that says nothing else.
"""

from typing import Any

from django.db.models import Exists, Field, ManyToOneRel, OuterRef, Q, QuerySet

from tenants.models import Tenant

from .models import ReadState, Record, SyncStatus, VendorRead, Version, make_version_stamp
from .providers import processes

KEPT = ("id", "tenant", "kind", "remote_id", "revision", "read_at")  # columns of a record's row


def is_being_read(tenant: Tenant) -> bool:
    """Whether a process may still store what it has asked of the company's vendor before."""
    status = SyncStatus.objects.filter(tenant=tenant, state=ReadState.RUNNING).first()
    if status is not None and not processes.is_process_gone(status.process):
        return True
    reads = VendorRead.objects.filter(tenant=tenant, state=ReadState.RUNNING)
    return any(not processes.is_process_gone(read.process) for read in reads)


def forget_records(tenant: Tenant, most: int) -> int:
    """Delete records and versions of a company, at most so many, and return how many records that were."""
    own = Record.objects.filter(tenant=tenant)
    in_history = Exists(Version.objects.filter(_make_referenced(), record=OuterRef("pk")))
    gone = list(own.exclude(in_history).order_by().values_list("pk", flat=True)[:most])
    if gone:
        _clear(gone)
        Version.objects.filter(record__in=gone).delete()
        return Record.objects.filter(pk__in=gone).delete()[0]
    left = list(own.filter(_make_filled()).order_by().values_list("pk", flat=True)[:most])
    _clear(left)
    Version.objects.filter(record__in=left).exclude(_make_referenced()).delete()
    return len(left)


def forget_status(tenant: Tenant) -> None:
    """Clear what is known of a company's file and connection. It stays at rest, so that nothing is ever asked."""
    fresh = SyncStatus(tenant=tenant)
    kept = {"id", "tenant", "resting_since", "edition"}
    blank = {f.name: f.value_from_object(fresh) for f in SyncStatus._meta.concrete_fields if f.name not in kept}
    SyncStatus.objects.filter(tenant=tenant).update(**blank, edition=make_version_stamp())


def _clear(pks: list[int]) -> None:
    """Empty the rows of records, so that nothing refers to a version but the history."""
    Version.objects.filter(record__in=pks, replaces_unreported__isnull=False).update(replaces_unreported=None)
    Record.objects.filter(pk__in=pks).update(**{f.name: _get_blank(f) for f in _list_cleared()})


def _list_cleared() -> list[Field[Any, Any]]:
    return [f for f in Record._meta.concrete_fields if f.name not in KEPT]


def _get_blank(f: Field[Any, Any]) -> Any:
    return None if f.null else ""


def _make_filled() -> Q:
    """Return the records that are not emptied yet."""
    filled = Q(pk__in=[])
    for f in _list_cleared():
        filled |= Q(**{f"{f.name}__isnull": False}) if f.null else ~Q(**{f.name: ""})
    return filled


def _make_referenced() -> Any:
    """Return whether a version is referred to by more than records and versions: by the history."""
    own = [
        _refer(relation)
        for relation in Version._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel) and relation.related_model not in (Record, Version)
    ]
    found = own[0]
    for one in own[1:]:
        found |= one
    return found


def _refer(relation: ManyToOneRel) -> Any:
    rows: QuerySet[Any] = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
    return Exists(rows)
