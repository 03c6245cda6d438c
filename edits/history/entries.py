"""The entries of the history as pages and the export show them: edits and external changes.

All text comes from the stored rows; neither a version's content nor a record is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from books import registry
from books.mirror.currencies import name_changes
from edits.lifecycle import requested
from edits.lifecycle.answer import list_shown_differences
from edits.lifecycle.transitions import show_name
from edits.models.batch import Batch
from edits.models.edit import Edit, Outcome, State
from edits.models.external_change import ExternalChange
from records.diff import DELETED, Change, diff_records, load_changes
from records.fields import Table
from records.json_text import NotReadable
from records.merge.answer import Difference, load_differences
from records.visible import list_shown_changes
from tenants.access import Member
from tenants.models import Tenant

SEEN = Outcome("seen", "External", "", Q(pk__in=()))
FIRST = 4  # changes that a short entry shows


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry; `who` is "" for an external change. `before` and `after` are revisions, "" for none.

    An external change happened between `since` and `at`, and at `changed_at` by the vendor's clock. `batch` is the bulk
    change that an edit is a part of, `later_url` the page of the later edit that settled or replaced it.
    """

    kind: str
    remote_id: str
    record_name: str
    at: datetime
    who: str
    changes: list[Change]
    reason: str
    before: str
    after: str
    outcome: Outcome
    url: str
    request_id: str = ""
    since: datetime | None = None
    changed_at: datetime | None = None
    together: bool = False
    is_undo: bool = False
    batch: Batch | None = None
    differs: Sequence[Difference] = ()
    later_url: str = ""

    @property
    def first(self) -> list[Change]:
        return self.changes[:FIRST]

    @property
    def first_differs(self) -> Sequence[Difference]:
        return self.differs[:FIRST]

    @property
    def more_differ(self) -> int:
        """The number of differences beyond the first."""
        return max(0, len(self.differs) - FIRST)

    @property
    def more(self) -> int:
        """The number of changes beyond the first."""
        return max(0, len(self.changes) - FIRST)


def make_entries(member: Member, edits: Iterable[Edit], sightings: Iterable[ExternalChange]) -> Iterable[HistoryEntry]:
    """Return a company's edits, then its external changes, as entries with the changes that the member may see."""
    tenant = member.tenant
    found = (
        *(_make_edit_entry(tenant, edit) for edit in edits),
        *(_make_external_entry(tenant, sighting) for sighting in sightings),
    )
    shown = {kind: registry.get_visible_table(member, kind) for kind in {entry.kind for entry in found}}
    for entry in found:
        if entry.batch is not None:
            entry.batch.hide_words(member.person.pk, hides=shown[entry.kind].hides)
    return [_hide_values(tenant, shown[entry.kind], entry) for entry in found]


def _hide_values(tenant: Tenant, table: Table, entry: HistoryEntry) -> HistoryEntry:
    name = show_name(entry.record_name, entry.remote_id, table.hidden_columns)
    differs = list_shown_differences(table.shape, entry.differs)
    changes = entry.changes if entry.changes == [DELETED] else list_shown_changes(table.shape, entry.changes)
    return replace(entry, record_name=name, changes=name_changes(tenant, table, changes), differs=differs)


def describe_outcome(entry: HistoryEntry, books: str) -> str:
    """How the entry ended, in a word; of what was changed outside Ledgerdesk, where."""
    return entry.outcome.text if entry.who else f"In {books}"


def describe_changes(edit: Edit) -> list[Change]:
    """Return the requested changes of an edit, in the labels of the day it was made."""
    if edit.changes:
        return load_changes(edit.changes)
    try:
        return diff_records(requested.get_base(edit), requested.get_requested(edit))
    except NotReadable:  # stored by a release that did not yet keep unreadable objects aside
        return []


def _make_edit_entry(tenant: Tenant, edit: Edit) -> HistoryEntry:
    has_revisions = bool(registry.get_table(tenant, edit.kind).revision)
    return HistoryEntry(
        kind=edit.kind,
        remote_id=edit.remote_id,
        record_name=edit.record_name,
        at=edit.sent_at,
        who=edit.person_name,
        changes=describe_changes(edit),
        reason=edit.reason,
        before=edit.base.revision if edit.base and has_revisions else "",
        after=edit.result.revision if has_revisions and edit.result and _has_made(edit) else "",
        outcome=edit.outcome,
        url=reverse("edit_page", args=[tenant.slug, edit.pk]),
        request_id=edit.request_id,
        is_undo=edit.undoes_id is not None,
        batch=edit.batch if edit.batch_id else None,
        differs=load_differences(edit.differs),
        later_url=reverse("edit_page", args=[tenant.slug, edit.resolved_by_id]) if edit.resolved_by_id else "",
    )


def _has_made(edit: Edit) -> bool:
    return edit.state == State.SAVED and requested.has_written(edit)


def _make_external_entry(tenant: Tenant, sighting: ExternalChange) -> HistoryEntry:
    has_revisions = bool(registry.get_table(tenant, sighting.kind).revision)
    return HistoryEntry(
        kind=sighting.kind,
        remote_id=sighting.remote_id,
        record_name=sighting.record_name,
        at=sighting.seen_at,
        who="",
        changes=load_changes(sighting.changes),
        reason="",
        before=sighting.before if has_revisions else "",
        after=sighting.after if has_revisions else "",
        outcome=SEEN,
        url=reverse("sighting_page", args=[tenant.slug, sighting.pk]),
        since=sighting.earlier_at,
        changed_at=sighting.changed_at,
        together=sighting.edit_id is not None,
    )
