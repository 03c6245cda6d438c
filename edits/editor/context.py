"""State of one request to a record's edit page: the form that it shows, and the checks of its change."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from books import registry
from books.mirror import freshness, lookup
from books.models import Record, Version
from books.pages.list_position import ListPosition
from edits.lifecycle import notifications
from edits.lifecycle.form_token import FormToken, read_token
from edits.models.edit import Edit
from record_forms import reason
from record_forms.checks import AskedChecks, Check, collect_checks, list_known
from record_forms.registry import EditForm, RecordType
from records.content import Content
from records.fields import Table
from records.visible import describe_hidden, list_hidden_inputs
from tenants.access import Member
from tenants.redirects import redirect_to

from . import pending
from .reopen import list_checks, list_open_clashes


@dataclass(frozen=True, slots=True)
class EditRequest:
    """State of one request to the edit page of one record."""

    request: HttpRequest
    member: Member
    kind: RecordType
    table: Table
    record: Record
    position: ListPosition
    seal: FormToken | None = None

    def show(self, seen: Version, data: QueryDict | None = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the form over the version that the person saw, with their typed values.

        A form whose version is no longer stored is shown over the current one, with the token that it was posted with:
        what has changed since is not in it, so its save is a conflict.
        """
        base = lookup.decode_version(self.table, seen)
        if refusal := self.kind.refusal(self.member.tenant, base):
            back = [(self.url(), f"Back to the {self.table.noun}")]
            return self.page(None, status=422, too_much=refusal, actions=back)
        form: EditForm = more.pop("form", None) or self.kind.form(self.member.tenant, self.table, base, data)
        if "asked" not in more:
            whole = lookup.decode_version(registry.get_table(self.member.tenant, self.table.kind), seen)
            more["notices"] = list_known(self.record, whole, self.table.shape)
        seal = self.seal or self.sealed(seen)
        return self.page(
            form, status=status, sealed=str(seal), seen=seen, still_open=list_open_clashes(seal, base), **more
        )

    def decode(self, seen: Version) -> Content:
        """Return the content of a version as far as the member may see it."""
        return lookup.decode_version(self.table, seen)

    def sealed(self, seen: Version) -> FormToken:
        """Return the token of a form over a version, with no open clash."""
        return FormToken(self.record, seen.revision, self.member.person.pk)

    def unsealed(self, data: Mapping[str, str]) -> FormToken:
        """Return the token that a form was posted with. Raises InvalidToken."""
        return read_token(data.get("base", ""), self.record, self.member.person.pk)

    def page(self, form: object, *, status: int, **more: object) -> HttpResponse:
        context = {
            "member": self.member,
            "record": self.record,
            "unreadable": lookup.find_unreadable(self.record, self.table),
            "table": self.table,
            "form": form,
            "token": uuid.uuid4().hex,
            "follows": self.request.POST.get("follows", ""),
            "freshness": freshness.get_freshness(self.member.tenant, self.table.kind),
            "position": self.position,
            "page_url": self.url(),
            "edit_url": self.request.path,
            "page_name": self.kind.page,
            **reason.get_shown_reason(self.request.POST),
            **more,
        }
        return render(self.request, self.kind.template, context, status=status)

    def url(self) -> str:
        """Return the address of the record's page, which carries the list that the record was opened from."""
        return self.position.page_url

    def leave(self, done: Edit | None = None, said: str = "No changes to save.") -> HttpResponse:
        """Redirect to the record's page, which shows the outcome of the edit; without one it says `said`."""
        if done is not None:
            return redirect_to(self.request, notifications.add_saved_query(self.url(), done))
        if self.is_next:
            return self.go_on()
        messages.info(self.request, said)
        return redirect_to(self.request, self.url())

    @property
    def is_next(self) -> bool:
        """Whether "Save and next" was pressed in a form that was opened from a list."""
        return self.request.POST.get("save") == "next" and self.position.walk is not None

    def go_on(self) -> HttpResponse:
        """Redirect to the form of the next record of the list; after its last one to the list, which says so."""
        if url := self.position.next_form_url:
            return redirect_to(self.request, url)
        messages.success(self.request, f"This was the last {self.table.noun} of the list.")
        return redirect_to(self.request, self.position.list_url)

    def is_valid(self, form: EditForm, data: QueryDict) -> bool:
        """Return whether a posted form can be saved, or the vendor's changes loaded into it.

        An input for a hidden field is not taken, which the form says.
        """
        is_valid = form.is_valid() and reason.is_reason_valid(data)
        if "rebase" in data and (why := self._describe_refusal()):
            form.refuse("", why)
            return False
        hidden = list_hidden_inputs(self.table.shape, list(data)) if self.table.hides else []
        if hidden:
            form.refuse("", describe_hidden(hidden))
        return is_valid and not hidden

    def _describe_refusal(self) -> str:
        """Return why the record cannot be edited as it was last read; "" if it can."""
        return self.kind.refusal(self.member.tenant, lookup.decode_version(self.table, self.current()))

    def asked(self, seen: Content, edited: Content, data: QueryDict) -> AskedChecks:
        """Return the blockers and warnings of the change, including clashes that it would decide without a choice."""
        asked = collect_checks(self.record, seen, edited, data)
        return AskedChecks([*asked.guards, *self._list_open_checks(seen, edited)], data)

    def list_over(self) -> list[Edit]:
        """Return the person's edits under way that the posted form showed as if they were saved, the oldest first."""
        return pending.list_by_number(self.member, self.record, self.seal.over) if self.seal else []

    def list_open_checks(self, seen: Version, edited: Content) -> list[Check]:
        """The clashes of a form opened again that a change would decide without anybody having said so."""
        return self._list_open_checks(lookup.decode_version(self.table, seen), edited) if self.seal else []

    def _list_open_checks(self, seen: Content, edited: Content) -> list[Check]:
        found = list_open_clashes(self.seal, seen) if self.seal else []
        return list(list_checks(found, seen, edited, registry.get_description(self.member.tenant).name))

    def current(self) -> Version:
        assert self.record.version is not None, "a mirrored record has a version"
        return self.record.version
