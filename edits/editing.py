"""The walk of an edit, the same for every kind of record: show the form, take what was typed, save, merge.

The kinds differ in their form class and template only. Knows no field.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from books import connections, errors, mirror
from books.fields import Table
from books.models import Record, Version
from books.records import Content
from tenants.access import Member
from tenants.models import Tenant

from . import blocks, conflicting, kept, posted, reason, saving, telling, wishes
from .guards import Asked, Guard, asked_about, rules_of
from .merge import three_way
from .models import Edit
from .offers import TAKE, taken
from .reason import ReasonForm
from .seal import Seal, unseal


class EditForm(Protocol):
    """What the form of a kind of record offers to the walk."""

    def is_valid(self) -> bool: ...

    @property
    def edited(self) -> Content: ...

    def refuse(self, path: str, message: str) -> None:
        """Show what the books said beside the input at `path`, or on top."""

    def warn(self, guard: Guard) -> None:
        """Show a guard beside the inputs that it is about, too."""


class FormOf(Protocol):
    """Makes the form of a kind: `data` is what was typed, None on first showing."""

    def __call__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> EditForm: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of record brings to the walk. `as_typed` turns content into the inputs that stand for it."""

    form: FormOf
    template: str
    page: str
    as_typed: Callable[[Table, Content, Content], QueryDict]
    refusal: Callable[[Content], str] = lambda content: ""


@dataclass(frozen=True, slots=True)
class Walk:
    """One request on its way through the edit of one record."""

    request: HttpRequest
    member: Member
    kind: Kind
    table: Table
    record: Record

    def show(self, seen: Version, data: QueryDict | None = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """The form over the version that the person saw, with what they typed in it."""
        base = mirror.decoded(self.table, seen)
        if refusal := self.kind.refusal(base):
            return self.page(None, status=422, too_much=refusal)
        form: EditForm = more.pop("form", None) or self.kind.form(self.member.tenant, self.table, base, data)
        if "asked" not in more:
            more["notices"] = rules_of(self.record).known(self.record, base)
        return self.page(form, status=status, sealed=str(Seal(self.record, seen.revision)), seen=seen, **more)

    def page(self, form: object, *, status: int, **more: object) -> HttpResponse:
        context = {
            "member": self.member,
            "record": self.record,
            "table": self.table,
            "form": form,
            "token": uuid.uuid4().hex,
            "follows": self.request.POST.get("follows", ""),
            "freshness": mirror.freshness(self.member.tenant, self.table.kind),
            "page_url": self.url(),
            "page_name": self.kind.page,
            **reason.shown(self.request.POST),
            **more,
        }
        return render(self.request, self.kind.template, context, status=status)

    def url(self) -> str:
        return reverse(self.kind.page, args=[self.member.tenant.slug, self.record.remote_id])

    def leave(self, done: Edit | None = None) -> HttpResponse:
        """To the record's page, which tells how the edit ended."""
        return conflicting.go(self.request, self.url() if done is None else telling.told_at(self.url(), done))

    def current(self) -> Version:
        assert self.record.version is not None, "a mirrored record has a version"
        return self.record.version


def edit(request: HttpRequest, member: Member, name: str, remote_id: str, kind: Kind) -> HttpResponse:
    """Answer the edit page of one record: its form on GET, a save on POST.

    Raises mirror.NotMirrored for an id that the mirror does not hold and seal.NoBase for a POST without its base.
    """
    table = connections.table(member.tenant, name)
    walk = Walk(request, member, kind, table, mirror.find(member.tenant, name, remote_id))
    return _save(walk) if request.method == "POST" else _open(walk)


def _open(walk: Walk) -> HttpResponse:
    # A request for the head alone shows nothing, so it must not use up what waits to be shown.
    if walk.request.method == "GET" and (data := kept.take(walk.request)) is not None:
        seen = mirror.version(walk.record, unseal(data.get("base", ""), walk.record).revision)
        again: dict[str, Any] = {"follows": data.get("follows", ""), **reason.shown(data)}
        return walk.show(seen or walk.current(), data, typed_again=True, **again)
    if pk := walk.request.GET.get("from", ""):
        return _reopen(walk, pk)
    return walk.show(walk.current())


def _reopen(walk: Walk, pk: str) -> HttpResponse:
    """The form over the record as it stands now, holding what an earlier edit wanted of it."""
    earlier = Edit.objects.filter(
        tenant=walk.member.tenant,
        kind=walk.table.kind,
        remote_id=walk.record.remote_id,
        pk=int(pk) if pk.isdecimal() else 0,
    ).first()
    if earlier is None:
        return walk.show(walk.current())
    theirs = mirror.decoded(walk.table, walk.current())
    merge = three_way(wishes.base(earlier), wishes.wanted(earlier), theirs)
    mine = merge.content(dict.fromkeys((c.key for c in merge.clashes), "mine"))
    data = walk.kind.as_typed(walk.table, theirs, mine)
    more: dict[str, Any] = {"follows": earlier.pk, "clashes": merge.clashes, "reason": earlier.reason}
    return walk.show(walk.current(), data, reopened=earlier, **more)


def _save(walk: Walk) -> HttpResponse:
    data = taken(walk.request.POST)
    seal = unseal(data.get("base", ""), walk.record)
    seen = mirror.version(walk.record, seal.revision)
    known = seen or walk.current()
    form = walk.kind.form(walk.member.tenant, walk.table, mirror.decoded(walk.table, known), data)
    if "save" not in data and _only_arranges(data):
        return walk.show(known, form=form)
    if not (form.is_valid() and ReasonForm(data).is_valid()):
        return walk.show(known, form=form, status=422)
    token = data.get("token", "")[:40] or uuid.uuid4().hex
    if seen is None:
        return _set_aside(walk, None, form.edited, token)
    if "rebase" in data:
        return _rebase(walk, seen, form.edited, token)
    asked = asked_about(walk.record, mirror.decoded(walk.table, seen), form.edited, data)
    if asked.stops:
        for guard in asked.guards:
            form.warn(guard)
        return walk.show(seen, form=form, status=422, asked=asked)
    return _send(walk, seen, form, token, asked)


def _send(walk: Walk, seen: Version, form: EditForm, token: str, asked: Asked) -> HttpResponse:
    """Save; where that fails, the form comes back with what was ticked still ticked."""
    again: dict[str, Any] = {"form": form, "token": token, "asked": asked}
    try:
        done = saving.save(walk.member, walk.record, seen, form.edited, token, **_told(walk))
    except saving.NothingChanged:
        messages.info(walk.request, "Nothing was changed, so nothing was sent.")
        return walk.leave()
    except errors.Stale as error:
        return _conflict(walk, saving.edit_of(walk.member, token), is_read=error.now is not None)
    except errors.NotFound as error:
        return walk.show(seen, error=error, status=409, **again)
    except errors.Refused as error:
        form.refuse(error.field, error.brief)
        return walk.show(seen, error=error, status=422, **again)
    except errors.BooksError as error:
        if getattr(walk.request, "htmx", False):
            raise
        return walk.show(seen, error=error, status=error.status, **again)
    return walk.leave(done)


def _rebase(walk: Walk, seen: Version, mine: Content, token: str) -> HttpResponse:
    """Bring in what has changed in the books meanwhile; where both sides touched the same, decide first."""
    theirs = mirror.decoded(walk.table, walk.current())
    merge = three_way(mirror.decoded(walk.table, seen), mine, theirs)
    if merge.clashes:
        return _set_aside(walk, seen, mine, token)
    data = walk.kind.as_typed(walk.table, theirs, merge.content({}))
    return walk.show(walk.current(), data, rebased=merge)


def _set_aside(walk: Walk, seen: Version | None, mine: Content, token: str) -> HttpResponse:
    return _conflict(walk, saving.set_aside(walk.member, walk.record, seen, mine, token, **_told(walk)))


def _told(walk: Walk) -> dict[str, str]:
    """What the form says of the change beside the change itself."""
    return {"follows": walk.request.POST.get("follows", ""), "reason": ReasonForm(walk.request.POST).text}


def _conflict(walk: Walk, edit: Edit, *, is_read: bool = False) -> HttpResponse:
    """409: the record has moved; read what it is now, unless the save has just done so, and show both sides."""
    return conflicting.page(walk.request, walk.member, edit, status=409, is_read=is_read)


def _only_arranges(data: QueryDict) -> bool:
    """True for the form's own buttons that take an offer, move lines or fill in an address, and send nothing."""
    return any(name in data for name in (TAKE, *posted.BUTTONS, blocks.LAY, blocks.COPY))
