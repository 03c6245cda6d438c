"""The query strings of the history: of the company's list, a record's timeline, and the export."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from books import registry
from edits.models.edit import OUTCOMES, State
from record_forms.typed.dates import parse_date
from tenants.access import Member

from .entries import SEEN
from .search import BOOKS, HistoryQuery, list_people

NO_OUTCOME = State.DRAFT  # unsent drafts are not in the history


class HistoryPage(forms.Form):
    """The query of a record's timeline."""

    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, label="Page")

    @property
    def number(self) -> int:
        """The requested page, 1 if invalid."""
        self.is_valid()
        return self.cleaned_data.get("page") or 1


class HistoryFilter(HistoryPage):
    """The query of the company's history. Invalid values are named in `errors` and omitted from `asked`."""

    q = forms.CharField(required=False, label="Search")
    person = forms.ChoiceField(required=False, label="Person")
    field = forms.ChoiceField(required=False, label="Field")
    outcome = forms.ChoiceField(required=False, label="Outcome")
    since = forms.CharField(required=False, label="From")
    until = forms.CharField(required=False, label="To")

    def __init__(self, data: QueryDict, member: Member) -> None:
        super().__init__(data)
        tenant = member.tenant
        self.member, self.tenant, self.people = member, tenant, list_people(tenant)
        books = registry.get_description(tenant).name
        who = [(name, name[:1].upper() + name[1:]) for name in self.people if name != BOOKS]
        outcomes = [(name, one.text) for name, one in OUTCOMES.items() if name != NO_OUTCOME]
        self._choose("person", [("", "Everybody"), *who, (BOOKS, books)])
        self._choose("field", [("", "Any field"), *self._fields()])
        self._choose("outcome", [("", "Any outcome"), *outcomes, (SEEN.name, f"In {books}")])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _fields(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield the fields that the history shows, by the kinds of record that have them."""
        for table in registry.list_visible_tables(self.member):
            if table.shape.writable:
                names = [(f"{table.kind}.{f.name}", f.label) for f in table.shape.in_history]
                yield table.kind.capitalize(), names

    def clean_field(self) -> tuple[str, str] | None:
        kind, _, name = self.cleaned_data["field"].partition(".")
        return (kind, name) if name else None

    def clean_since(self) -> date | None:
        return self._day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return self._day(self.cleaned_data["until"])

    def _day(self, text: str) -> date | None:
        return parse_date(text, today=timezone.localdate(), day_first=self.tenant.day_first) if text else None

    def clean(self) -> None:
        got = self.cleaned_data
        if got.get("since") and got.get("until") and got["since"] > got["until"]:
            self.add_error("until", "The end date is before the start date.")

    @property
    def asked(self) -> HistoryQuery:
        """Return what to search for."""
        self.is_valid()
        return HistoryQuery(**{name: value for name, value in self.cleaned_data.items() if name != "page" and value})
