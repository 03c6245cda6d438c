"""The filters of the list of bills, declared only here, and the ages into which open bills fall."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from bills.checks.duplicates import find_all_flagged, find_all_same_amounts
from bills.terms.discounts import list_ending
from edits.list_filters import EDIT_FILTERS
from record_forms.filters.conditions import match_extra
from record_forms.filters.declare import (
    ChoiceFilter,
    CurrencyFilter,
    EntryFilter,
    FieldFilter,
    Filter,
    FilterOption,
    FlagFilter,
    is_readable,
    make_offer,
)
from record_forms.filters.parts import Matches, Scope
from record_forms.filters.spans import DUE

# As lists of one: SQLite uses no index for a column that stands alone as a condition.
UNPAID, PAID = Q(is_paid__in=[False]), Q(is_paid__in=[True])
MANY = 1_000  # ids that a statement takes as values of its own
AGING = ("open_amount", "due_date", "is_paid", "currency")  # what the sums by age are made of


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

    @property
    def whole_label(self) -> str:
        """What a chip says, which stands alone."""
        return self.span if self.least is None else f"{self.span} days overdue"

    def due(self, today: date) -> Q:
        """The bills of this age. One without a due date is not overdue."""
        if self.least is None:
            return Q(due_date__gte=today) | Q(due_date__isnull=True)
        latest = Q(due_date__lte=today - timedelta(days=self.least))
        return latest if self.most is None else latest & Q(due_date__gte=today - timedelta(days=self.most))

    def match(self, scope: Scope) -> Matches:
        """The open bills of this age: what is paid is not overdue, whatever its due date."""
        return UNPAID & self.due(scope.today)


AGES = (
    AgeBucket("current", "Current", None, 0),
    AgeBucket("1-30", "1–30", 1, 30, "days overdue"),
    AgeBucket("31-60", "31–60", 31, 60),
    AgeBucket("61-90", "61–90", 61, 90),
    AgeBucket("over-90", "Over 90", 91, None),
)


def _match_all(scope: Scope) -> Matches:
    return {}


def _match_duplicates(scope: Scope) -> Matches:
    """The bills that a save would ask about: by their number, and by their amount on days near each other."""
    company, kind = scope.member.tenant, scope.table.kind
    by_amount = is_readable(make_offer(scope), ("amount", "bill_date"))
    same_amounts = find_all_same_amounts(company, kind) if by_amount else frozenset[str]()
    return _match_ids(find_all_flagged(company, kind) | same_amounts)


def _match_same_numbers(scope: Scope) -> Matches:
    return _match_ids(find_all_flagged(scope.member.tenant, scope.table.kind))


def _match_discount(scope: Scope) -> Matches:
    return UNPAID & _match_ids(one.remote_id for one in list_ending(scope.member.tenant, scope.table.kind, scope.today))


def _match_ids(ids: Iterable[str]) -> Q:
    found = sorted(ids)
    if len(found) <= MANY:
        return Q(remote_id__in=found)
    listed = "json_each(%s)" if connection.vendor == "sqlite" else "jsonb_array_elements_text(%s::jsonb)"
    return Q(remote_id__in=RawSQL(f"SELECT value FROM {listed}", [json.dumps(found)]))  # noqa: S608, S611 - one of two constants, and the ids are a value


STATES = (
    FilterOption(name="unpaid", label="Unpaid", reads=("is_paid",), match=lambda _: UNPAID),
    FilterOption(
        name="overdue",
        label="Overdue",
        reads=("is_paid", "due_date"),
        match=lambda scope: UNPAID & Q(due_date__lt=scope.today),
    ),
    FilterOption(
        name="pending", label="Pending", reads=("is_pending",), match=lambda _: match_extra("is_pending", "true")
    ),
    FilterOption(name="paid", label="Paid", reads=("is_paid",), match=lambda _: PAID),
    FilterOption(name="all", label="All", match=_match_all),
)
FILTERS: tuple[Filter, ...] = (
    ChoiceFilter(name="state", label="Status", options=STATES, usual="unpaid", everything="all", shape="tabs"),
    ChoiceFilter(
        name="age",
        label="Age",
        reads=("due_date", "is_paid"),
        options=tuple(FilterOption(name=age.name, label=age.whole_label, match=age.match) for age in AGES),
    ),
    FieldFilter(name="vendor", field="vendor_name", label="Vendor"),
    EntryFilter(name="vendor_id", label="Vendor", column="vendor_id", kind="vendors", reads=("vendor_name",)),
    FieldFilter(name="terms", field="terms_name", label="Terms"),
    FieldFilter(name="account", field="line_account", label="Account of a line"),
    FieldFilter(name="class", field="line_class", label="Class of a line"),
    FieldFilter(name="bill_date", label="Bill date", days=("dated", "since", "until")),
    FieldFilter(name="due_date", label="Due date", days=("due", "due_since", "due_until"), spans=DUE),
    FieldFilter(name="amount", label="Amount"),
    FieldFilter(name="open", field="open_amount", label="Amount due"),
    CurrencyFilter(name="currency"),
    *EDIT_FILTERS,
    FlagFilter(name="duplicate", label="Possible duplicate", reads=("vendor_id", "number"), match=_match_duplicates),
    FlagFilter(
        name="same_number", label="Same number as another", reads=("vendor_id", "number"), match=_match_same_numbers
    ),
    FlagFilter(
        name="discount",
        label="Discount ends within 7 days",
        reads=("terms_name", "bill_date", "open_amount"),
        match=_match_discount,
    ),
)
KEPT = ("line_account", "line_class", "is_pending")  # what the filters read that no column shows
