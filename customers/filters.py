"""What a person asks of the list of customers."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.http import QueryDict

from books.pages.list_address import list_kept
from records.fields import Table

STATES = (("active", "Active"), ("inactive", "Inactive"), ("all", "All"))
SIZES = ((50, "50"), (100, "100"), (250, "250"))


class CustomerFilter(forms.Form):
    """The query string of the list; what is missing or makes no sense falls back to what most people want."""

    q = forms.CharField(required=False, strip=True, label="Search")
    state = forms.ChoiceField(choices=STATES, required=False)
    sort = forms.CharField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    size = forms.TypedChoiceField(choices=SIZES, coerce=int, required=False, empty_value=None)

    def __init__(self, data: QueryDict, sorts: Collection[str]) -> None:
        super().__init__(data)
        self.sorts = sorts

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or "active"

    def clean_sort(self) -> str:
        sort: str = self.cleaned_data["sort"]
        if sort and sort.removeprefix("-") not in self.sorts:
            raise forms.ValidationError(f"The list has no column {sort}.")
        return sort

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address says beside the search, for the search to hand on."""
        return list_kept(self, typed=("q",))

    def asked(self, table: Table) -> dict[str, Any]:
        """Arguments for `mirror.search`; a value that makes no sense is left out and stays among the form's errors."""
        self.is_valid()
        got = {"q": "", "state": "active", "page": 1, "size": 100}
        got |= {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}
        got.setdefault("sort", "" if got["q"] else "full_name")  # the best matches of a search come first
        state = got.pop("state")
        # As a list of one: SQLite uses no index for a column that stands alone as a condition.
        shown = {"is_active__in": [state == "active"]} if state != "all" and "is_active" in table.columns else {}
        return {**got, "filters": shown}
