"""What an author can do about a change of theirs that is not saved as they wanted, from whatever page.

Each step goes the way of the change's own page: it applies, moves or cancels the edit. Knows no page.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, assert_never

from django.core.exceptions import PermissionDenied

from books import registry
from books.mirror import lookup
from books.providers import errors
from books.providers.errors import NotMirrored
from edits import change
from edits.lifecycle import acceptance, notifications, queue, requested, transitions
from edits.models.edit import UNANSWERED, Edit, State
from edits.tasks import queue_settle_now
from edits.undone import describe_undone, find_undo
from tenants.access import Member

MAY_SEND_AGAIN = (State.NOT_SENT, State.NOT_APPLIED)


class StepResult(NamedTuple):
    """What came of a step, in a sentence for its author, and whether it was taken."""

    text: str
    is_done: bool = True


SETTLED = StepResult("This change is already settled.", is_done=False)


def send_again(member: Member, edit: Edit) -> StepResult:
    """Save a change again that was not sent or not saved, as its author has agreed to it then.

    What they have not agreed to, because the facts are others by now, is for the form to ask.
    """
    if edit.state not in MAY_SEND_AGAIN or not edit.needs_author:
        return SETTLED
    token = f"again-{edit.pk}"  # the same for each press of the button, so that it is sent once
    if edit.undoes and (undo := find_undo(edit.undoes, token)):
        return StepResult(describe_undone(undo), is_done=False)
    try:
        record = lookup.find_record(member.tenant, edit.kind, edit.remote_id)
        if record.deleted_at is not None:
            raise NotMirrored(f"It is no longer in {_name_books(edit)}.")
        shown = requested.list_shown(edit)
        outcome = change.apply(
            member,
            record,
            edit.base,
            requested.add_changes(requested.get_base(edit), [*shown, edit]),
            token=token,
            total_seen=Decimal(edit.total_seen) if edit.total_seen else None,
            agreed=edit.agreed.split(),
            reason=edit.reason,
            follows=str(edit.pk),
            over=shown,
            undoes=edit.undoes,
        )
    except errors.BooksError as error:
        return StepResult(f"{edit.record_name} was not sent. {error.error_message}", is_done=False)
    except NotMirrored as error:
        return StepResult(f"{edit.record_name} was not sent. {error}", is_done=False)
    return _describe_sent(edit, outcome)


def _describe_sent(edit: Edit, outcome: change.Outcome) -> StepResult:
    name = edit.record_name
    match outcome:
        case change.Accepted():
            return StepResult(f"Your change to {name} is being sent again.")
        case change.Moved():
            return StepResult(f"{name} has changed since. Decide what is saved.", is_done=False)
        case change.NothingChanged():
            return StepResult(f"There is nothing left to send of your change to {name}.", is_done=False)
        case acceptance.NeedsAgreement() | acceptance.TotalDiffers():
            return StepResult(f"{name} was not sent: it asks for your confirmation. Open it and save it again.", False)
        case acceptance.Invalid(broken):
            return StepResult(f"{name} was not sent. {broken[0][1]} Open it, correct it and save it again.", False)
        case _:
            assert_never(outcome)


def discard(member: Member, edit: Edit) -> StepResult:
    """Discard a change that ended unsaved, or delete a draft."""
    if edit.state == State.DRAFT:
        transitions.drop_drafts(member, edit.form)
        return StepResult(f"Your draft of {edit.record_name} was deleted.")
    if not edit.needs_author:
        return SETTLED
    transitions.move_edit(edit, State.DISCARDED)
    return StepResult("Your change was discarded. You can still read it in the history.")


def cancel(_: Member, edit: Edit) -> StepResult:
    """Cancel a change that is not sent yet."""
    queue.cancel_edit(edit)
    return StepResult(notifications.describe_cancelled(edit))


def check_again(_: Member, edit: Edit) -> StepResult:
    """Look again what became of a change that was sent without an answer."""
    if edit.state not in UNANSWERED:
        return SETTLED
    queue_settle_now(edit)
    return StepResult(f"Checking with {_name_books(edit)} now. The result appears here.")


def accept_values(_: Member, edit: Edit) -> StepResult:
    """Note that the author accepts the values that were saved otherwise than entered."""
    if not edit.differs_open:
        return SETTLED
    transitions.note_facts(edit, differs_open=None)
    return StepResult(f"The values of {edit.record_name} are accepted as they were saved.")


STEPS: Mapping[str, Callable[[Member, Edit], StepResult]] = {
    "again": send_again,
    "discard": discard,
    "cancel": cancel,
    "check": check_again,
    "accept": accept_values,
}


def take_step(member: Member, edit: Edit, name: str) -> StepResult:
    """Take a step by its name, and return what came of it. Raises PermissionDenied to anybody but the author."""
    if not member.may_edit:
        raise PermissionDenied("You can view but not change this company.")
    if edit.person_id != member.person.pk:
        raise PermissionDenied(f"Only {edit.author_name} can decide this change.")
    transitions.hide_name(edit, registry.get_visible_table(member, edit.kind).hidden_columns)
    return STEPS[name](member, edit)


def _name_books(edit: Edit) -> str:
    return registry.get_description(edit.tenant).name
