"""What is under way for a record when its form is opened: its author's own changes, and that others save it too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from books import registry
from books.mirror.currencies import name_changes
from books.models import Record
from edits.models.edit import UNDER_WAY, Edit
from edits.models.fetching import fetch_of_record
from records.diff import Change, load_changes
from records.visible import list_shown_changes
from tenants.access import Member


@dataclass(frozen=True, slots=True)
class Pending:
    """The edits of a record under way: the member's own, and the names of the others whose change is being saved."""

    own: Sequence["OwnPending"]
    others: Sequence[str]


@dataclass(frozen=True, slots=True)
class OwnPending:
    """An own edit under way: what it changes, and whether the form shows it as if it were saved."""

    edit: Edit
    changes: Sequence[Change]
    is_shown: bool


def list_under_way(member: Member, record: Record) -> Pending | None:
    """Return what is under way for a record; None if nothing is. What others have changed is never shown."""
    edits = fetch_of_record(member.tenant, record.kind, record.remote_id, _UNDER_WAY, UNDER_WAY)
    if not edits:
        return None
    table = registry.get_visible_table(member, record.kind)
    shown = [(edit, list_shown_changes(table.shape, load_changes(edit.changes))) for edit in edits]
    own = [
        OwnPending(edit, name_changes(member.tenant, table, changes), edit.base_id == record.version_id)
        for edit, changes in shown
        if edit.person_id == member.person.pk
    ]
    return Pending(own, sorted({edit.person_name for edit in edits if edit.person_id != member.person.pk}))


_UNDER_WAY = f"edit.state IN ({', '.join(['%s'] * len(UNDER_WAY))}) ORDER BY edit.sent_at, edit.id"


def list_by_number(member: Member, record: Record, numbers: Iterable[int]) -> list[Edit]:
    """Return the member's edits of a record with these numbers, the oldest first."""
    numbers = list(numbers)
    if not numbers:
        return []  # as for most forms
    own = Edit.objects.filter(tenant=member.tenant, kind=record.kind, remote_id=record.remote_id, person=member.person)
    return list(own.filter(pk__in=numbers).select_related("tenant", "base").order_by("sent_at", "pk"))
