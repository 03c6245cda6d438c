"""The page on which a change meets the record as it stands: was / yours / now, decided and saved over what was shown.

An edit in conflict comes to it, and one that is to be undone.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.providers import errors
from books.sync import refresh
from edits.lifecycle import notifications, save, transitions
from edits.lifecycle.form_token import Seal, unseal
from edits.lifecycle.rebase import met
from edits.models.edit import Edit, State
from record_forms import reason
from record_forms.checks import BOX, asked_about
from record_forms.reason import ReasonForm
from records.content import Content
from records.fields import Table
from records.merge.three_way import Merge, Undecided
from tenants.access import Member
from tenants.redirects import lead

from .custom_values import Another, NotAsTyped
from .page import Conflict, choices_of
from .wording import Words, of_conflict, of_undo

log = logging.getLogger(__name__)

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """One change that meets a record: `settles` is the edit in conflict that is decided, `undoes` the one taken back.

    `merge` merges the change into the record as somebody was shown it.
    """

    request: HttpRequest
    member: Member
    record: Record
    address: str
    words: Words
    merge: Callable[[Content], Merge]
    settles: Edit | None = None
    undoes: Edit | None = None
    stays: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return registry.table(self.member.tenant, self.record.kind)

    @property
    def edit(self) -> Edit:
        found = self.settles or self.undoes
        assert found is not None, "a case is about some edit"
        return found


class Answered:
    """What came back from the page of a case that showed `theirs`: `content` is None while something is open."""

    def __init__(self, case: Case, theirs: Version, posted: Mapping[str, str]) -> None:
        self.theirs, self.now = theirs, lookup.decoded(case.table, theirs)
        self.merge = case.merge(self.now)
        self.choices = choices_of(posted)
        self.another = Another(case.member.tenant, case.table, self.merge, posted)
        self.content: Content | None = None
        self.undecided = False
        try:
            self.content = self.another.content(self.choices)
        except Undecided:
            self.undecided = True
        except NotAsTyped:
            self.undecided = bool(self.merge.undecided(self.choices))


def page(
    request: HttpRequest,
    member: Member,
    edit: Edit,
    *,
    status: int = 200,
    posted: Mapping[str, str] = NOTHING,
    is_read: bool = False,
) -> HttpResponse:
    """Show the conflict of `edit` against the record as the books hold it now: read live, unless it `is_read`.

    `posted` is what was chosen and typed on a page before.
    """
    case = _case(request, member, edit)
    if status == 409 and not is_read:
        case = replace(case, record=_read(member, case.record))
    return show(case, posted, status=status)


def show(case: Case, posted: Mapping[str, str] = NOTHING, *, status: int = 200) -> HttpResponse:
    """The page of a case against the record as the mirror has it."""
    assert case.record.version is not None, "a mirrored record has a version"
    return _draw(case, Answered(case, case.record.version, posted), status=status)


def decide(request: HttpRequest, member: Member, edit: Edit) -> HttpResponse:
    """Take the author's decisions of a conflict: save the merged record over what they were shown, or drop it.

    Raises seal.NoBase when the page does not say which version was shown.
    """
    if "discard" in request.POST:
        return _discard(request, member, edit)
    return settle(_case(request, member, edit))


def settle(case: Case) -> HttpResponse:
    """Take the decisions of a case and save, or show the page again with all that was chosen and typed.

    Raises seal.NoBase when the page does not say which version was shown.
    """
    posted = case.request.POST
    theirs = lookup.version(case.record, unseal(posted.get("theirs", ""), case.record, case.member.person.pk).revision)
    if theirs is None:
        return show(case, posted, status=409)
    answer = Answered(case, theirs, posted)
    if "preview" in posted:
        return _draw(case, answer, status=200)
    if answer.content is None or not ReasonForm(posted).is_valid():
        return _draw(case, answer, status=422)
    if (asked := asked_about(case.record, answer.now, answer.content, posted)).stops:
        return _draw(case, answer, status=422, asked=asked)
    return _save(case, answer, answer.content)


def _save(case: Case, answer: Answered, content: Content) -> HttpResponse:
    request, member = case.request, case.member
    token = request.POST.get("token", "")[:40] or uuid.uuid4().hex
    said = {"follows": str(left_of(case.settles).pk) if case.settles else "", "reason": ReasonForm(request.POST).text}
    try:
        new = save.save(member, case.record, answer.theirs, content, token, **said, undoes=case.undoes)
    except save.NothingChanged:
        held = "The books already hold what you decided"
        if case.settles is not None:
            transitions.move(left_of(case.settles), State.DISCARDED, happened=f"{held}.", todo="")
        messages.success(request, f"{held}; nothing was sent.")
        return lead(request, page_url(member, case.edit))
    except errors.Stale as error:
        newer = save.edit_of(member, token)
        return page(request, member, newer, status=409, posted=request.POST, is_read=error.now is not None)
    except errors.BooksError as error:
        status = 409 if isinstance(error, errors.NotFound) else error.status
        return _draw(case, answer, status=status, error=error, token=token)
    return lead(request, notifications.told_at(page_url(member, case.edit), new))


def left_of(edit: Edit) -> Edit:
    """What is left of an edit for its author: itself, or the last decision that stands for it and may have failed."""
    later = edit.resolved_by
    while later is not None and later.sent_at > edit.sent_at:  # each is later than what it stands for, so it ends
        edit, later = later, later.resolved_by
    return edit


def _case(request: HttpRequest, member: Member, edit: Edit) -> Case:
    record = lookup.find(member.tenant, edit.kind, edit.remote_id)
    table, books = registry.table(member.tenant, edit.kind), registry.description(member.tenant).name
    words = of_conflict(table, books)
    if edit.undoes is not None:
        words = replace(of_undo(books), was="Was, when you looked", was_short="Was", back="Back to what it was")
    address = reverse("edit_page", args=[member.tenant.slug, edit.pk])
    return Case(request, member, record, address, words, lambda now: met(edit, now), edit, edit.undoes)


def _read(member: Member, record: Record) -> Record:
    """The record as it is now; as the mirror has it where the books do not answer this moment, or not so as to be read.

    Raises NotFound.
    """
    try:
        return refresh.read_again(member.tenant, registry.table(member.tenant, record.kind), record.remote_id)
    except errors.NotFound:
        raise
    except errors.BooksError:
        return record
    except Exception:  # of any kind: the conflict is recorded, and its author must not lose sight of it over this
        log.exception("Record %s could not be read for its conflict.", record.pk)
        return record


def _draw(case: Case, answer: Answered, *, status: int, **more: object) -> HttpResponse:
    member, edit, table = case.member, case.edit, case.table
    books = registry.description(member.tenant).name
    conflict = Conflict(answer.merge, table, books, case.words, answer.choices, answer.another, answer.content)
    saved = Edit.objects.filter(tenant=member.tenant, result=answer.theirs, state=State.SAVED)
    context = {
        "member": member,
        "case": case,
        "edit": edit,
        "record": case.record,
        "table": table,
        "conflict": conflict,
        "theirs": answer.theirs,
        "saved_here": saved.exclude(pk=edit.pk).first(),
        "sealed_theirs": str(Seal(case.record, answer.theirs.revision, member.person.pk)),
        "token": uuid.uuid4().hex,
        "form_action": case.address,
        "back_to_form": edit_url(member, edit) if case.settles else "",
        "undecided": status == 422 and answer.undecided,
        "page_name": f"{table.noun}_page",
        "agreed": [name for name in case.request.POST if name.startswith(BOX)],
        **reason.shown(case.request.POST if "theirs" in case.request.POST else {"reason": edit.reason}),
        **more,
    }
    return render(case.request, "edits/conflict.html", context, status=status)


def edit_url(member: Member, edit: Edit) -> str:
    """The address of the form of the record that an edit changes."""
    noun = registry.table(member.tenant, edit.kind).noun
    return reverse(f"{noun}_edit", args=[member.tenant.slug, edit.remote_id])


def page_url(member: Member, edit: Edit) -> str:
    """The address of the record that an edit changes."""
    noun = registry.table(member.tenant, edit.kind).noun
    return reverse(f"{noun}_page", args=[member.tenant.slug, edit.remote_id])


def _discard(request: HttpRequest, member: Member, edit: Edit) -> HttpResponse:
    transitions.move(left_of(edit), State.DISCARDED)
    messages.info(request, "Your change was dropped. It stays readable in the list of edits.")
    return lead(request, page_url(member, edit))
