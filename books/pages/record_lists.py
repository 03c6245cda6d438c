"""The rows of a list by its query string, whatever kind of record they are. Each kind registers its own list."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qsl

from django import forms
from django.http import QueryDict

from tenants.access import Member

from .list_address import make_query

LONGEST = 2_000  # letters of a list in an address


class RecordRows(Protocol):
    """The rows of one kind of record that a query string asks for, in its order."""

    @property
    def form(self) -> forms.Form: ...

    @property
    def page(self) -> int: ...

    @property
    def size(self) -> int: ...

    def find_ids(self, first: int, count: int) -> list[str]:
        """Return the remote ids of so many rows; `first` counts from 0."""

    def keep_listed(self, ids: list[str]) -> set[str]:
        """Return those of the records that are among the rows."""


# By kind of record: an app of a floor above adds its own when it is ready.
LISTS: dict[str, Callable[[Member, QueryDict], RecordRows]] = {}


def read_query(member: Member, kind: str, query: str) -> RecordRows | None:
    """Return the list that a query string asks for; None unless all of it makes sense to that list."""
    if len(query) > LONGEST:
        return None
    asked = QueryDict(mutable=True)
    pairs = parse_qsl(query, keep_blank_values=True) or [("", query)] * bool(query)
    for name, value in pairs:
        asked[name] = value
    rows = LISTS[kind](member, asked)
    return rows if sorted(parse_qsl(make_query(rows.form))) == sorted(pairs) else None
