"""The conflict page of an edit: read theirs, show was / yours / now, take the decisions, save over the new base."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from books import connections, errors, mirror, sync
from books.models import Record, Version
from books.records import NotReadable
from tenants.access import Member

from . import life, saving, telling, wishes
from .conflicts import Conflict
from .guards import BOX, Asked, asked_about
from .merge import Merge, Undecided, three_way
from .models import Edit, State
from .seal import Seal, unseal

PREFIX = "choice-"


def page(
    request: HttpRequest,
    member: Member,
    edit: Edit,
    *,
    status: int = 200,
    choices: dict[str, str] | None = None,
    is_read: bool = False,
) -> HttpResponse:
    """Show the conflict of `edit` against the record as the books hold it now: read live, unless it `is_read`."""
    record = mirror.find(member.tenant, edit.kind, edit.remote_id)
    if status == 409 and not is_read:
        record = _read(member, record)
    assert record.version is not None, "a mirrored record has a version"
    return _show(request, member, edit, record, record.version, choices or {}, status=status)


def decide(request: HttpRequest, member: Member, edit: Edit) -> HttpResponse:
    """Take the author's decisions: save the merged record over what they were shown, drop it, or go back to the form.

    Raises seal.NoBase when the page does not say which version was shown.
    """
    record = mirror.find(member.tenant, edit.kind, edit.remote_id)
    if "discard" in request.POST:
        return _discard(request, member, edit)
    theirs = mirror.version(record, unseal(request.POST.get("theirs", ""), record).revision)
    if theirs is None:
        return page(request, member, edit, status=409)
    token = request.POST.get("token", "") or uuid.uuid4().hex
    choices = {k.removeprefix(PREFIX): str(request.POST[k]) for k in request.POST if k.startswith(PREFIX)}
    try:
        content = _merge(edit, theirs).content(choices)
        now = mirror.decoded(connections.table(member.tenant, edit.kind), theirs)
        if (asked := asked_about(record, now, content, request.POST)).stops:
            return _show(request, member, edit, record, theirs, choices, status=422, asked=asked)
        new = saving.save(member, record, theirs, content, token)
    except Undecided:
        return _show(request, member, edit, record, theirs, choices, status=422, undecided=True)
    except saving.NothingChanged:
        life.move(edit, State.DISCARDED, happened="The books already hold what you decided.", todo="")
        messages.success(request, "The books already hold what you decided; nothing was sent.")
        return go(request, page_url(member, edit))
    except errors.Stale as error:
        newer = saving.edit_of(member, token)
        life.note(edit, resolved_by=newer)
        return page(request, member, newer, status=409, choices=choices, is_read=error.now is not None)
    except errors.NoAnswer:
        life.note(edit, resolved_by=saving.edit_of(member, token))
        raise
    life.note(edit, resolved_by=new)
    return go(request, telling.told_at(page_url(member, edit), new))


def _merge(edit: Edit, theirs: Version) -> Merge:
    table = connections.table(edit.tenant, edit.kind)
    now = mirror.decoded(table, theirs)
    if edit.base is None:
        return three_way(None, now.replace(**wishes.changes(edit)), now)
    return three_way(wishes.base(edit), wishes.wanted(edit), now)


def _read(member: Member, record: Record) -> Record:
    """The record as it is now; as the mirror has it where the books do not answer this moment, or not so as to be read.

    Raises NotFound.
    """
    try:
        return sync.read_again(member.tenant, connections.table(member.tenant, record.kind), record.remote_id)
    except errors.NotFound:
        raise
    except (errors.BooksError, NotReadable):
        return record


def _show(
    request: HttpRequest,
    member: Member,
    edit: Edit,
    record: Record,
    theirs: Version,
    choices: dict[str, str],
    *,
    status: int,
    undecided: bool = False,
    asked: Asked | None = None,
) -> HttpResponse:
    table = connections.table(member.tenant, edit.kind)
    context = {
        "member": member,
        "edit": edit,
        "record": record,
        "table": table,
        "conflict": Conflict(_merge(edit, theirs), table, connections.description(member.tenant).name, choices),
        "theirs": theirs,
        "saved_here": Edit.objects.filter(tenant=member.tenant, result=theirs, state=State.SAVED).first(),
        "sealed_theirs": str(Seal(record, theirs.revision)),
        "token": uuid.uuid4().hex,
        "form_action": reverse("edit_page", args=[member.tenant.slug, edit.pk]),
        "back_to_form": f"{edit_url(member, edit)}?from={edit.pk}",
        "undecided": undecided,
        "asked": asked,
        "page_name": f"{table.noun}_page",
        "agreed": [name for name in request.POST if name.startswith(BOX)],
    }
    return render(request, "edits/conflict.html", context, status=status)


def edit_url(member: Member, edit: Edit) -> str:
    """The address of the form of the record that an edit changes."""
    noun = connections.table(member.tenant, edit.kind).noun
    return reverse(f"{noun}_edit", args=[member.tenant.slug, edit.remote_id])


def page_url(member: Member, edit: Edit) -> str:
    """The address of the record that an edit changes."""
    noun = connections.table(member.tenant, edit.kind).noun
    return reverse(f"{noun}_page", args=[member.tenant.slug, edit.remote_id])


def _discard(request: HttpRequest, member: Member, edit: Edit) -> HttpResponse:
    life.move(edit, State.DISCARDED)
    messages.info(request, "Your change was dropped. It stays readable in the list of edits.")
    return go(request, page_url(member, edit))


def go(request: HttpRequest, url: str) -> HttpResponse:
    """To another page: 303 for a form, a whole new page for htmx."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    answer = redirect(url)
    answer.status_code = 303
    return answer
