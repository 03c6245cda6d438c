"""What a page of a refresh changes in the mirror: what that says of the vendor's clock, and whose totals it moves."""

from decimal import Decimal

from django.utils import timezone

from books.models import Record, SyncRun
from books.providers.base import Row
from records.fields import Table
from tenants.models import Tenant

from . import balances, clock

Held = dict[str, tuple[str, str | None, Decimal | None]]  # id → revision, the record above, and the total with jobs
_NEW = ("", None, None)


class Differences:
    """The records of a page before it is stored; `note` compares them with those after it. A full run compares none."""

    def __init__(self, tenant: Tenant, table: Table, run: SyncRun, rows: list[dict[str, object]]) -> None:
        self.tenant, self.table, self.since = tenant, table, run.as_of
        self.rows: list[Row] = [] if run.is_full else list(rows)
        self.before = self._fetch()

    def note(self) -> None:
        """Note what the page has changed."""
        if not self.rows:
            return
        after = self._fetch()
        changed = {id for id, held in after.items() if self.before.get(id, _NEW)[0] != held[0]}
        if self.since:
            rows = [row for row in self.rows if str(row.get("id")) in changed]
            clock.note_stamps(self.tenant, self.table, rows, (self.since, timezone.now()))
        moved = {above for id in changed for above in self._list_above(id, after)}
        balances.want(self.tenant, self.table.kind, sorted(balances.add_parents(self.tenant, self.table.kind, moved)))

    def _list_above(self, id: str, after: Held) -> list[str]:
        """Return the records above it before and now, if it brings them another total."""
        (_, was, _), (_, now, _) = held = self.before.get(id, _NEW), after[id]
        return [above for above in (was, now) if above] if held[0][1:] != held[1][1:] else []

    def _fetch(self) -> Held:
        ids = [str(row.get("id")) for row in self.rows]
        if not ids:
            return {}
        rows = Record.objects.filter(tenant=self.tenant, kind=self.table.kind, remote_id__in=ids)
        found = rows.values_list("remote_id", "revision", "parent_id", "total_balance")
        return {id: (revision, above, total) for id, revision, above, total in found}
