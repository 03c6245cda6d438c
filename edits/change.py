"""The only way to apply a change: every form, page and batch asks here whether it may be written.

Decides and queues, and sends nothing to a vendor: a worker carries out the accepted edit (`edits/tasks.py`). A form's
own checks are not trusted. docs/architecture.md, "A change".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.providers.errors import saving as errors_of_save
from edits import form_edits, undone
from edits.lifecycle import failures, requested, transitions
from edits.lifecycle.acceptance import Agreed, Invalid, NeedsAgreement, TotalDiffers, find_objection
from edits.models.batch import BatchItem
from edits.models.edit import REPLACED, TAKEN_BACK, Edit, State
from edits.tasks import queue_sending
from record_forms.checks import Check
from records.changes import list_changed_fields
from records.content import Content
from records.diff import dump_changes
from records.encoder import encode_fields
from records.json_text import Json
from records.text import clean_changes
from records.visible import restore_hidden
from tenants.access import Member


@dataclass(frozen=True, slots=True)
class Accepted:
    """The change is a queued edit; the same form posted twice returns the edit of its first post."""

    edit: Edit


@dataclass(frozen=True, slots=True)
class NothingChanged:
    """The person changed nothing, or has taken back what the form had queued, which is not sent then."""

    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The version that the person saw is no longer stored: the change is recorded as a conflict for them to decide."""

    edit: Edit


Outcome = Accepted | NothingChanged | NeedsAgreement | Invalid | TotalDiffers | Moved


def apply(
    member: Member,
    record: Record,
    seen: Version | None,
    edited: Content,
    *,
    token: str,
    total_seen: Decimal | None = None,
    agreed: Iterable[str] = (),
    reason: str = "",
    follows: str = "",
    undoes: Edit | None = None,
    over: Sequence[Edit] = (),
    also_asked: Iterable[Check] = (),
    batch: BatchItem | None = None,
) -> Outcome:
    """Accept the changes from the version `seen` to `edited` and queue them, or return why not.

    `edited` may be by the table that the member may see: what is hidden there keeps its value. A change to it is
    refused, whoever asks for it.
    `token` is that of the form. `total_seen` is the total on the screen; a change of a record that has one needs it.
    `agreed` are the boxes ticked, `also_asked` further checks of the caller, such as clashes left open in a form that
    was opened again. `reason` is the author's note, `follows` the number of the author's edit that this one continues,
    "" for none, `undoes` the saved edit that this one undoes, as what continues an undo does too. `over` are the
    author's edits that the form showed as if they were saved: what they ask for is not asked for again, unless they
    have ended unsaved. `batch` is the item of a bulk change that this is: its edit is queued without a task of its own,
    as the bulk change sends it in its own turn.
    Raises PermissionDenied, Resting while the company is at rest, OtherCompany while a different company file answers,
    and NotBegun if the database cannot be written to: then there is no edit.
    """
    _require_editor(member, record, batch)
    said: dict[str, Any] = {"follows": follows, "reason": reason, "item": batch}
    if seen is None:
        return Moved(record_conflict(member, record, None, edited, token=token, **said))
    table = registry.get_table(record.tenant, record.kind)
    was = lookup.decode_version(table, seen)
    posted = form_edits.mark_posted(seen, edited)
    over, left = form_edits.split_shown(over, seen)
    shown = requested.add_changes(was, over)
    edited = clean_changes(was, restore_hidden(table.shape, shown, edited))
    if not list_changed_fields(shown, edited):
        with _writes(record):
            alive = [one for one in form_edits.list_alive(member, token, seen) if one.form == token]
            if _take_back(alive):
                return NothingChanged(is_taken_back=bool(alive))
            is_read = alive[0].state == State.SAVED and alive[0].result_id == record.version_id
            shown = lookup.get_content(record) if is_read else requested.add_changes(shown, reversed(alive))
    continued = None if undoes else undone.find_continued(member, record, follows, list_changed_fields(shown, edited))
    if why := undone.describe_other(continued, token):
        return Invalid([("", why)])
    with errors_of_save():
        registry.check_may_ask(record.tenant)
    also_asked = [*also_asked, *form_edits.list_hidden_checks(member, record, token, follows, left)]
    boxes = {*agreed, *(box for ahead in over for box in ahead.agreed.split())}
    start = was if list_changed_fields(was, edited) else shown  # what was saved may be all that is changed, back
    found = find_objection(member, record, start, edited, Agreed(total_seen, boxes, reason), also_asked, shown=shown)
    if not isinstance(found, list):
        return found
    more: dict[str, Any] = {
        "undoes": undoes,
        "agreed": " ".join(found),
        "total_seen": "" if total_seen is None else f"{total_seen}",
    }
    more |= {"form": token, "posted": posted, "left": left}
    edit, _ = _begin_edit(member, record, seen, was, edited, over=over, **more, **said)
    return Accepted(edit)


def record_conflict(
    member: Member,
    record: Record,
    seen: Version | None,
    edited: Content,
    *,
    token: str,
    follows: str = "",
    reason: str = "",
    item: BatchItem | None = None,
    over: Sequence[Edit] = (),
    why: str = "",
) -> Edit:
    """Record a change to a record that is known to have moved as a conflict, which is never sent.

    `over` are the author's edits that the form showed as if they were saved, `item` is that of a bulk change, `why` a
    sentence for its author. Raises PermissionDenied, and NotBegun if the database cannot be written to.
    """
    _require_editor(member, record, item)
    table = registry.get_table(record.tenant, record.kind)
    was = lookup.decode_version(table, seen) if seen else Content(table.shape, {})
    posted = form_edits.mark_posted(seen, edited)
    over, left = form_edits.split_shown(over, seen) if seen else ([], [])
    said: dict[str, Any] = {"follows": follows, "reason": reason, "item": item, "left": left}
    edited = clean_changes(was, restore_hidden(table.shape, was, edited))
    with _writes(record), transaction.atomic():
        edit, is_first = _begin_edit(
            member, record, seen, was, edited, form=token, posted=posted, over=over, is_sent=False, **said
        )
        if is_first:
            transitions.move_edit(edit, State.CONFLICT, error_message=why)
    return edit


def _require_editor(member: Member, record: Record, item: BatchItem | None) -> None:
    if record.tenant_id != member.tenant.pk:
        raise PermissionDenied("This record belongs to another company.")
    if not member.may_edit:
        raise PermissionDenied("You can view but not change this company.")
    if item is not None and not BatchItem.objects.is_confirmed(item, member.person, record):
        raise PermissionDenied("This bulk change is not running.")


@contextmanager
def _writes(record: Record) -> Iterator[None]:
    """Raise NotBegun if the database cannot be written to."""
    try:
        yield
    except Error as error:
        raise failures.not_begun(record.tenant, error) from error


def _begin_edit(
    member: Member,
    record: Record,
    seen: Version | None,
    was: Content,
    edited: Content,
    *,
    over: Sequence[Edit] = (),
    **more: Any,
) -> tuple[Edit, bool]:
    """Return the edit of a posted form and whether it is new: the same form with the same changes has its edit already.

    A form that was changed after it was posted replaces its newest edit as long as that is queued. Later it makes
    another one, behind those of it that are under way or saved: what they have changed may be taken back.
    Raises NotBegun.
    """
    token, form, others = more["form"], more["form"], over
    with _writes(record):
        while True:
            latest = form_edits.find_latest(record, form)
            if latest and latest.token and (latest.person_id, latest.posted) == (member.person.pk, more["posted"]):
                return _note_reason(latest, more["reason"]), False
            follows = more["follows"]
            alive = form_edits.list_alive(member, form, seen, follows) if latest or follows else []
            own, elsewhere = form_edits.split_by_form(alive, form)
            replaces = own[-1] if own and own[-1].state == State.QUEUED else None
            ahead = [one for one in own if one != replaces]
            over = [*others, *(one for one in ahead if one not in others)]
            shown = requested.add_changes(was, over)
            fields = form_edits.list_asked(shown, edited, elsewhere)
            stands_for = [*ahead, *elsewhere]
            if stands_for and not fields:
                if _replace_by_earlier(member, replaces, stands_for[-1], more["posted"]):
                    return _note_reason(stands_for[-1], more["reason"]), False
                continue  # it has just ended, perhaps unsaved
            wanted = encode_fields(edited, fields)
            asked = shown.replace(**{f.name: edited[f.name] for f in fields})
            more["changes"] = dump_changes(requested.list_differences(record, shown, asked))
            more["behind"] = over[-1] if over else None
            if continued := undone.find_continued(member, record, follows, fields):
                more["undoes"] = more.get("undoes") or continued.undoes
            if replaces and replaces.token == form:
                token = form
            elif latest or token != form:
                token = form_edits.make_token(form, member, latest, replaces, more["posted"])
            begun = _begin_with_token(token, member, record, seen, wanted, replaces=replaces, **more)
            if begun is not None:
                return begun, True
            # Taken meanwhile, or by a draft that is somebody else's by now.
            token = form_edits.make_token(form, member, latest, replaces, more["posted"])


def _note_reason(edit: Edit, reason: str) -> Edit:
    """Note what its author has said about an edit when they saved it once more."""
    if reason and reason != edit.reason:
        transitions.note_facts(edit, reason=reason, search=transitions.make_search_text(edit.record_name, reason))
    return edit


def _take_back(alive: Sequence[Edit]) -> bool:
    """Withdraw what a form has queued; False, before anything or in between, if there is more than that."""
    is_all_queued = all(one.state == State.QUEUED for one in alive)
    return is_all_queued and all(transitions.withdraw_edit(one, TAKEN_BACK) for one in alive)


def _begin_with_token(
    token: str, member: Member, record: Record, seen: Version | None, wanted: Mapping[str, Json], **more: Any
) -> Edit | None:
    """Return the new edit with its task, both in one transaction; None if the token has an edit already."""
    follows, replaces, is_sent = more.pop("follows"), more.pop("replaces"), more.pop("is_sent", True)
    left: Sequence[Edit] = more.pop("left", ())
    item: BatchItem | None = more.pop("item")
    if item is not None:
        # Its own page tells how it ended.
        more |= {"batch": item.batch, "notified_at": timezone.now()}
    with transaction.atomic():
        if replaces is not None and not _withdraw(member, replaces, more["form"]):
            return None
        edit = transitions.begin_edit(member, record, seen, wanted, token=token, **more)
        if edit is None:
            if replaces is not None:
                transaction.set_rollback(True)  # what is not replaced stays queued
            return None
        _replace_earlier(member, edit, replaces, follows)
        for one in left:
            if one.needs_author:
                transitions.note_facts(one, resolved_by=edit)
        if item is not None:
            BatchItem.objects.begin(item, edit)
        elif is_sent:
            queue_sending(record.tenant)
    return edit


def _replace_earlier(member: Member, edit: Edit, replaced: Edit | None, follows: str) -> None:
    """Let a new edit stand for what its form, and the edit that it continues, have left over."""
    has_replaced = Edit.objects.replace_by(edit, follows)
    if replaced is not None:
        transitions.note_facts(replaced, resolved_by=edit)
    if edit.token != edit.form:
        # What was typed after the first post is sent now.
        transitions.drop_drafts(member, edit.form)
    if not has_replaced:
        return
    # An edit of the form may still be queued behind one that ended unsaved.
    for one in form_edits.filter_form(member, edit.form).filter(state=State.QUEUED).exclude(pk=edit.pk):
        if _withdraw(member, one, edit.form):
            transitions.note_facts(one, resolved_by=edit)
    if edit.batch_id is None:
        BatchItem.objects.follow(edit)


def _replace_by_earlier(member: Member, replaced: Edit | None, earlier: Edit, posted: str) -> bool:
    """Discard what a form has queued once it asks for what it asked before that; return whether that was in time.

    The earlier edit is then what the form has `posted`, also if it shows a newer version by now.
    """
    with transaction.atomic():
        if replaced is not None and not _withdraw(member, replaced, replaced.form):
            return False
        if replaced is not None:
            transitions.note_facts(replaced, resolved_by=earlier)
        if transitions.note_facts(earlier, posted=posted):
            return True
        transaction.set_rollback(True)  # it has just ended, perhaps unsaved
        return False


def _withdraw(member: Member, replaced: Edit, form: str) -> bool:
    """Discard a form's queued edit, and what was typed after it; return whether that was in time, and the first."""
    if not transitions.withdraw_edit(replaced, REPLACED) or replaced.resolved_by_id:
        return False
    transitions.drop_drafts(member, form)
    return True
