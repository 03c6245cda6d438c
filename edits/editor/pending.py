"""What is under way for a record when its form is opened, and what becomes of it while the form is open.

A member's own changes, and that others save it too.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from books import registry
from books.mirror.currencies import name_changes
from books.models import Record
from edits.lifecycle import notifications
from edits.models.edit import LEFT, UNDER_WAY, Edit, State, parse_pk
from edits.models.fetching import fetch_of_record
from records.diff import Change, load_changes
from records.visible import list_shown_changes
from tenants.access import Member


@dataclass(frozen=True, slots=True)
class Pending:
    """The edits that were under way for a record when its form was opened: the member's own, and by whom others are."""

    own: Sequence["OwnPending"]
    others: Sequence["OthersPending"]
    edits: Sequence[Edit]

    @property
    def next_look(self) -> str:
        """When the form asks again how they have ended, for htmx; "" once all have."""
        return notifications.find_next_look(self.edits)

    @property
    def query(self) -> str:
        """What the form asks with."""
        shown = [one.edit.pk for one in self.own if one.is_shown]
        return urlencode({"edit": [edit.pk for edit in self.edits], "shown": shown}, doseq=True)


@dataclass(frozen=True, slots=True)
class OwnPending:
    """An own edit: what it changes, and whether the form shows it as if it were saved."""

    edit: Edit
    changes: Sequence[Change]
    is_shown: bool

    @property
    def is_under_way(self) -> bool:
        return self.edit.state in UNDER_WAY

    @property
    def mark(self) -> str:
        """The kind of notice that it is."""
        if self.is_under_way:
            return "info"
        return "good" if self.edit.outcome.mark == "good" else "warn"


@dataclass(frozen=True, slots=True)
class OthersPending:
    """What has become of the edits of another person, who is named: in a word, as what they change is not told."""

    name: str
    became: str


def list_under_way(member: Member, record: Record) -> Pending | None:
    """Return what is under way for a record; None if nothing is. What others have changed is never shown."""
    edits = fetch_of_record(member.tenant, record.kind, record.remote_id, _UNDER_WAY, UNDER_WAY)
    if not edits:
        return None
    own = [edit for edit in edits if edit.person_id == member.person.pk and edit.base_id == record.version_id]
    return _make_pending(member, record, edits, _find_chain(own))


def _find_chain(edits: Sequence[Edit]) -> set[int]:
    """Return the numbers of the newest of these edits, the oldest first, and of those that it is behind.

    An edit of another tab that is in no line with it was made without the other's change, and is merged with it later.
    """
    known, chain = {edit.pk: edit for edit in edits}, set[int]()
    edit = edits[-1] if edits else None
    while edit is not None:
        chain.add(edit.pk)
        edit = known.get(edit.behind_id or 0)
    return chain


def find_again(member: Member, record: Record, query: QueryDict) -> Pending:
    """Return what has become of the edits that a form was opened over, as `Pending.query` names them.

    An own edit that is saved as it was entered is left out once its author was told so elsewhere.
    """
    numbers, shown = ([parse_pk(text) for text in query.getlist(name)[:MOST]] for name in ("edit", "shown"))
    which = f"edit.id IN ({', '.join(['%s'] * len(numbers))}) AND edit.state <> %s ORDER BY edit.sent_at, edit.id"
    edits = fetch_of_record(member.tenant, record.kind, record.remote_id, which, [*numbers, State.DRAFT])
    left = [edit for edit in edits if not _is_told(member, edit)]
    return _make_pending(member, record, left, set(shown))


def _is_told(member: Member, edit: Edit) -> bool:
    return edit.person_id == member.person.pk and edit.is_as_entered and edit.notified_at is not None


def _make_pending(member: Member, record: Record, edits: Sequence[Edit], shown: Collection[int]) -> Pending:
    table = registry.get_visible_table(member, record.kind)
    listed = [(edit, list_shown_changes(table.shape, load_changes(edit.changes))) for edit in edits]
    own = [
        OwnPending(edit, name_changes(member.tenant, table, changes), edit.pk in shown)
        for edit, changes in listed
        if edit.person_id == member.person.pk
    ]
    names = sorted({edit.person_name for edit in edits if edit.person_id != member.person.pk})
    others = [OthersPending(name, _tell_all([one for one in edits if one.person_name == name])) for name in names]
    return Pending(own, others, edits)


def _tell_all(edits: Sequence[Edit]) -> str:
    states = {edit.state for edit in edits}
    if states & {*UNDER_WAY}:
        return "is being saved"
    return "was saved" if State.SAVED in states else "was not saved"


_UNDER_WAY = f"edit.state IN ({', '.join(['%s'] * len(UNDER_WAY))}) ORDER BY edit.sent_at, edit.id"
MOST = 50  # edits that a form asks for at once


def list_by_number(member: Member, record: Record, numbers: Iterable[int]) -> list[Edit]:
    """Return the edits of a record with the numbers that a member's signed form names, the oldest first.

    What somebody else still has to decide is none of them: of another author there is only what was settled before the
    form's draft was handed over.
    """
    numbers = list(numbers)
    if not numbers:
        return []  # as for most forms
    found = Edit.objects.filter(tenant=member.tenant, kind=record.kind, remote_id=record.remote_id, pk__in=numbers)
    found = found.filter(Q(person=member.person) | ~Q(state__in=LEFT) | Q(resolved_by__isnull=False))
    return list(found.select_related("tenant", "base").order_by("sent_at", "pk"))
