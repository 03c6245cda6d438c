"""One request on its way through the edit of a record: the form that it is shown, what speaks against its change."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from books import registry
from books.mirror import freshness, lookup
from books.models import Record, Version
from edits.lifecycle import notifications
from edits.lifecycle.form_token import FormToken, read_token
from edits.models.edit import Edit
from record_forms import reason
from record_forms.checks import AskedChecks, collect_checks, get_rules
from record_forms.registry import EditForm, RecordType
from records.content import Content
from records.fields import Table
from tenants.access import Member
from tenants.redirects import redirect_to

from .reopen import list_checks, list_open_clashes


@dataclass(frozen=True, slots=True)
class EditRequest:
    """One request on its way through the edit of one record."""

    request: HttpRequest
    member: Member
    kind: RecordType
    table: Table
    record: Record
    seal: FormToken | None = None

    def show(self, seen: Version, data: QueryDict | None = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """The form over the version that the person saw, with what they typed in it."""
        base = lookup.decode_version(self.table, seen)
        if refusal := self.kind.refusal(self.member.tenant, base):
            return self.page(None, status=422, too_much=refusal)
        form: EditForm = more.pop("form", None) or self.kind.form(self.member.tenant, self.table, base, data)
        if "asked" not in more:
            more["notices"] = get_rules(self.record).known(self.record, base)
        seal = self.seal if self.seal and self.seal.revision == seen.revision else self.sealed(seen)
        return self.page(
            form, status=status, sealed=str(seal), seen=seen, still_open=list_open_clashes(seal, base), **more
        )

    def sealed(self, seen: Version) -> FormToken:
        """The seal of a form over a version, with nothing left to decide."""
        return FormToken(self.record, seen.revision, self.member.person.pk)

    def unsealed(self, data: Mapping[str, str]) -> FormToken:
        """The seal that came back with a form. Raises InvalidToken."""
        return read_token(data.get("base", ""), self.record, self.member.person.pk)

    def page(self, form: object, *, status: int, **more: object) -> HttpResponse:
        context = {
            "member": self.member,
            "record": self.record,
            "unreadable": lookup.aside(self.record),
            "table": self.table,
            "form": form,
            "token": uuid.uuid4().hex,
            "follows": self.request.POST.get("follows", ""),
            "freshness": freshness.get_freshness(self.member.tenant, self.table.kind),
            "page_url": self.url(),
            "edit_url": self.request.path,
            "page_name": self.kind.page,
            **reason.get_shown_reason(self.request.POST),
            **more,
        }
        return render(self.request, self.kind.template, context, status=status)

    def url(self) -> str:
        return reverse(self.kind.page, args=[self.member.tenant.slug, self.record.remote_id])

    def leave(self, done: Edit | None = None) -> HttpResponse:
        """To the record's page, which tells how the edit ended."""
        return redirect_to(
            self.request, self.url() if done is None else notifications.add_saved_query(self.url(), done)
        )

    def asked(self, seen: Content, edited: Content, data: QueryDict) -> AskedChecks:
        """What speaks against the change, and which clashes it would decide without anybody having said so."""
        asked = collect_checks(self.record, seen, edited, data)
        found = list_open_clashes(self.seal, seen) if self.seal else []
        books = registry.get_description(self.member.tenant).name
        return AskedChecks([*asked.guards, *list_checks(found, seen, edited, books)], data)

    def current(self) -> Version:
        assert self.record.version is not None, "a mirrored record has a version"
        return self.record.version
