"""One request on its way through the edit of a record: the form that it is shown, what speaks against its change."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from edits.lifecycle import notifications
from edits.lifecycle.form_token import Seal, unseal
from edits.models.edit import Edit
from record_forms import reason
from record_forms.checks import Asked, asked_about, rules_of
from record_forms.registry import EditForm, Kind
from records.content import Content
from records.fields import Table
from tenants.access import Member
from tenants.redirects import lead

from .reopen import guards, still_open


@dataclass(frozen=True, slots=True)
class Walk:
    """One request on its way through the edit of one record."""

    request: HttpRequest
    member: Member
    kind: Kind
    table: Table
    record: Record
    seal: Seal | None = None

    def show(self, seen: Version, data: QueryDict | None = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """The form over the version that the person saw, with what they typed in it."""
        base = lookup.decoded(self.table, seen)
        if refusal := self.kind.refusal(base):
            return self.page(None, status=422, too_much=refusal)
        form: EditForm = more.pop("form", None) or self.kind.form(self.member.tenant, self.table, base, data)
        if "asked" not in more:
            more["notices"] = rules_of(self.record).known(self.record, base)
        seal = self.seal if self.seal and self.seal.revision == seen.revision else self.sealed(seen)
        return self.page(form, status=status, sealed=str(seal), seen=seen, still_open=still_open(seal, base), **more)

    def sealed(self, seen: Version) -> Seal:
        """The seal of a form over a version, with nothing left to decide."""
        return Seal(self.record, seen.revision, self.member.person.pk)

    def unsealed(self, data: Mapping[str, str]) -> Seal:
        """The seal that came back with a form. Raises NoBase."""
        return unseal(data.get("base", ""), self.record, self.member.person.pk)

    def page(self, form: object, *, status: int, **more: object) -> HttpResponse:
        context = {
            "member": self.member,
            "record": self.record,
            "unreadable": lookup.aside(self.record),
            "table": self.table,
            "form": form,
            "token": uuid.uuid4().hex,
            "follows": self.request.POST.get("follows", ""),
            "freshness": lookup.freshness(self.member.tenant, self.table.kind),
            "page_url": self.url(),
            "edit_url": self.request.path,
            "page_name": self.kind.page,
            **reason.shown(self.request.POST),
            **more,
        }
        return render(self.request, self.kind.template, context, status=status)

    def url(self) -> str:
        return reverse(self.kind.page, args=[self.member.tenant.slug, self.record.remote_id])

    def leave(self, done: Edit | None = None) -> HttpResponse:
        """To the record's page, which tells how the edit ended."""
        return lead(self.request, self.url() if done is None else notifications.told_at(self.url(), done))

    def asked(self, seen: Content, edited: Content, data: QueryDict) -> Asked:
        """What speaks against the change, and which clashes it would decide without anybody having said so."""
        asked = asked_about(self.record, seen, edited, data)
        found = still_open(self.seal, seen) if self.seal else []
        books = registry.description(self.member.tenant).name
        return Asked([*asked.guards, *guards(found, seen, edited, books)], data)

    def current(self) -> Version:
        assert self.record.version is not None, "a mirrored record has a version"
        return self.record.version
