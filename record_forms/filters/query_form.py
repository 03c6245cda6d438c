"""The query string of a list as a form: its search, filters, order, columns and page. Knows no kind of record."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from .parts import Condition, FilterPart, Scope

SIZES = ((50, "50"), (100, "100"), (250, "250"))
MOST_KEYS = 4  # columns that a list is sorted by
BESIDE = ("q", "sort", "columns", "size", "page", "view")  # parameters that are no filter


# Not declared in the form, which would copy them for each request; nothing changes them.
SEARCH = {"q": forms.CharField(required=False, label="Search")}
OTHERS: Mapping[str, forms.Field] = {
    "sort": forms.CharField(required=False, label="Order"),
    "columns": forms.CharField(required=False, label="Columns"),
    "page": forms.IntegerField(required=False, min_value=1, max_value=1_000_000, label="Page"),
    "size": forms.TypedChoiceField(required=False, choices=SIZES, coerce=int, label="Rows"),
    "view": forms.IntegerField(required=False, min_value=0, max_value=10**12, label="View"),
}


class QueryForm(forms.Form):
    """What a person asks of a list. What makes no sense is named in `errors` and left out of `asked`.

    Its fields are those that the address names.
    """

    def __init__(
        self,
        data: QueryDict,
        parts: tuple[FilterPart, ...],
        sorts: Collection[str],
        usual_sort: str,
    ) -> None:
        super().__init__(data)
        self.parts, self.sorts, self.usual_sort = parts, sorts, usual_sort
        filters = {part.name: part.field for part in parts}
        self.fields = {name: f for name, f in {**SEARCH, **filters, **OTHERS}.items() if name in data}

    def clean_sort(self) -> str:
        keys = [key for key in self.cleaned_data["sort"].split(",") if key]
        for key in keys:
            if key.removeprefix("-") not in self.sorts:
                raise forms.ValidationError(f"The list has no column “{key.removeprefix('-')}”.")
        first = {key.removeprefix("-"): key for key in reversed(keys)}
        return ",".join(sorted(first.values(), key=keys.index)[:MOST_KEYS])

    def clean(self) -> None:
        got = self.cleaned_data
        for part in self.parts:
            least, most = got.get(part.after), got.get(part.name)
            if part.after and least is not None and most is not None and least > most:
                said = "The end date is before the start date." if part.shape == "day" else "It is below the least."
                self.add_error(part.name, said)

    @property
    def asked(self) -> dict[str, Any]:
        """Every value that the list goes by, in its own type; the usual one where none or nonsense was given."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        best = {"sort": ""} if "q" in given else {}  # the best matches of a search come first
        usual = {"q": "", "page": 1, "size": 100, "columns": "", "view": None, "sort": self.usual_sort, **best}
        filters = {part.name: part.usual or None for part in self.parts}
        return {**filters, **usual, "then": self.usual_sort, **given}

    def list_conditions(self, asked: Mapping[str, Any], scope: Scope) -> list[Condition]:
        """Return the filters in force, the usual ones included."""
        return [
            Condition(
                part.name,
                part.label,
                part.describe(scope, value),
                part.match(scope, value),
                f"{part.name}={value}" if part.of_mirror else "",
            )
            for part in self.parts
            if (value := asked[part.name]) is not None
        ]

    def list_given(self, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Return the parameters that make sense and are not blank, as the address has them."""
        self.is_valid()
        names = (name for name in self.fields if name not in (*without, *self.errors))
        return [(name, self.data[name]) for name in names if self.data.get(name)]
