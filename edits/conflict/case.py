"""One change against a record that its author has to decide, and what they answered. Knows no page."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.pages.list_position import ListPosition
from edits.models.edit import Edit
from records.content import Content
from records.fields import Table
from records.merge.three_way import ThreeWayMerge, UndecidedClash
from tenants.access import Member

from .custom_values import CustomValues, InvalidInput
from .page import list_choices
from .wording import ConflictWording


@dataclass(frozen=True, slots=True)
class ConflictCase:
    """One change against a record: `settles` is the edit in conflict to decide, `undoes` the edit to undo.

    `merge` merges the change into the record that the person was shown.
    """

    request: HttpRequest
    member: Member
    record: Record
    address: str
    position: ListPosition
    words: ConflictWording
    merge: Callable[[Content], ThreeWayMerge]
    settles: Edit | None = None
    undoes: Edit | None = None
    stays: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return registry.get_visible_table(self.member, self.record.kind)

    @property
    def edit(self) -> Edit:
        found = self.settles or self.undoes
        assert found is not None, "a case is about some edit"
        return found


class ConflictAnswer:
    """The posted answer to a case's page that showed `theirs`: `content` is None while anything is open."""

    def __init__(self, case: ConflictCase, theirs: Version, posted: Mapping[str, str]) -> None:
        self.theirs, self.now = theirs, lookup.decode_version(case.table, theirs)
        self.merge = case.merge(self.now)
        self.choices = list_choices(posted)
        self.another = CustomValues(case.member.tenant, case.table, self.merge, posted)
        self.content: Content | None = None
        self.undecided = False
        try:
            self.content = self.another.content(self.choices)
        except UndecidedClash:
            self.undecided = True
        except InvalidInput:
            self.undecided = bool(self.merge.undecided(self.choices))


def make_page_token() -> str:
    """Return the token of a conflict page, which the edit that it makes is known by."""
    return f"{_DECIDED}{uuid.uuid4().hex}"


def find_latest_decision(edit: Edit, *, on_page: bool = False) -> Edit:
    """Return the edit itself, or the latest one that replaced it and may have failed.

    Those made `on_page`, of the edit or of such a decision, ask for no more than that page shows. What has gone on in a
    form may hold more.
    """
    later = edit.resolved_by
    while later is not None and later.sent_at > edit.sent_at:  # each is later than the one it replaced: it ends
        if on_page and not later.form.startswith(_DECIDED):
            break
        edit, later = later, later.resolved_by
    return edit


_DECIDED = "decided-"


def get_edit_url(member: Member, edit: Edit) -> str:
    """Return the address of the form of the record that an edit changes."""
    noun = registry.get_table(member.tenant, edit.kind).noun
    return reverse(f"{noun}_edit", args=[member.tenant.slug, edit.remote_id])


def get_page_url(member: Member, edit: Edit) -> str:
    """Return the address of the record that an edit changes."""
    noun = registry.get_table(member.tenant, edit.kind).noun
    return reverse(f"{noun}_page", args=[member.tenant.slug, edit.remote_id])
