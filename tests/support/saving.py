"""Saving a change without a page: queued and sent at once."""

from typing import Any

from books.mirror import lookup
from books.models import Record
from edits import change
from edits.lifecycle import acceptance, failures
from edits.lifecycle import save as sending
from edits.models.edit import Edit, State
from record_forms.checks import get_rules
from records.content import Content
from tenants.access import Member


def accept(
    author: Member, record: Record, edited: Content, token: str = "form-1", *, agrees: bool = False, **more: Any
) -> Edit:
    """The accepted edit that turns the record, as it is given, into `edited`; `agrees` is to whatever is asked."""
    total = get_rules(record).total(record, lookup.get_content(record), edited)
    said = {"token": token, "total_seen": total, **more}
    outcome = change.apply(author, record, record.version, edited, **said)
    if agrees and isinstance(outcome, acceptance.NeedsAgreement):
        said["agreed"] = [check.box for check, _ in outcome.checks.warnings]
        outcome = change.apply(author, record, record.version, edited, **said)
    assert isinstance(outcome, change.Accepted), outcome
    return outcome.edit


def save(author: Member, record: Record, edited: Content, token: str = "form-1", **more: Any) -> Edit:
    """The edit as it was saved. Raises the BooksError that it ended with."""
    edit = sending.carry_out(accept(author, record, edited, token, **more))
    if edit.state != State.SAVED:
        raise failures.read_error(edit)
    return edit
