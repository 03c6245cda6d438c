"""Which records of a list a bulk change is for: single rows as the list showed them, or all that the list has.

A row is chosen by the version that the list showed of it, so that a change of it since is noticed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.http import QueryDict

from books.mirror.currencies import get_code
from books.models import Record, Version
from books.pages.record_lists import LISTS, LONGEST
from record_forms.filters.state import ListState
from records.numbers import round_amount
from tenants.access import Member

MOST_ROWS = 1_000  # chosen one by one, which is what an address can hold
MOST_RECORDS = 5_000  # of one bulk change
AT_ONCE = 500  # records of a list that are held with their contents
BASE = 36  # in which the script writes the numbers of the chosen rows
LONGEST_NUMBER = 18


class SelectionForm(forms.Form):
    """The selection as it is in an address: `list` is the query of the list, `all` means each of its records.

    Without a script the address has a `row` for each ticked box. The script sends `rows` instead: the numbers in order,
    each less the one before it, as it keeps the rows of other pages too. `but` are the rows that `all` does not mean.
    """

    list = forms.CharField(required=False, max_length=LONGEST)
    rows = forms.CharField(required=False)
    but = forms.CharField(required=False)
    all = forms.BooleanField(required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.query = query

    def clean_rows(self) -> Sequence[int]:
        texts = self.query.getlist("row")
        if any(not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER for text in texts):
            raise ValidationError("These are no rows of the list.")
        found = sorted({*map(int, texts), *_unpack(self.cleaned_data["rows"])})
        if len(found) > MOST_ROWS:
            raise ValidationError(f"Select at most {MOST_ROWS:,} rows one by one, or filter the list and take all.")
        return found

    def clean_but(self) -> Sequence[int]:
        found = list(_unpack(self.cleaned_data["but"]))
        if len(found) > MOST_ROWS:
            raise ValidationError(f"Leave out at most {MOST_ROWS:,} rows one by one, or filter the list.")
        return found

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data["all"] and not self.cleaned_data["rows"]:
            raise ValidationError("Nothing is selected.")


def _unpack(text: str) -> Iterator[int]:
    number = 0
    for part in filter(None, text.split(".")):
        try:
            number += int(part, BASE) if part.isalnum() and part.isascii() else -1
        except ValueError:
            number = -1
        if not 0 < number < 10**LONGEST_NUMBER:
            raise ValidationError("These are no rows of the list.")
        yield number


@dataclass(frozen=True, slots=True)
class ChosenRecord:
    """A record of a selection, and the version that the list showed; None if it is not completely loaded."""

    record: Record
    seen: Version | None


@dataclass(frozen=True, slots=True)
class SelectionTotal:
    """What the selected records of one currency add up to in the last column that has a total."""

    count: int
    amount: Decimal | None
    currency: str


class BulkSelection:
    """The selected records of one company; of others the records that their own list has by the same query."""

    def __init__(self, member: Member, kind: str, form: SelectionForm) -> None:
        self.member, self.kind = member, kind
        self.query: str = form.cleaned_data["list"]
        self.versions: list[int] = form.cleaned_data["rows"]
        self.is_all: bool = form.cleaned_data["all"]
        self.but: list[int] = form.cleaned_data["but"] if self.is_all else []

    @cached_property
    def state(self) -> ListState:
        return self.make_state(self.member)

    def make_state(self, member: Member) -> ListState:
        """Return what the query asks of the list of another company."""
        state = LISTS[self.kind](member, QueryDict(self.query))
        assert isinstance(state, ListState)
        return state

    @property
    def is_understood(self) -> bool:
        """Whether the list of every filter is there; a filter that is left out would select more than people see."""
        return not self.is_all or _is_understood(self.state)

    @cached_property
    def total(self) -> int:
        return sum(one.count for one in self.totals)

    @cached_property
    def missing(self) -> int:
        """How many of the rows that were chosen, or left out, are no longer kept."""
        numbers = self.but if self.is_all else self.versions
        return len(numbers) - self._list_versions(numbers).count()

    @cached_property
    def unlisted(self) -> int:
        """How many of the chosen rows the list does not have as it is searched and filtered now."""
        return 0 if self.is_all else self._filter().exclude(pk__in=self.state.filter().values("pk")).count()

    @cached_property
    def amount_label(self) -> str:
        """What `totals` add up; "" for nothing."""
        return self._summed[1]

    @property
    def _summed(self) -> tuple[str, str]:
        """The last column of the list with a total: its name and its label."""
        return next(((one.name, one.label) for one in reversed(self.state.usual) if one.total), ("", ""))

    @cached_property
    def totals(self) -> list[SelectionTotal]:
        """Return how many records are selected in each currency, that of most first, and what they add up to."""
        name, _ = self._summed
        by = ["currency"] if "currency" not in self.state.table.hidden_columns else []
        sums = {"amount_sum": Sum(name)} if name else {}
        rows = self._filter().order_by().values(*by, "kind").annotate(count=Count("id"), **sums)
        found = [
            SelectionTotal(
                row["count"], _round(row.get("amount_sum")), get_code(self.member.tenant, row.get("currency"))
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: (-one.count, one.currency))

    def _filter(self) -> QuerySet[Record]:
        if self.is_all:
            return self._leave_out(self.state)
        return Record.objects.filter(pk__in=self._list_versions(self.versions).values("record"))

    def _leave_out(self, state: ListState) -> QuerySet[Record]:
        """Return what a list has but for the rows that were left out, which are of one company."""
        found = state.filter()
        return found.exclude(pk__in=list(self._list_versions(self.but).values_list("record", flat=True)))

    def _list_versions(self, numbers: Sequence[int]) -> QuerySet[Version]:
        own = Version.objects.filter(record__tenant=self.member.tenant, record__kind=self.kind)
        return own.filter(pk__in=numbers)

    def list_chosen(self, others: Iterable[Member] = ()) -> Iterator[tuple[Member, ChosenRecord]]:
        """Yield the selected records in the order of their list, then those of other companies by the same query."""
        found = self._read_all(self.state) if self.is_all else self._read_rows()
        yield from ((self.member, one) for one in found)
        for other in others if self.is_all else ():
            yield from ((other, one) for one in self._read_all(self.make_state(other)))

    def count_in(self, member: Member) -> int | None:
        """Return how many records of another company the query finds; None if its list does not have the filters.

        A status that nobody has chosen is a filter too, and a day that was typed has to be the same day there.
        """
        state = self.make_state(member)
        is_same = _is_understood(state) and _list_asked(state) == _list_asked(self.state)
        return state.filter().count() if is_same else None

    def _read_all(self, state: ListState) -> Iterator[ChosenRecord]:
        found = self._leave_out(state).order_by(*state.order()).select_related("version")
        for record in found.iterator(chunk_size=AT_ONCE):
            record.tenant = state.tenant
            yield ChosenRecord(record, record.version)

    def _read_rows(self) -> Iterator[ChosenRecord]:
        seen = {one.record_id: one for one in self._list_versions(self.versions).order_by("pk")}
        for record in Record.objects.filter(pk__in=seen).order_by(*self.state.order()):
            record.tenant = self.member.tenant
            version = seen[record.pk]
            if version.pk == record.version_id:
                record.version = version
            yield ChosenRecord(record, version)


def _is_understood(state: ListState) -> bool:
    return not state.form.errors and not state.ignored


def _list_asked(state: ListState) -> dict[str, Any]:
    """Return the values that a list is filtered by, by their parameters, and its search."""
    filters = {part.name: state.asked[part.name] for part in state.parts if state.asked[part.name] is not None}
    return {"q": state.asked["q"], **filters}


def _round(amount: Any) -> Decimal | None:
    """SQLite adds up in floating point; a tenth of a cent is exact again."""
    return None if amount is None else round_amount(Decimal(str(amount)))
