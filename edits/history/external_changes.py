"""Tells what changed in the books between two versions and no edit of ours explains; the only writer of sightings.

The mirror marks each version that took another one's place. It stays marked, and so is not cleared away, until it is
known for certain whose work it is: while the outcome of an edit of its record is open, it waits.
"""

import logging
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Version
from edits.lifecycle import settle, transitions
from edits.models.edit import Edit, Sighting, State
from records.content import Content, NotReadable, follow
from records.diff import changed, differences, written
from records.fields import Table

log = logging.getLogger(__name__)

AT_ONCE = 100  # versions to a round: the longest bills take some 20 ms and a megabyte each


def tell() -> int:
    """Tell of the next versions that wait for it, if any; how many there were. The timetable calls this."""
    waiting = Version.objects.filter(untold__isnull=False)
    if not waiting.exists():
        return 0
    for records in settle.open_records():
        waiting = waiting.exclude(record__in=records)
    versions = list(waiting.select_related("record__tenant", "untold").order_by("pk")[:AT_ONCE])
    own = _makers(versions)
    told = [(version, _sighting(version, own.get(version.pk))) for version in versions]
    with transaction.atomic():
        # Of two processes that are at the same version, one finds it told already.
        rows = [sighting for version, sighting in told if _claim(version) and sighting]
        Sighting.objects.bulk_create(rows)
    return len(told)


def _claim(version: Version) -> bool:
    return bool(Version.objects.filter(pk=version.pk, untold=version.untold_id).update(untold=None))


def _came_back(version: Version) -> bool:
    """Whether the record has returned to a version that it had before; only books without revisions do that."""
    return version.untold_id is not None and version.pk < version.untold_id


def _makers(versions: Collection[Version]) -> dict[int, Edit]:
    """The edits of ours that made these versions out of those before them, by the version."""
    edits = Edit.objects.filter(result__in=versions, state=State.SAVED).order_by("pk")
    by_pk = {version.pk: version for version in versions}
    made: dict[int, Edit] = {}
    for edit in edits:
        version = by_pk[edit.result_id or 0]
        if not _came_back(version) or edit.base_id == version.untold_id:
            made[version.pk] = edit
    return made


def _sighting(version: Version, edit: Edit | None) -> Sighting | None:
    """The difference between a version and the one before it, less what `edit` did; None where there is none."""
    record, earlier = version.record, version.untold
    assert earlier is not None, "what is untold took another version's place"
    table = registry.table(record.tenant, record.kind)
    try:
        was, now = lookup.decoded(table, earlier), lookup.decoded(table, version)
    except NotReadable:
        log.exception("What changed in %s %s of %s cannot be told.", record.kind, record.remote_id, record.tenant.slug)
        return None
    ours = _touched(table, edit) if edit else ()
    fields = [f.name for f in changed(was, now) if f.name not in ours]
    changes = differences(was, was.replace(**{name: now[name] for name in fields}))
    if not changes:
        return None
    name = transitions.called(record)
    facts: dict[str, Any] = {"tenant": record.tenant, "kind": record.kind, "remote_id": record.remote_id}
    facts |= {"record_name": name, "search": transitions.searched(name), "edit": edit}
    facts |= {"before": earlier.revision, "after": version.revision, "changed_at": _changed_at(table, now)}
    facts |= {"earlier_at": earlier.seen_at, "seen_at": timezone.now() if _came_back(version) else version.seen_at}
    return Sighting(**facts, fields=transitions.listed(fields), changes=written(changes))


def _touched(table: Table, edit: Edit) -> set[str]:
    """The fields that an edit may have changed in the books: its own, what is decided with them and sent with them."""
    own = [table.shape[name] for name in edit.fields.split() if name in table.shape]
    groups = {f.decided_with for f in own if f.decided_with}
    together = {f.name for f in table.shape.writable if f.decided_with in groups}
    return together.union(*({f.name, *f.sent_with} for f in own))


def _changed_at(table: Table, now: Content) -> Any:
    """When the books say that the record was last changed, if they do."""
    path = table.columns.get("changed_at", "")
    return follow(now, path) if path else None
