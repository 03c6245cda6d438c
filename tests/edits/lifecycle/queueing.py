"""What the tests of queued edits share: saving without sending, sending what is queued, and what came of it."""

from collections.abc import Sequence
from typing import Any

from books.mirror import lookup
from books.models import Record
from edits.lifecycle import requested
from edits.models.edit import Edit, State
from records.content import Content
from tenants.access import Member
from tests.support import saving
from tests.support.tasks import run_queued_tasks


def find_again(record: Record) -> Record:
    return lookup.find_record(record.tenant, record.kind, record.remote_id)


def show_form(record: Record, over: Sequence[Edit] = ()) -> Content:
    """What a form of the record shows that is opened now, over its author's edits under way."""
    return requested.add_changes(lookup.get_content(record), over)


def save(
    author: Member, record: Record, edited: Content, token: str, *, over: Sequence[Edit] = (), follows: str = ""
) -> Edit:
    """Save a form that was opened over this record as it is given, agree to what is asked, and send nothing."""
    return saving.accept(author, record, edited, token, agrees=True, over=over, follows=follows)


def save_values(author: Member, record: Record, token: str, *, over: Sequence[Edit] = (), **values: Any) -> Edit:
    """Save a form in which these values were typed."""
    return save(author, record, show_form(record, over).replace(**values), token, over=over)


def send() -> None:
    """Let the worker send what is queued and due."""
    run_queued_tasks("saves")


def list_states() -> list[str]:
    """The state of every edit, in the order in which they were made."""
    return list(Edit.objects.order_by("pk").values_list("state", flat=True))


def log_of(edit: Edit) -> list[State]:
    edit.refresh_from_db()
    return [state for state, _ in edit.state_log]
