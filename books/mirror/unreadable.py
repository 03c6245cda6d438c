"""Vendor objects that Ledgerdesk cannot store or show: kept aside per record, reported, and removed once readable.

Knows no provider, and nothing of what makes an object readable.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from django.db.models import QuerySet

from books.models import UnreadableRecord
from books.providers.base import Row
from books.providers.errors import NotMirrored
from books.stamps import filter_before
from records.decoder import read_id
from records.fields import Table
from records.json_text import NotReadable, RawRow, dump_json
from tenants.joined import fetch_rows
from tenants.models import Tenant

RAW_LETTERS = 2_000  # characters of the vendor's text that are kept
NAME_LETTERS = 200
WRITTEN = 100  # rows per statement
FIRST_ID = re.compile(
    r'\s*\{\s*(?:"objectType"\s*:\s*"[^"\\]*"\s*,\s*)?"id"\s*:\s*(?:"([^"\\]{1,64})"|([0-9]{1,18}))\s*,'
)


class UnreadableRow(NamedTuple):
    """One unreadable object and the reason; `of` is the id of the requested record, if one was requested."""

    row: Row
    reason: str
    of: str = ""


HIDDEN_REASON = "A value of it cannot be read."  # where the value itself may be one that is not shown


class KeptAside(NotMirrored):
    """A record for which the vendor has only sent an unreadable answer."""


def note(tenant: Tenant, table: Table, found: Iterable[UnreadableRow], read_at: datetime) -> None:
    """Keep these objects aside; an object that was kept aside before keeps its first date."""
    rows = {}
    for one in found:
        row = _make_row(tenant, table, one, read_at)
        rows[row.remote_id] = row
    UnreadableRecord.objects.bulk_create(
        rows.values(),
        batch_size=WRITTEN,
        update_conflicts=True,
        unique_fields=["tenant", "kind", "remote_id"],
        update_fields=["name", "reason", "raw", "request_id", "last_seen_at"],
    )


def forget(tenant: Tenant, kind: str, ids: Collection[str]) -> None:
    """Remove objects that are readable again, or deleted at the vendor."""
    if ids:
        UnreadableRecord.objects.filter(tenant=tenant, kind=kind, remote_id__in=ids).delete()


def forget_unseen(tenant: Tenant, kind: str, since: datetime) -> None:
    """Remove objects that a complete read of the list, begun at that time, has not found again."""
    UnreadableRecord.objects.filter(filter_before("last_seen_at", since), tenant=tenant, kind=kind).delete()


def find(tenant: Tenant, kind: str, remote_id: str) -> UnreadableRecord | None:
    """Return the unreadable object of a record's current state, or None."""
    return next(iter(fetch_rows(UnreadableRecord, _FIND, [tenant.pk, kind, remote_id])), None)


# In SQL, as every save asks, and Django takes ten times as long to compose it.
_FIND = "SELECT * FROM books_unreadablerecord WHERE tenant_id = %s AND kind = %s AND remote_id = %s"


def hide_reason(one: UnreadableRecord, table: Table) -> UnreadableRecord:
    """Return an unreadable object, which is not stored again, without the value that its reason quotes, if hidden."""
    if table.hides:
        one.reason = HIDDEN_REASON
    return one


def list_unreadable(tenant: Tenant) -> QuerySet[UnreadableRecord]:
    """Return all objects of a company that are kept aside, by list, the longest list first."""
    return UnreadableRecord.objects.filter(tenant=tenant).defer("raw").order_by("kind", "first_seen_at", "pk")


def list_ids(tenant: Tenant, kind: str) -> QuerySet[UnreadableRecord, str]:
    """Return the ids of a list's records that are kept aside."""
    return UnreadableRecord.objects.filter(tenant=tenant, kind=kind).values_list("remote_id", flat=True)


def _make_row(tenant: Tenant, table: Table, one: UnreadableRow, read_at: datetime) -> UnreadableRecord:
    raw = _get_text(one.row)
    made_up = f"?{blake2b(raw.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
    title = one.row.get(table.shape[table.title].wire) if table.title in table.shape else None
    return UnreadableRecord(
        tenant=tenant,
        kind=table.kind,
        remote_id=one.of or _read_id(one.row) or made_up,
        name=_clean_text(title)[:NAME_LETTERS] if isinstance(title, str) else "",
        reason=_clean_text(one.reason),
        raw=_clean_text(raw[:RAW_LETTERS]),
        request_id=(one.row.request_id if isinstance(one.row, RawRow) else "")[:80],
        first_seen_at=read_at,
        last_seen_at=read_at,
    )


def _read_id(row: Row) -> str:
    """Return the object's own id if it is valid, even if the rest of the object cannot be parsed."""
    found = FIRST_ID.match(row.text) if isinstance(row, RawRow) and row.why_not else None
    try:
        return read_id((found[1] or found[2]) if found else row.get("id"))
    except NotReadable:
        return ""


def _get_text(row: Row) -> str:
    if isinstance(row, RawRow):
        return row.text
    try:
        return dump_json(row)
    except (TypeError, ValueError, RecursionError):
        return ""


def _clean_text(text: str) -> str:
    """Return text that every database accepts: no NUL, no unpaired surrogate."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
