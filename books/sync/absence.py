"""Finds deleted records: those that a provider reports, and those that a whole list no longer holds.

A record missing from a list is requested if the provider reports changes. Of any other provider, a record that two
complete readings in a row have missed is deleted.
"""

from datetime import datetime

from django.db.models import QuerySet

from books.mirror import lookup, unreadable
from books.models import Record, SyncRun, UnreadableRecord
from books.providers.errors import BadAnswer, BooksError, NotFound, Refused
from books.providers.lock import RequestPriority
from books.registry import get_description, make_client
from books.stamps import filter_before, filter_since
from records.fields import Table
from records.json_text import NotReadable
from tenants.models import Tenant

from . import balances, company_file

CHECKED_ABSENT = 25  # records that one full run requests


def came_whole(tenant: Tenant, table: Table, run: SyncRun) -> bool:
    """Whether as many records came as the vendor had told of, however often each came.

    A record that was moved to a part of the list that had been read does not come.
    """
    if run.started_at is None or not get_description(tenant).tells_changes:
        return True
    since = run.started_at
    seen = Record.objects.filter(filter_since("read_at", since), tenant=tenant, kind=table.kind).count()
    seen += unreadable.list_unreadable(tenant).filter(filter_since("last_seen_at", since), kind=table.kind).count()
    return seen >= (run.rows_told or 0)


def settle_absent(tenant: Tenant, table: Table, run: SyncRun, is_whole: bool) -> None:
    """After a full run, request the records that were not in it, the longest unseen first.

    Too many to request count as deleted, if all others came. If the provider does not report changes, none is
    requested.
    """
    if not run.is_full or run.started_at is None:
        return
    unreadable.forget_unseen(tenant, table.kind, run.started_at)
    if not get_description(tenant).tells_changes:
        _mark_missing(tenant, table, run)
        return
    unseen = filter_before("read_at", run.started_at)
    rows = Record.objects.filter(unseen, tenant=tenant, kind=table.kind, deleted_at__isnull=True)
    rows = rows.exclude(remote_id__in=unreadable.list_ids(tenant, table.kind))  # these did come
    absent = list(rows.order_by("read_at").values_list("remote_id", flat=True)[: CHECKED_ABSENT + 1])
    if absent and not company_file.answers_own(tenant):
        return
    if len(absent) > CHECKED_ABSENT and is_whole:
        lookup.mark_all_deleted(tenant, rows)
        return
    source = make_client(tenant, RequestPriority.SYNC)
    for remote_id in absent[:CHECKED_ABSENT]:
        try:
            lookup.store_record(tenant, table, source.read_record(table, remote_id))
        except NotFound:
            lookup.mark_deleted(tenant, table.kind, [remote_id])
        except (NotReadable, BadAnswer, Refused):
            continue  # its deletion is not certain: the next full run asks again
        except BooksError:
            return  # the others would be answered alike, and all that the list holds is stored


def mark_reported(tenant: Tenant, since: datetime) -> None:
    """Mark the records that the vendor reports as deleted since then; those above them are read again."""
    found = make_client(tenant, RequestPriority.SYNC).deleted(get_description(tenant).tables.values(), since)
    for kind in {kind for kind, _ in found}:
        gone = [id for of, id in found if of == kind]
        if lookup.mark_deleted(tenant, kind, gone):
            balances.want_parents(tenant, kind, gone)


def _mark_missing(tenant: Tenant, table: Table, run: SyncRun) -> int:
    """Mark what this run and the complete one before it have missed; return how many there were.

    One reading alone may miss a record that moves from a page not yet read to one already read.
    """
    if not _is_complete(tenant, table, run):
        return 0
    before, run.whole_at = run.whole_at, run.started_at
    if before is None:
        return 0
    missing = _list_expected(tenant, table).filter(filter_before("read_at", before), deleted_at=None)
    return lookup.mark_all_deleted(tenant, missing.exclude(remote_id__in=unreadable.list_ids(tenant, table.kind)))


def _is_complete(tenant: Tenant, table: Table, run: SyncRun) -> bool:
    """Whether the run went through without a failure, and its lists came to as many different records as told."""
    assert run.started_at is not None, "it is ending"
    is_aside, is_seen = filter_since("last_seen_at", run.started_at), filter_since("read_at", run.started_at)
    aside = UnreadableRecord.objects.filter(is_aside, tenant=tenant, kind=table.kind)
    seen = _list_expected(tenant, table).filter(is_seen).count() + aside.count()
    return not run.has_gaps and seen >= run.rows


def _list_expected(tenant: Tenant, table: Table) -> QuerySet[Record]:
    """Return the records that the lists should hold: all but those whose own answer said that they are in none.

    Bigcapital lists active and inactive records, and none that is neither (docs/vendors/bigcapital.md, section 5.3).
    """
    records = Record.objects.filter(tenant=tenant, kind=table.kind)
    return records.exclude(is_active=None) if "is_active" in table.columns else records
