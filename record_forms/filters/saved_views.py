"""Saved views of a list: which a member has, who may change one, and the forms with which they do."""

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, QueryDict

from books.models import SavedView
from books.pages.list_table import SIZES
from books.pages.record_lists import LISTS
from tenants.access import Member
from tenants.list_settings import get_shared_view

from .state import ListState

LONGEST_QUERY = 4_000
MOST_WIDTHS = 100
DENSITIES = (("own", "As in your settings"), ("normal", "Comfortable"), ("compact", "Compact"))


def join_blanks(name: str) -> str:
    """Return the name of a view as it is stored: two that look the same are the same."""
    return " ".join(name.split())


class ViewForm(forms.Form):
    """A new view: its name, the query that it keeps, and who has it."""

    name = forms.CharField(max_length=80, label="Name", strip=True)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)
    shared = forms.BooleanField(required=False, label="Share with everybody in the company")
    default = forms.BooleanField(required=False, label="Open this list with it from now on")

    def clean_name(self) -> str:
        return join_blanks(self.cleaned_data["name"])


class ViewAction(forms.Form):
    """What to do with a view."""

    action = forms.ChoiceField(
        choices=[(one, one) for one in ("rename", "replace", "delete", "default", "standard", "open", "shut")]
    )
    name = forms.CharField(required=False, max_length=80, strip=True)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY)

    def clean_name(self) -> str:
        return join_blanks(self.cleaned_data["name"])


class Density(forms.Form):
    """How high the rows of a list are."""

    density = forms.ChoiceField(choices=DENSITIES)


class Widths(forms.Form):
    """The widths of columns, as JSON: name → number of steps, 0 for what it needs."""

    widths = forms.CharField(max_length=4_000)

    def clean_widths(self) -> dict[str, int]:
        try:
            found: Any = json.loads(self.cleaned_data["widths"])
        except ValueError as error:
            raise ValidationError("These are no widths.") from error
        if not isinstance(found, dict) or len(found) > MOST_WIDTHS:
            raise ValidationError("These are no widths.")
        allowed = {0, *SIZES}
        if any(type(size) is not int or size not in allowed or len(name) > 100 for name, size in found.items()):
            raise ValidationError("These are no widths.")
        return found


def list_views(member: Member, kind: str) -> list[SavedView]:
    """Return the member's own views and the shared ones, by name."""
    own = SavedView.objects.filter(tenant=member.tenant, kind=kind)
    return list(own.filter(Q(person=member.person) | Q(person=None)))


def find_view(member: Member, kind: str, pk: int) -> SavedView | None:
    own = SavedView.objects.filter(tenant=member.tenant, kind=kind, pk=pk)
    return own.filter(Q(person=member.person) | Q(person=None)).first()


def may_change(member: Member, view: SavedView) -> bool:
    """Whether the member may rename or delete a view: their own, as a bookkeeper the shared ones.

    Only an administrator may change the one with which the company opens the list.
    """
    if view.pk == get_shared_view(member, view.kind):
        return member.may_administer
    return view.person_id == member.person.pk or (view.is_shared and member.may_edit)


def read_view_query(member: Member, kind: str, query: str) -> str:
    """Return what a view keeps of a list's query: all that makes sense to the list but its page."""
    if kind not in LISTS:
        raise Http404("No such list.")
    state = LISTS[kind](member, QueryDict(query))
    assert isinstance(state, ListState)
    return urlencode(state.form.list_given(("page", "view")))
