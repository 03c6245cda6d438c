"""Single records in the mirror, Ledgerdesk's local data of every company, from which all pages are rendered.

Makes no remote call and knows no provider. Lists and searches are in `query`, the age of a list in `freshness`.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.models import Record, UnreadableRecord, Version
from books.providers.errors import NotMirrored
from books.registry import get_description
from books.registry import get_table as table_of
from books.shared_reads import shared
from records.content import Content
from records.decoder import decode
from records.fields import Shape, Table
from records.json_text import NotReadable, parse_json
from tenants.joined import fetch_rows, name_columns, take_joined
from tenants.models import Tenant

from . import cache_version, unreadable
from .projection import hide_columns
from .renames import COLON
from .store import Row, store_version

PREFERENCES = "preferences"  # the kind of the one record that has them
REMEMBERED = 20  # versions in which an earlier name is looked for


def find_record(tenant: Tenant, kind: str, remote_id: str) -> Record:
    """Return the record as last read, with its current version; deleted records included.

    Raises NotMirrored, or KeptAside if the vendor has only sent an unreadable answer for it.
    """
    for found in fetch_rows(Record, _FIND, [tenant.pk, kind, remote_id]):
        found.tenant, found.version = tenant, take_joined(found, Version, "held")
        return found
    if aside := unreadable.find(tenant, kind, remote_id):
        raise unreadable.KeptAside(f"{get_description(tenant).name} sent: {aside.reason}")
    missing = NotMirrored(f"It may have been deleted in {get_description(tenant).name}, or it is not loaded yet.")
    missing.noun = table_of(tenant, kind).noun
    raise missing


def find_shown_record(tenant: Tenant, table: Table, remote_id: str) -> Record:
    """Return the record with the columns of the table alone, for a page. Raises what `find_record` raises."""
    try:
        return hide_columns(find_record(tenant, table.kind, remote_id), table)
    except unreadable.KeptAside:
        if table.hides:
            raise unreadable.KeptAside(unreadable.HIDDEN_REASON) from None
        raise


# Every page of a record runs it, and the ORM takes four times as long to compose it as the database to execute it.
_FIND = f"""SELECT record.*, {name_columns(Version, "held")}, EXISTS (
    SELECT 1 FROM books_unreadablerecord aside
    WHERE aside.tenant_id = record.tenant_id AND aside.kind = record.kind AND aside.remote_id = record.remote_id
) AS is_aside
FROM books_record record JOIN books_version held ON held.id = record.version_id
WHERE record.tenant_id = %s AND record.kind = %s AND record.remote_id = %s"""  # noqa: S608 - only names of columns are put in, never a value


def get_content(record: Record, table: Table | None = None) -> Content:
    """Return the content of the record's current version, all of it or by the table that a member may see.

    Raises NotReadable, as `decode_version` does.
    """
    if record.version is None:
        raise NotMirrored(f"{record} is not completely loaded.")
    return decode_version(table or table_of(record.tenant, record.kind), record.version)


def decode_if_readable(record: Record, table: Table | None = None) -> Content | None:
    """Return the same, or None if an older release stored content that cannot be shown."""
    try:
        return get_content(record, table)
    except NotReadable:
        return None


def find_version(record: Record, revision: str) -> Version | None:
    """Return the record's version at `revision`, or None if it is not kept; `decode_version` reads it."""
    if record.version and record.revision == revision:
        return record.version
    return Version.objects.filter(record=record, revision=revision).first()


def decode_version(table: Table, kept: Version) -> Content:
    """Return the content of a version, decoded once per fetched row, because versions do not change.

    Raises NotReadable for content that an older release stored and that cannot be shown.
    """
    return decode_shape(table.shape, kept)


def decode_shape(shape: Shape, kept: Version) -> Content:
    """Return the same by the shape of a table."""
    known: Content | None = kept.__dict__.get("decoded")
    if known is None or known.shape is not shape:
        known = kept.__dict__["decoded"] = decode(shape, parse_json(kept.content))
    return known


def was_called(tenant: Tenant, kinds: Iterable[str], id: str, name: str) -> bool:
    """Whether an entry of these kinds had this full name before it, or one above it, was renamed or moved."""
    record = Record.objects.filter(tenant=tenant, kind__in=list(kinds), remote_id=id).first()
    if record is None:
        return False
    table = table_of(tenant, record.kind)
    for version in Version.objects.filter(record=record).order_by("-pk")[:REMEMBERED]:
        with suppress(NotReadable):
            if str(decode_version(table, version)[table.title]).casefold() == name.casefold():
                return True
    above, _, own = name.rpartition(COLON)
    is_below = bool(above and record.parent_id) and own.casefold() == (record.name or "").casefold()
    return is_below and was_called(tenant, kinds, record.parent_id, above)


def store_record(tenant: Tenant, table: Table, raw: Row, read_at: datetime | None = None) -> Record:
    """Store one complete vendor object in the mirror; return its record with the current version.

    Raises NotReadable for an object that cannot be stored or shown, after keeping it aside.
    """
    moment = read_at or timezone.now()
    try:
        store_version(tenant, table, raw, moment)
    except NotReadable as error:
        unreadable.note(tenant, table, [unreadable.UnreadableRow(raw, str(error))], moment)
        raise
    return find_record(tenant, table.kind, str(raw["id"]))


def find_unreadable(record: Record, table: Table) -> UnreadableRecord | None:
    """Return the vendor's unreadable answer for the record since it was last read, or None."""
    if not record.__dict__.get("is_aside", True):
        return None
    found = unreadable.find(record.tenant, record.kind, record.remote_id)
    return unreadable.hide_reason(found, table) if found else None


def get_deleted_at(tenant: Tenant, kind: str, remote_id: str) -> datetime | None:
    """Return when a record was first found deleted at the vendor; None if it exists or was never read."""
    found = Record.objects.filter(tenant=tenant, kind=kind, remote_id=remote_id)
    return found.values_list("deleted_at", flat=True).first()


def mark_deleted(tenant: Tenant, kind: str, ids: Iterable[str]) -> int:
    """Mark records as deleted at the vendor; return how many were not marked before. Their versions are kept."""
    gone = list(ids)
    unreadable.forget(tenant, kind, gone)
    return mark_all_deleted(tenant, Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=gone))


def mark_all_deleted(tenant: Tenant, records: QuerySet[Record]) -> int:
    """Do the same for records of this company that the caller has found in another way."""
    with transaction.atomic():
        cache_version.lock(tenant)
        count = records.filter(deleted_at__isnull=True).update(deleted_at=timezone.now(), deletion_untold=True)
        if count:
            cache_version.renew_version(tenant)
    return count


@shared
def get_preferences(tenant: Tenant) -> Content | None:
    """Return the company's preferences, or None if they have not been read or the provider has none. One query.

    Groups and members are those of the provider's table, for example `["accounting"]["closing_date"]`.
    """
    if PREFERENCES not in get_description(tenant).tables:
        return None
    found = next(iter(fetch_rows(Record, _PREFERENCES, [tenant.pk, PREFERENCES])), None)
    if found is None:
        return None
    found.tenant, found.version = tenant, take_joined(found, Version, "held")
    return decode_if_readable(found)


# Every form and every save of a bill asks.
_PREFERENCES = f"""SELECT record.*, {name_columns(Version, "held")}
FROM books_record record JOIN books_version held ON held.id = record.version_id
WHERE record.tenant_id = %s AND record.kind = %s AND record.deleted_at IS NULL ORDER BY record.id LIMIT 1"""  # noqa: S608 - only names of columns are put in, never a value
