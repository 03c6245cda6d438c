"""Records deletions, and differences between versions that no edit explains; the only writer of ExternalChange rows.

The mirror marks each version that replaced another one. The mark, which prevents its deletion, is kept until the author
of the difference is certain: while an edit of the record has an unknown outcome, it waits.
"""

import logging
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from edits.lifecycle import requested, settle, transitions
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from records.content import Content, get_at_path
from records.diff import DELETED, dump_changes, list_told_changes
from records.fields import Table
from records.json_text import NotReadable
from records.merge.answer import compare_answer
from records.merge.parts import Choice
from records.merge.three_way import merge_three_way

log = logging.getLogger(__name__)

IN_A_ROUND = 100  # versions: those of the longest bills take some 20 ms each
AT_ONCE = 20  # and a megabyte each, for as long as they are looked at


def record_next() -> int:
    """Record the next marked versions and deletions; return how many there were. The timetable calls this."""
    told = more = _record_versions()
    while more == AT_ONCE and told < IN_A_ROUND:
        more = _record_versions()
        told += more
    return told + _record_deletions()


def _record_versions() -> int:
    waiting = Version.objects.filter(replaces_unreported__isnull=False)
    if not waiting.exists():
        return 0
    for records in settle.list_open_records():
        waiting = waiting.exclude(record__in=records)
    versions = list(waiting.select_related("record__tenant", "replaces_unreported").order_by("pk")[:AT_ONCE])
    own = _map_makers(versions)
    told = [(version, _make_change(version, own.get(version.pk))) for version in versions]
    with transaction.atomic():
        # If two processes have the same version, the second finds it already recorded.
        rows = [sighting for version, sighting in told if _claim_version(version) and sighting]
        ExternalChange.objects.bulk_create(rows)
    return len(told)


def _record_deletions() -> int:
    """Record which records were found to be gone from the books, each time that they were."""
    waiting = Record.objects.filter(deletion_untold=True)
    if not waiting.exists():
        return 0
    records = list(waiting.select_related("tenant")[:AT_ONCE])
    with transaction.atomic():
        found = [record for record in records if waiting.filter(pk=record.pk).update(deletion_untold=None)]
        told = [_make_deletion(record) for record in found if record.deleted_at and _has_history(record)]
        ExternalChange.objects.bulk_create(told)
    return len(records)


def _has_history(record: Record) -> bool:
    return registry.get_table(record.tenant, record.kind).is_editable


def _make_deletion(record: Record) -> ExternalChange:
    name = transitions.name_record(record)
    assert record.deleted_at is not None, "it was found to be gone"
    return ExternalChange(
        tenant=record.tenant,
        kind=record.kind,
        remote_id=record.remote_id,
        record_name=name,
        search=transitions.make_search_text(f"{name} {DELETED.now}"),
        before=record.revision,
        earlier_at=record.read_at,
        seen_at=record.deleted_at,
        fields=transitions.join_fields([]),
        changes=dump_changes([DELETED]),
    )


def _claim_version(version: Version) -> bool:
    return bool(
        Version.objects.filter(pk=version.pk, replaces_unreported=version.replaces_unreported_id).update(
            replaces_unreported=None
        )
    )


def _is_return(version: Version) -> bool:
    """Whether the record has returned to an earlier version; this happens only with vendors without revisions."""
    return version.replaces_unreported_id is not None and version.pk < version.replaces_unreported_id


def _map_makers(versions: Collection[Version]) -> dict[int, Edit]:
    """Return the edits that made these versions out of their predecessors, by version."""
    edits = Edit.objects.filter(result__in=versions, state=State.SAVED).order_by("pk")
    by_pk = {version.pk: version for version in versions}
    made: dict[int, Edit] = {}
    for edit in edits:
        version = by_pk[edit.result_id or 0]
        is_from_there = not _is_return(version) or edit.base_id == version.replaces_unreported_id
        if is_from_there and requested.has_written(edit):
            made[version.pk] = edit
    return made


def _make_change(version: Version, edit: Edit | None) -> ExternalChange | None:
    """Return the difference between a version and its predecessor less that of `edit`; None if there is none."""
    record, earlier = version.record, version.replaces_unreported
    assert earlier is not None, "a marked version replaced another one"
    table = registry.get_table(record.tenant, record.kind)
    try:
        was, now = lookup.decode_version(table, earlier), lookup.decode_version(table, version)
    except NotReadable:
        log.exception(
            "The external change of %s %s in %s cannot be recorded.", record.kind, record.remote_id, record.tenant.slug
        )
        return None
    if edit:
        was = _settle_edit(edit, was, now)
    fields = [f.name for f in list_told_changes(was, now)]
    changes = requested.list_differences(record, was, now)
    if not changes:
        return None
    name = transitions.name_record(record)
    facts: dict[str, Any] = {"tenant": record.tenant, "kind": record.kind, "remote_id": record.remote_id}
    facts |= {"record_name": name, "search": transitions.make_search_text(name), "edit": edit}
    facts |= {"before": earlier.revision, "after": version.revision, "changed_at": _get_changed_at(table, now)}
    facts |= {"earlier_at": earlier.seen_at, "seen_at": timezone.now() if _is_return(version) else version.seen_at}
    return ExternalChange(**facts, fields=transitions.join_fields(fields), changes=dump_changes(changes))


def _settle_edit(edit: Edit, was: Content, now: Content) -> Content:
    """Return the version before an edit's own with what came of the edit: what differs from it nobody asked for."""
    merge = merge_three_way(requested.get_base(edit), requested.get_requested(edit), was)
    asked = merge.content({part.key: Choice.MINE for part in merge.clashes})
    return compare_answer(was, asked, now).explained


def _get_changed_at(table: Table, now: Content) -> Any:
    """Return when the record was last changed by the vendor's clock, if known."""
    path = table.columns.get("changed_at", "")
    return get_at_path(now, path) if path else None
