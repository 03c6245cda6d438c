"""What becomes of a queued edit when its turn comes: it is merged into the record as it is by then, and checked again.

Nobody looks at the result before it is sent. So any clash, and anything that its author has not agreed to with these
very words and this very total, makes it a conflict. Asks no vendor.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.providers import errors
from edits.models.batch import BatchItem
from edits.models.edit import LEFT, Edit, State
from records.changes import list_changed_fields
from records.content import Content
from records.diff import dump_changes
from records.encoder import encode_fields
from records.fields import FieldKind
from records.json_text import dump_json, parse_json
from records.merge.parts import is_alike
from tenants.access import Member, find_member, get_settings
from tenants.joined import fetch_rows

from . import answer, failures, queue, requested, transitions
from .acceptance import Agreed, Invalid, NeedsAgreement, TotalDiffers, find_objection
from .rebase import merge_sides

JOINED = "The change before this one was not saved, so both are to decide together."
CHECKED_FOR = timedelta(minutes=1)  # so long the checks of the save hold while the record has not changed


def prepare_edit(edit: Edit) -> Mapping[str, Any] | None:
    """Return the columns to send a queued edit with, or None after it has ended or because it must not be sent."""
    if timezone.now() - edit.sent_at > timedelta(hours=settings.QUEUED_HOURS):
        queue.end_expired(edit)
        return None
    member = find_member(edit.tenant, edit.person)
    if member is None or not member.may_edit:
        said = errors.NotBegun(f"{edit.person_name.capitalize()} can no longer change this company.", next_step=" ")
        transitions.move_edit(edit, State.NOT_SENT, **failures.facts(failures.named(edit.tenant, said)))
        return None
    version, has_ended = _look_around(edit)
    if has_ended and (rests_on := _find_failed_ahead(edit)):
        _join(edit, rests_on)
        return None
    is_checked = edit.behind_id is None and timezone.now() - edit.sent_at < CHECKED_FOR
    if is_checked and version is not None and version == edit.base_id:
        return {}
    record = lookup.find_record(edit.tenant, edit.kind, edit.remote_id)
    assert record.version is not None and edit.base is not None, "a queued edit was saved over a version"
    if record.version == edit.base:
        contents = requested.get_base(edit), requested.get_requested(edit)
        return {} if _holds(member, record, edit, *contents) else None
    if record.deleted_at is not None or _was_known(edit):
        return {}  # the vendor itself says that it is gone, or stale
    return _rebase(member, record, edit)


def _rebase(member: Member, record: Record, edit: Edit) -> Mapping[str, Any] | None:
    assert record.version is not None, "a mirrored record has a version"
    now = lookup.get_content(record)
    sides = requested.find_sides(edit)
    merge = merge_sides(edit, sides, now)
    if merge.clashes or not sides.is_told:
        _end_in_conflict(edit, record, "The record was changed while this change waited.")
        return None
    merged = merge.content({})
    changed = list_changed_fields(now, merged)
    if not changed:
        answer.move_saved(edit, record.version, now)
        return None
    if not _holds(member, record, edit, now, merged):
        return None
    wanted = encode_fields(merged, changed)
    facts = {"base": record.version, "wanted": dump_json(wanted), "fields": transitions.join_fields(wanted)}
    return {**facts, "changes": dump_changes(requested.list_differences(record, now, merged))}


def _holds(member: Member, record: Record, edit: Edit, was: Content, edited: Content) -> bool:
    """Return whether nothing speaks against the edit that its author has not agreed to; else it ends as a conflict."""
    total = Decimal(edit.total_seen) if edit.total_seen else None
    # Its author has agreed to words that may name days from theirs.
    with timezone.override(get_settings(member.person).zone):
        found = find_objection(member, record, was, edited, Agreed(total, edit.agreed.split(), edit.reason))
    if not isinstance(found, list):
        _end_in_conflict(edit, record, describe_objection(found))
    return isinstance(found, list)


def describe_objection(found: NeedsAgreement | Invalid | TotalDiffers) -> str:
    """Return what speaks against a change that nobody looks at any more, in a sentence."""
    start = "Something changed while this change waited."
    match found:
        case NeedsAgreement(asked):
            open_ones = [*asked.refusals, *(check for check, ticked in asked.warnings if not ticked)]
            return f"{start} {open_ones[0].title}"
        case Invalid(broken):
            return f"{start} {broken[0][1]}"
        case TotalDiffers():
            return f"{start} The total is no longer the one that you saw."


def _end_in_conflict(edit: Edit, record: Record, why: str, **facts: Any) -> bool:
    """End the edit as a conflict with the record as it is stored, which may be hours old: it is shown once read again.

    Return False if its author has cancelled it meanwhile.
    """
    compared: dict[str, Any] = {"result": record.version, "error": "", **facts}  # none that it has waited for
    return transitions.move_edit(edit, State.CONFLICT, error_message=why, **compared).state == State.CONFLICT


def _was_known(edit: Edit) -> bool:
    """Return whether the record had moved before the edit was saved, by anything that its form did not show.

    Its author then saw an old record, and the vendor refuses the change as stale, which shows them what is new.
    """
    assert edit.base is not None, "a queued edit was saved over a version"
    newer = Version.objects.filter(record=edit.base.record_id, pk__gt=edit.base.pk, seen_at__lt=edit.sent_at)
    own = Edit.objects.filter(pk__in=[ahead.pk for ahead in requested.list_ahead(edit)], state=State.SAVED)
    return newer.exclude(pk__in=own.values("result")).exists()


def _find_failed_ahead(edit: Edit) -> list[Edit]:
    """Return the author's edits of the record that ended unsaved while this one waited, if it rests on any of them."""
    failed = [one for one in _list_ended_since(edit) if one.resolved_by_id != edit.pk]
    return failed if any(_overlaps(edit, one) for one in failed) else []


_UNSAVED = (*LEFT, State.DISCARDED)
# In SQL, as every save asks: Django takes several times as long to compose it as it takes to run.
_ENDED = f"""FROM {Edit._meta.db_table} WHERE tenant_id = %s AND person_id = %s AND kind = %s
AND remote_id = %s AND state IN ({", ".join(["%s"] * len(_UNSAVED))}) AND settled_at > %s AND sent_at < %s
AND wanted <> ''"""
_ENDED_SINCE = f"SELECT * {_ENDED} ORDER BY sent_at"
_AROUND = f"""SELECT (SELECT version_id FROM {Record._meta.db_table}
WHERE tenant_id = %s AND kind = %s AND remote_id = %s), EXISTS (SELECT 1 {_ENDED})"""  # noqa: S608 - names of tables and placeholders are no input


def _look_around(edit: Edit) -> tuple[int | None, bool]:
    """Return the number of the record's version, and whether an edit of it has ended unsaved while this one waited."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, [edit.tenant_id, edit.kind, edit.remote_id, *_name_ended(edit)])
        version, has_ended = cursor.fetchone()
    return version, bool(has_ended)


def _list_ended_since(edit: Edit) -> Iterable[Edit]:
    return fetch_rows(Edit, _ENDED_SINCE, _name_ended(edit))


def _name_ended(edit: Edit) -> list[Any]:
    saved_at = connection.ops.adapt_datetimefield_value(edit.sent_at)
    return [edit.tenant_id, edit.person_id, edit.kind, edit.remote_id, *_UNSAVED, saved_at, saved_at]


def _overlaps(edit: Edit, other: Edit) -> bool:
    mine, others = set(edit.fields.split()), set(other.fields.split())
    shape = registry.get_table(edit.tenant, edit.kind).shape
    return bool(mine & others) or any(shape[name].kind is FieldKind.LIST for name in mine | others if name in shape)


def _has_shown(later: Edit, one: Edit) -> bool:
    """Return whether the forms of an edit and of all joined to it have shown another one, with all joined to that."""
    shown = {ahead.pk for ahead in requested.list_ahead(later)}
    return {part.pk for part in _list_joined(one)} <= shown and all(
        _has_shown(part, one) for part in _list_joined(later) if part != later
    )


def _list_joined(one: Edit) -> Iterator[Edit]:
    """Yield an edit and all that were joined to it."""
    yield one
    if one.error_message == JOINED:
        for earlier in Edit.objects.filter(resolved_by=one):
            yield from _list_joined(earlier)


def _has_seen(one: Edit, seen: Content, names: Iterable[str]) -> bool:
    """Return whether the author of an edit saw the same values of these fields."""
    return is_alike(tuple(seen.shape[name] for name in names), requested.find_sides(one).was, seen)


def _join(edit: Edit, failed: Iterable[Edit]) -> None:
    """End an edit as a conflict, and make those of its author that it rests on one decision with it.

    One stays a decision of its own if it asks for parts of the same list or address as a later one of them, whose form
    did not show it, or not all that has been joined to it since: neither holds the other's parts. So does one whose
    author saw other values of what it asks for: theirs are relative to those.
    """
    wanted: dict[str, Any] = parse_json(edit.wanted)
    seen, asked_by, joined = requested.find_sides(edit).was, dict.fromkeys(wanted, edit), list[Edit]()
    shape = seen.shape
    for one in reversed([one for one in failed if one.needs_author]):
        also: dict[str, Any] = parse_json(one.wanted)
        both = [name for name in also.keys() & wanted.keys() if shape[name].kind in (FieldKind.LIST, FieldKind.GROUP)]
        if _has_seen(one, seen, also) and all(_has_shown(asked_by[name], one) for name in both):
            wanted, asked_by = also | wanted, dict.fromkeys(also, one) | asked_by
            joined.append(one)
    record = lookup.find_record(edit.tenant, edit.kind, edit.remote_id)
    why = JOINED if joined else "Your change before this one was not saved. Check both."
    facts = {"wanted": dump_json(wanted), "fields": transitions.join_fields(wanted)}
    with transaction.atomic():
        if not _end_in_conflict(edit, record, why, **facts):
            return
        for one in joined:
            transitions.note_facts(one, resolved_by=edit)
        BatchItem.objects.follow(edit)
