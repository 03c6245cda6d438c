"""The mirror: the desk's local copy of every company's records, from which all pages are drawn.

Makes no remote call and knows no provider. Lists and searches are in `listing`, the age of the copy in `freshness`.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.models import Record, UnreadableRecord, Version
from books.providers.errors import NotMirrored
from books.registry import get_description
from books.registry import get_table as table_of
from records.content import Content, NotReadable, decode, parse_json
from records.fields import Table
from tenants.models import Tenant

from . import cache_version, unreadable
from .store import Row, store_version


def find_record(tenant: Tenant, kind: str, remote_id: str) -> Record:
    """The record as last read, with its current version; also a deleted one.

    Raises NotMirrored: KeptAside where only an answer is known that cannot be read.
    """
    for found in Record.objects.raw(_FIND, [tenant.pk, kind, remote_id]):
        found.tenant = tenant
        return found
    if aside := unreadable.find(tenant, kind, remote_id):
        raise unreadable.KeptAside(f"{get_description(tenant).name} sent: {aside.reason}")
    raise NotMirrored(f"It may have been deleted in {get_description(tenant).name}, or it is not loaded yet.")


# Every page of a record begins with it, and Django takes four times as long to compose it as to carry it out.
_FIND = """SELECT record.*, EXISTS (
    SELECT 1 FROM books_unreadablerecord aside
    WHERE aside.tenant_id = record.tenant_id AND aside.kind = record.kind AND aside.remote_id = record.remote_id
) AS is_aside
FROM books_record record WHERE tenant_id = %s AND kind = %s AND remote_id = %s AND version_id IS NOT NULL"""


def get_content(record: Record) -> Content:
    """What the record's current version holds. Raises NotReadable, as `decoded` does."""
    if record.version is None:
        raise NotMirrored(f"{record} is not completely loaded.")
    return decode_version(table_of(record.tenant, record.kind), record.version)


def content_if_readable(record: Record) -> Content | None:
    """The same; None where it was stored by an edition of the desk that let through what cannot be shown."""
    try:
        return get_content(record)
    except NotReadable:
        return None


def find_version(record: Record, revision: str) -> Version | None:
    """The record's version at `revision`, or None where it is not kept; `decoded` reads it."""
    if record.version and record.revision == revision:
        return record.version
    return Version.objects.filter(record=record, revision=revision).first()


def decode_version(table: Table, kept: Version) -> Content:
    """What a version holds; worked out once for each row that was fetched, as no version changes.

    Raises NotReadable for what an older edition of the desk stored that cannot be shown.
    """
    known: Content | None = kept.__dict__.get("decoded")
    if known is None or known.shape is not table.shape:
        known = kept.__dict__["decoded"] = decode(table.shape, parse_json(kept.content))
    return known


def store_record(tenant: Tenant, table: Table, raw: Row, read_at: datetime | None = None) -> Record:
    """Put one whole object of the vendor's into the mirror; its row with its current version.

    Raises NotReadable for what cannot be stored or shown, having kept it aside.
    """
    moment = read_at or timezone.now()
    try:
        store_version(tenant, table, raw, moment)
    except NotReadable as error:
        unreadable.note(tenant, table, [unreadable.UnreadableRow(raw, str(error))], moment)
        raise
    return find_record(tenant, table.kind, str(raw["id"]))


def aside(record: Record) -> UnreadableRecord | None:
    """What the books answer of the record since it was last read, where that cannot be read."""
    if not record.__dict__.get("is_aside", True):
        return None
    return unreadable.find(record.tenant, record.kind, record.remote_id)


def get_deleted_at(tenant: Tenant, kind: str, remote_id: str) -> datetime | None:
    """When a record was first seen to be gone from the books; None where it is there, or was never read."""
    found = Record.objects.filter(tenant=tenant, kind=kind, remote_id=remote_id)
    return found.values_list("deleted_at", flat=True).first()


def mark_deleted(tenant: Tenant, kind: str, ids: Iterable[str]) -> int:
    """Mark records as deleted in the books; how many were not so marked before. Their versions stay."""
    gone = list(ids)
    unreadable.forget(tenant, kind, gone)
    return mark_all_deleted(tenant, Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=gone))


def mark_all_deleted(tenant: Tenant, records: QuerySet[Record]) -> int:
    """The same for records of this company that were found in another way."""
    with transaction.atomic():
        cache_version.lock(tenant)
        count = records.filter(deleted_at__isnull=True).update(deleted_at=timezone.now())
        if count:
            cache_version.renew_version(tenant)
    return count
