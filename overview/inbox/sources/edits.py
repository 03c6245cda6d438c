"""A person's own changes that ended unsaved, that nobody knows the outcome of, that differ, or that wait.

Another person's change is never among them: only its author decides it. Drafts are in `drafts`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.http import Http404
from django.urls import reverse

from books import registry
from edits import next_steps
from edits.conflict.case import get_edit_url
from edits.lifecycle import failures
from edits.lifecycle.answer import describe_differences, list_shown_differences
from edits.lifecycle.transitions import hide_name
from edits.models.edit import LEFT, Edit, State
from edits.models.fetching import fetch_brief, fetch_edit
from edits.next_steps import StepResult
from overview.inbox.items import OPEN, InboxItem, NextStep, Reader, Source, mark
from records.merge.answer import load_differences
from tenants.access import Member
from tenants.joined import Part

SHOWN = 300  # of each source, newest first; the others follow as these are settled
ASKING = (*LEFT, State.UNKNOWN)
DISCARD = NextStep("discard", "Discard", "d", asks="Discard your change? It stays in the history.")
AGAIN = NextStep("again", "Send again", "s")


def _own(reader: Reader, where: str, *values: Any) -> Part:
    """Return the conditions for the reader's own edits in the companies where they may edit."""
    own = f"person_id = %s AND tenant_id IN ({mark(reader.editing)}) AND {where}"
    return own, [reader.person.pk, *reader.editing, *values]


def _fetch(part: Part) -> list[Edit]:
    where, values = part
    return fetch_brief(f"SELECT id FROM edits_edit WHERE {where} ORDER BY sent_at DESC, id DESC LIMIT {SHOWN}", values)  # noqa: S608 - only conditions of this module and %s marks are put in


def count_by_company(part: Part) -> Part:
    """Return the statement that counts edits by company."""
    where, values = part
    return f"SELECT tenant_id, COUNT(*) AS found FROM edits_edit WHERE {where} GROUP BY tenant_id", values  # noqa: S608 - values are %s


def _left_over(reader: Reader) -> Part:
    return _own(reader, f"state IN ({mark(ASKING)}) AND resolved_by_id IS NULL", *ASKING)


def _differing(reader: Reader) -> Part:
    """A later save of its author has dealt with the values."""
    later = "later.tenant_id = edits_edit.tenant_id AND later.kind = edits_edit.kind"
    later += " AND later.remote_id = edits_edit.remote_id AND later.person_id = edits_edit.person_id"
    later = f"SELECT 1 FROM edits_edit later WHERE {later} AND later.sent_at > edits_edit.sent_at AND later.state = %s"  # noqa: S608 - values are %s
    return _own(reader, f"differs_open AND NOT EXISTS ({later})", State.SAVED)


def _waiting(reader: Reader) -> Part:
    return _own(reader, "state = %s AND waiting_since IS NOT NULL", State.QUEUED)


def find_left_over(reader: Reader) -> Iterable[InboxItem]:
    """Yield what its author has to decide, to correct, to send again or to wait for."""
    for edit in _fetch(_left_over(reader)):
        member = reader.members[edit.tenant_id]
        failures.hide_words(edit, registry.get_visible_table(member, edit.kind))
        yield make_item(LEFT_OVER.name, edit, _explain(edit), _list_steps(member, edit))


def list_again(reader: Reader) -> list[tuple[int, int]]:
    """Return number and company of what its author can send again, newest first, as far as the page shows it."""
    states = (State.NOT_SENT, State.NOT_APPLIED)
    where, values = _own(reader, f"state IN ({mark(states)}) AND resolved_by_id IS NULL", *states)
    if not reader.editing:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, tenant_id FROM edits_edit WHERE {where} ORDER BY sent_at DESC, id DESC LIMIT {SHOWN}",  # noqa: S608 - only conditions of this module and %s marks are put in
            values,
        )
        return [(number, company) for number, company in cursor.fetchall()]


def find_differing(reader: Reader) -> Iterable[InboxItem]:
    """Yield what was saved with other values than its author entered, until they have accepted them."""
    for edit in _fetch(_differing(reader)):
        table = registry.get_visible_table(reader.members[edit.tenant_id], edit.kind)
        hide_name(edit, table.hidden_columns)
        shown = list_shown_differences(table.shape, load_differences(edit.differs))
        why = describe_differences(shown, _name_books(edit)) or "It was not saved with the values that you entered"
        undo = reverse("edit_undo", args=[edit.tenant.slug, edit.pk])
        steps = (NextStep(OPEN, "Open", "o", _get_url(edit)), NextStep("accept", "Accept values", "a"))
        yield make_item(DIFFERING.name, edit, f"{why}.", (*steps, NextStep("undo", "Undo", "u", undo)))


def find_waiting(reader: Reader) -> Iterable[InboxItem]:
    """Yield what is sent when the company answers."""
    for edit in _fetch(_waiting(reader)):
        failures.hide_words(edit, registry.get_visible_table(reader.members[edit.tenant_id], edit.kind))
        why = f"It is sent when {_name_books(edit)} answers. {edit.error_message}".rstrip()
        steps = (NextStep(OPEN, "Open", "o", _get_url(edit)), NextStep("cancel", "Cancel", "c"))
        yield make_item(WAITING.name, edit, why, steps, is_counted=False)


def make_item(source: str, edit: Edit, why: str, steps: Sequence[NextStep], *, is_counted: bool = True) -> InboxItem:
    """Return an edit as an item; it needs its author since it came to be in its state."""
    at = edit.waiting_since if edit.state == State.QUEUED else edit.settled_at or edit.sent_at
    outcome = edit.outcome
    badge = (outcome.mark, outcome.text)
    if edit.hand_overs:
        why = f"Handed over from {edit.hand_overs[-1].was.capitalize()}. {why}"
    return InboxItem(source, edit.tenant, edit.pk, badge, edit.record_name, why, _get_url(edit), at, steps, is_counted)


def _explain(edit: Edit) -> str:
    books = _name_books(edit)
    words: Mapping[str, str] = {
        State.UNKNOWN: f"Sent, but no answer came. It is not sent twice; we keep checking {books}.",
        State.NOT_APPLIED: f"No answer came, and the change is not in {books}. It was not saved.",
        State.CONFLICT: "The record was changed in the meantime. Nothing was saved; your version is kept.",
    }
    if edit.state == State.CONFLICT and edit.error_message:
        return edit.error_message
    return words.get(edit.state) or f"{edit.error_message or 'Nothing was saved.'} {edit.next_step}".rstrip()


def _list_steps(member: Member, edit: Edit) -> Sequence[NextStep]:
    page = NextStep(OPEN, "Open", "o", _get_url(edit))
    form = NextStep("edit", "Continue editing", "e", f"{get_edit_url(member, edit)}?from={edit.pk}")
    return {
        State.CONFLICT: (NextStep(OPEN, "Decide", "o", _get_url(edit)), DISCARD),
        State.REFUSED: (form, DISCARD),
        State.NOT_SENT: (AGAIN, form, DISCARD),
        State.NOT_APPLIED: (AGAIN, form, DISCARD),
        State.UNKNOWN: (page, NextStep("check", "Check again", "c")),
    }[State(edit.state)]


def _get_url(edit: Edit) -> str:
    return reverse("edit_page", args=[edit.tenant.slug, edit.pk])


def _name_books(edit: Edit) -> str:
    return registry.get_description(edit.tenant).name


def take_step(name: str, member: Member, number: int) -> StepResult:
    """Take a step of one of the member's own edits. Raises Http404 for any other."""
    edit = fetch_edit(number)
    if edit is None or (edit.tenant_id, edit.person_id) != (member.tenant.pk, member.person.pk):
        raise Http404("There is no such change of yours in this company.")
    return next_steps.take_step(member, edit, name)


def make_steps(*names: str) -> Mapping[str, Callable[[Member, int], StepResult]]:
    """Return the steps of edits with these names."""
    return {name: partial(take_step, name) for name in names}


LEFT_OVER = Source(
    "changes",
    find_left_over,
    lambda reader: count_by_company(_left_over(reader)),
    make_steps("again", "discard", "check"),
)
DIFFERING = Source(
    "differing", find_differing, lambda reader: count_by_company(_differing(reader)), make_steps("accept")
)
WAITING = Source("waiting", find_waiting, steps=make_steps("cancel"))
