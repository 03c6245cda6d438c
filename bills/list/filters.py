"""What a person asks of the list of bills, and the ages into which open bills fall. Names the mirror's columns only."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from books.pages.list_address import list_kept
from record_forms.typed.dates import parse_date
from records.searching import make_sort_key

STATES = (("unpaid", "Unpaid"), ("overdue", "Overdue"), ("paid", "Paid"), ("all", "All"))
SIZES = ((50, "50"), (100, "100"), (250, "250"))
UNPAID = Q(is_paid=False)
USUAL: Mapping[str, Any] = {
    "q": "",
    "state": "unpaid",
    "age": "",
    "since": None,
    "until": None,
    "vendor": "",
    "sort": "due_date",
    "page": 1,
    "size": 100,
}


# What a state and a filter read, which is as good as shown to those who may use it.
STATE_READS: Mapping[str, tuple[str, ...]] = {
    "unpaid": ("is_paid",),
    "overdue": ("is_paid", "due_date"),
    "paid": ("is_paid",),
    "all": (),
}
AGING = ("open_amount", "due_date", "is_paid", "currency")  # what the sums by age are made of
FILTER_READS: Mapping[str, tuple[str, ...]] = {
    "age": ("due_date", "is_paid"),
    "since": ("bill_date",),
    "until": ("bill_date",),
    "vendor": ("vendor_name",),
}


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """One of the ages of an open bill, by days past its due date."""

    name: str
    span: str  # "31–60", in days
    least: int | None
    most: int | None
    unit: str = ""  # said of the first span, and then not again

    @property
    def label(self) -> str:
        return f"{self.span} {self.unit}".rstrip()

    def due(self, today: date) -> Q:
        """The bills of this age. One without a due date is not overdue."""
        if self.least is None:
            return Q(due_date__gte=today) | Q(due_date__isnull=True)
        latest = Q(due_date__lte=today - timedelta(days=self.least))
        return latest if self.most is None else latest & Q(due_date__gte=today - timedelta(days=self.most))


AGES = (
    AgeBucket("current", "Current", None, 0),
    AgeBucket("1-30", "1–30", 1, 30, "days overdue"),
    AgeBucket("31-60", "31–60", 31, 60),
    AgeBucket("61-90", "61–90", 61, 90),
    AgeBucket("over-90", "Over 90", 91, None),
)


class BillFilter(forms.Form):
    """The query string of the list. What makes no sense is named in `errors` and left out of `asked`."""

    q = forms.CharField(required=False, label="Search")
    state = forms.ChoiceField(required=False, choices=STATES, label="Status")
    age = forms.ChoiceField(required=False, choices=[(age.name, age.label) for age in AGES], label="Age")
    since = forms.CharField(required=False, label="Bill date since")
    until = forms.CharField(required=False, label="Bill date until")
    vendor = forms.CharField(required=False, max_length=209, label="Vendor")
    sort = forms.CharField(required=False, label="Order")
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, label="Page")
    size = forms.TypedChoiceField(required=False, choices=SIZES, coerce=int, label="Rows")

    def __init__(
        self, data: QueryDict, sorts: Collection[str], *, shown: Callable[[str], bool], day_first: bool = False
    ) -> None:
        """`shown` says of a column whether the person may see it; without it they are offered no filter by it."""
        super().__init__(data)
        self.sorts, self.day_first = sorts, day_first
        self.states = [one for one in STATES if all(map(shown, STATE_READS[one[0]]))]
        self.usual = {**USUAL, **({} if shown("is_paid") else {"state": "all"})}
        self.usual |= {} if shown("due_date") else {"sort": "name"}
        for name in [name for name, columns in FILTER_READS.items() if not all(map(shown, columns))]:
            del self.fields[name]
        state: Any = self.fields["state"]
        state.choices = self.states

    def clean_since(self) -> date | None:
        return self._day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return self._day(self.cleaned_data["until"])

    def _day(self, text: str) -> date | None:
        return parse_date(text, today=timezone.localdate(), day_first=self.day_first) if text else None

    def clean_sort(self) -> str:
        sort: str = self.cleaned_data["sort"]
        if sort and sort.removeprefix("-") not in self.sorts:
            raise forms.ValidationError(f"The list has no column “{sort}”.")
        return sort

    def clean(self) -> None:
        got = self.cleaned_data
        if got.get("since") and got.get("until") and got["since"] > got["until"]:
            self.add_error("until", "The end date is before the start date.")

    def clean_q(self) -> str:
        """Amounts are found as the mirror spells them: 1240.00 for $1,240.00."""
        return re.sub(r"(?<!\S)\$?(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.\d*)(?!\S)", _format_plain, self.cleaned_data["q"])

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address says beside the search and its menus, for the search to hand on."""
        return list_kept(self, typed=("q", "since", "until", "vendor"))

    @property
    def age_label(self) -> str:
        return next((age.label for age in AGES if age.name == self.asked["age"]), "")

    @property
    def asked(self) -> dict[str, Any]:
        """Every value that the list goes by, in its own type; the usual one where none or nonsense was given."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        best = {"sort": ""} if "q" in given else {}  # the best matches of a search come first
        return {**self.usual, "then": self.usual["sort"], **best, **given}


def _format_plain(amount: re.Match[str]) -> str:
    return amount[1].replace(",", "")


def make_filter(asked: Mapping[str, Any]) -> Q:
    """The bills that pass the filters, as `mirror.search` takes them."""
    today = timezone.localdate()
    found = {"unpaid": UNPAID, "overdue": UNPAID & Q(due_date__lt=today), "paid": Q(is_paid=True)}.get(
        asked["state"], Q()
    )
    if asked["age"]:
        found &= next(age for age in AGES if age.name == asked["age"]).due(today)
    if asked["since"]:
        found &= Q(bill_date__gte=asked["since"])
    if asked["until"]:
        found &= Q(bill_date__lte=asked["until"])
    if asked["vendor"]:
        found &= Q(vendor_name_key=make_sort_key(asked["vendor"]))
    return found
