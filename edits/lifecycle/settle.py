"""Settles an edit whose answer was lost: reads the record again and compares it until the outcome is known.

An unchanged record means *not applied* only if the read began after the vendor's time limit for the write: until then
the write may still land. If one lands later, its edit is corrected. An edit that cannot be settled, for any reason, is
checked again after growing pauses and does not delay others.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from books import registry, stamps
from books.mirror import lookup
from books.models import Version
from books.providers import errors, processes
from books.sync import refresh
from edits.models.edit import LEFT, UNANSWERED, Edit, State
from records.diff import diff_records
from records.json_text import NotReadable
from records.merge.applied import is_applied, match_lines

from . import answer, leases, requested, transitions

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
MARGIN = timedelta(seconds=5)
MAY_COME_LATE = timedelta(days=7)  # far beyond any limit of a vendor's; QuickBooks' PC may have been asleep


def settle_edit(edit: Edit) -> Edit:
    """Find out the outcome of an edit that was sent and is not settled, and return it; a settled one is unchanged.

    If the record cannot be read, the edit stays unknown and is checked again later.
    """
    edit.refresh_from_db()
    try:
        if edit.state == State.SENDING:
            edit = mark_unknown(edit)
        return _settle(edit) if edit.state == State.UNKNOWN else edit
    except errors.BooksError:
        return _put_off(edit)
    except Exception:  # of any kind: it is logged, and this edit must not stop others from being settled
        log.exception("Edit %s cannot be settled now; it is looked at again.", edit.pk)
        return _put_off(edit)


def _settle(edit: Edit) -> Edit:
    began = timezone.now()
    table = registry.get_table(edit.tenant, edit.kind)
    try:
        now = refresh.read_record(edit.tenant, table, edit.remote_id)
    except errors.NotFound as error:
        if (limit := _find_limit(edit, began)) is not None:
            return _postpone_look(edit, limit)
        said = {"error": type(error).__name__, "error_message": error.error_message, "next_step": error.next_step}
        return transitions.move_edit(edit, State.CONFLICT, look_at=None, **said)
    assert now.version is not None and edit.base is not None, "what was sent had a base, what was read has a version"
    if now.revision != edit.base.revision:
        if landed := _find_landed_version(edit, since=edit.base):
            return answer.move_saved(edit, landed, look_at=None)
        return transitions.move_edit(edit, State.CONFLICT, look_at=None, result=now.version, refused_at=began)
    if (limit := _find_limit(edit, began)) is not None:
        return _postpone_look(edit, limit)
    return transitions.move_edit(edit, State.NOT_APPLIED, look_at=None, result=now.version)


def mark_unknown(edit: Edit, **facts: str) -> Edit:
    """Mark an edit without an answer as unknown. The time of its sending is not known, so its limit starts now."""
    limit = timezone.now() + _measure_limit(edit)
    return transitions.move_edit(edit, State.UNKNOWN, uncertain_until=limit, look_at=timezone.now(), **facts)


def _measure_limit(edit: Edit) -> timedelta:
    """Return for how long after its sending a write may still be carried out."""
    return timedelta(seconds=registry.get_write_seconds(edit.tenant)) + MARGIN


def _find_limit(edit: Edit, began: datetime) -> datetime | None:
    """Return until when the write may still be carried out; None if it could not be any more at that moment.

    A limit of a clock that ran ahead is replaced by one from now, as the time of the sending is not known.
    """
    assert edit.uncertain_until is not None, "an edit given up has its limit"
    if edit.uncertain_until <= began:
        return None
    latest = began + _measure_limit(edit)
    if edit.uncertain_until > latest:
        transitions.note_facts(edit, uncertain_until=latest)
        return latest
    return edit.uncertain_until


def list_due(tenant_id: int | None = None) -> list[Edit]:
    """Return edits that no process works on: abandoned while sending, or unknown and due to be checked."""
    now = timezone.now()
    edits = _filter_company(Edit.objects.filter(state__in=UNANSWERED), tenant_id).select_related("tenant")
    return [edit for edit in edits if _is_due(edit, now)]


def list_due_companies() -> list[int]:
    """Return the numbers of the companies that have something to settle."""
    since = connection.ops.adapt_datetimefield_value(timezone.now() - MAY_COME_LATE)
    with connection.cursor() as cursor:
        cursor.execute(_IS_ANY_OPEN, [since])
        if cursor.fetchone() is None:
            return []  # nearly always: to compose the rest takes Django longer than all of it runs
    due = [*list_due(), *(edit for edit, _ in find_late_landings())]
    return sorted({edit.tenant_id for edit in due})


# Every round of the timetable asks. It finds what the two that come after it find, or more.
_IS_ANY_OPEN = f"""SELECT 1 WHERE EXISTS (
    SELECT 1 FROM edits_edit WHERE state IN ({", ".join(f"'{state}'" for state in UNANSWERED)})
) OR EXISTS (SELECT 1 FROM edits_edit WHERE uncertain_until IS NOT NULL AND settled_at > %s)"""  # noqa: S608 - states are no input


def settle_due(tenant_id: int | None = None) -> int:
    """Settle the due edits of a company (of all) one by one and correct late landings; return how many were checked."""
    found = list_due(tenant_id)
    for edit in found:
        settle_edit(edit)
    late = find_late_landings(tenant_id)
    for edit, version in late:
        answer.move_saved(edit, version, notified_at=None)
    return len(found) + len(late)


def find_late_landings(tenant_id: int | None = None) -> list[tuple[Edit, Version]]:
    """Return edits considered not written whose write the vendor has after all, with the version that shows it.

    Reads only the mirror, which gets such a version from the regular reading. Each version is compared once.
    """
    is_due = Q(look_at=None) | Q(look_at__lte=timezone.now())
    to_compare = list(_filter_company(_filter_to_compare().filter(is_due), tenant_id).select_related("tenant"))
    return [(edit, version) for edit in to_compare if (version := _compared(edit))]


def _filter_company(edits: QuerySet[Edit], tenant_id: int | None) -> QuerySet[Edit]:
    """Return those of one company, or of all; of one that was removed, nothing can be read any more."""
    return edits.filter(tenant__removed_at=None, **({} if tenant_id is None else {"tenant": tenant_id}))


def _compared(edit: Edit) -> Version | None:
    """Return the version that an edit considered not written has made; if there is none, record the comparison."""
    try:
        assert edit.base is not None, "what was sent had a base"
        version = _find_landed_version(edit, since=edit.base)
        if version is None:
            transitions.note_facts(edit, result=edit.base.record.version)
        return version
    except Exception:  # of any kind: as in `settle_edit`
        log.exception("Whether edit %s came late cannot be told now; it is compared again.", edit.pk)
        _put_off(edit)
        return None


def list_open_records() -> list[QuerySet[Edit, Any]]:
    """Return the ids of records of which a newer version may turn out to be made by an edit."""
    under_way = Edit.objects.filter(state__in=UNANSWERED)
    return [
        edits.filter(base__isnull=False).order_by().values("base__record")
        for edits in (under_way, _filter_to_compare())
    ]


def _filter_to_compare() -> QuerySet[Edit]:
    """Return edits without an answer, considered not written, whose record has changed since they were compared."""
    return Edit.objects.filter(_filter_lost()).exclude(result=F("base__record__version"))


def _filter_lost() -> Q:
    """Return the filter for edits without an answer, considered not written, whose write may still land."""
    recent = Q(settled_at__gt=timezone.now() - MAY_COME_LATE)
    return recent & Q(uncertain_until__isnull=False, state__in=(*LEFT, State.DISCARDED))


def is_abandoned(edit: Edit) -> bool:
    """Return whether an edit is being sent but no process works on it any more."""
    lapsed = not stamps.is_awaited(edit.lease_until, leases.LEASE, timezone.now())
    return edit.state == State.SENDING and (lapsed or processes.is_process_gone(edit.process))


def _find_landed_version(edit: Edit, *, since: Version) -> Version | None:
    """Return the first version after `since` with the edit's changes; None if there is none or another edit made it.

    Without revisions a record can return to a version before `since`, which the edits from then do not account for.
    """
    first = _first_that_holds(edit, _list_since(since))
    others = Edit.objects.filter(result=first, state=State.SAVED).exclude(pk=edit.pk)
    if first is not None and first.pk < since.pk:
        others = others.filter(settled_at__gt=edit.sent_at)
    return None if first is None or any(map(requested.has_written, others)) or _find_maker(first) != edit else first


def _list_since(since: Version) -> Iterable[Version]:
    """Return the versions that a write over `since` may have made, the oldest first."""
    versions = Version.objects.filter(record=since.record_id)
    returned = versions.filter(pk=F("record__version"), pk__lt=since.pk)
    return chain(versions.filter(pk__gt=since.pk).order_by("pk"), returned)


def _first_that_holds(edit: Edit, versions: Iterable[Version]) -> Version | None:
    """Return the first version with the edit's changes. Raises NotReadable if none has them and one is unreadable."""
    unread: NotReadable | None = None
    for version in versions:
        try:
            if _count_unexplained(edit, version) is not None:
                return version
        except NotReadable as error:
            unread = error
    if unread:
        raise unread
    return None


def _find_maker(version: Version) -> Edit | None:
    """Return the edit without an answer that explains most of a version, among those whose changes it has first.

    Of several that explain it equally: the one that saw the record last, then the first that is not resolved.
    """
    without_answer = Edit.objects.filter(Q(state__in=UNANSWERED) | _filter_lost())
    is_earlier = Q(base__lt=version.pk) | Q(base__record__version=version.pk) & ~Q(base=version.pk)
    over_earlier = without_answer.filter(is_earlier, base__record=version.record_id)
    in_turn = over_earlier.order_by("-base", F("resolved_by").asc(nulls_first=True), "pk")
    left = [(edit, _explains(edit, version)) for edit in in_turn.select_related("tenant", "base")]
    makers = [(count, edit) for edit, count in left if count is not None and _is_first(edit, version)]
    return min(makers, key=lambda one: one[0])[1] if makers else None


def _is_first(edit: Edit, version: Version) -> bool:
    """Return whether no earlier version has the edit's changes; one that holds them on has not been made by it."""
    assert edit.base is not None, "an edit without an answer had a base"
    return _first_that_holds(edit, _list_since(edit.base)) == version


def _explains(edit: Edit, version: Version) -> int | None:
    """Return the same as `_count_unexplained`, and None also for an edit that can no longer be read."""
    try:
        return _count_unexplained(edit, version)
    except NotReadable:
        log.exception("Edit %s cannot be compared with the record.", edit.pk)
        return None


def _count_unexplained(edit: Edit, version: Version) -> int | None:
    """Return how many values of a version the edit does not explain; None if the version lacks any of its changes."""
    was, wanted = requested.get_base(edit), requested.get_requested(edit)
    now = lookup.decode_version(registry.get_table(edit.tenant, edit.kind), version)
    return len(diff_records(match_lines(was, wanted, now), now)) if is_applied(now, was, wanted) else None


def _is_due(edit: Edit, now: datetime) -> bool:
    if edit.state == State.SENDING:
        return is_abandoned(edit)
    return not stamps.is_awaited(edit.look_at, max(LONGEST_PAUSE, _measure_limit(edit)), now)


def _put_off(edit: Edit) -> Edit:
    """Check the edit again after a pause that grows with its age."""
    pause = min(max(LOOK_AGAIN, (timezone.now() - edit.sent_at) / 4), LONGEST_PAUSE)
    return _postpone_look(edit, timezone.now() + pause)


def _postpone_look(edit: Edit, look_at: datetime) -> Edit:
    transitions.note_facts(edit, look_at=look_at)
    edit.refresh_from_db()
    return edit
