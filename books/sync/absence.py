"""What a whole list no longer holds: records that two complete readings in a row have missed are deleted at the vendor.

For providers that do not report deletions. Makes no request.
"""

from django.db.models import QuerySet

from books.mirror import lookup, unreadable
from books.models import Record, SyncRun, UnreadableRecord
from records.fields import Table
from tenants.models import Tenant


def mark_missing(tenant: Tenant, table: Table, run: SyncRun) -> int:
    """Mark what this run and the complete one before it have missed; return how many there were.

    One reading alone may miss a record that moves from a page not yet read to one already read.
    """
    if not _is_complete(tenant, table, run):
        return 0
    before, run.whole_at = run.whole_at, run.started_at
    if before is None:
        return 0
    missing = _list_expected(tenant, table).filter(deleted_at=None, read_at__lt=before)
    return lookup.mark_all_deleted(tenant, missing.exclude(remote_id__in=unreadable.list_ids(tenant, table.kind)))


def _is_complete(tenant: Tenant, table: Table, run: SyncRun) -> bool:
    """Whether the run went through without a failure, and its lists came to as many different records as told."""
    aside = UnreadableRecord.objects.filter(tenant=tenant, kind=table.kind, last_seen_at__gte=run.started_at)
    seen = _list_expected(tenant, table).filter(read_at__gte=run.started_at).count() + aside.count()
    return not run.has_gaps and seen >= run.rows


def _list_expected(tenant: Tenant, table: Table) -> QuerySet[Record]:
    """Return the records that the lists should hold: all but those whose own answer said that they are in none.

    Bigcapital lists active and inactive records, and none that is neither (docs/vendors/bigcapital.md, section 5.3).
    """
    records = Record.objects.filter(tenant=tenant, kind=table.kind)
    return records.exclude(is_active=None) if "is_active" in table.columns else records
