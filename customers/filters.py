"""The filters of the list of customers, declared only here."""

from django.db.models import DecimalField, F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan

from edits.list_filters import EDIT_FILTERS
from record_forms.filters.declare import (
    ChoiceFilter,
    CurrencyFilter,
    EntryFilter,
    FieldFilter,
    Filter,
    FilterOption,
    FlagFilter,
)
from record_forms.filters.parts import Matches, Scope

STATES = (
    # As a list of one: SQLite uses no index for a column that stands alone as a condition.
    FilterOption(name="active", label="Active", match=lambda _: {"is_active__in": [True]}),
    FilterOption(name="inactive", label="Inactive", match=lambda _: {"is_active__in": [False]}),
    FilterOption(name="all", label="All", match=lambda _: {}),
)
OWING = (
    FilterOption(name="owed", label="Owes you", match=lambda _: {"balance__gt": 0}),
    FilterOption(name="credit", label="Has a credit", match=lambda _: {"balance__lt": 0}),
    FilterOption(name="zero", label="Zero", match=lambda _: {"balance": 0}),
)


def _match_over_limit(scope: Scope) -> Matches:
    """A limit counts for what the jobs owe too. Without a limit, none is exceeded."""
    limit = Cast(KeyTextTransform("credit_limit", "extra"), DecimalField(max_digits=20, decimal_places=5))
    return Q(GreaterThan(F("total_balance"), limit))


FILTERS: tuple[Filter, ...] = (
    ChoiceFilter(
        name="state", label="Status", reads=("is_active",), options=STATES, usual="active", everything="all",
        shape="tabs",
    ),
    EntryFilter(name="parent", label="Jobs of", column="parent_id", kind="customers"),
    FieldFilter(name="type", field="customer_type", label="Type"),
    FieldFilter(name="terms", field="terms_name", label="Terms"),
    FieldFilter(name="class", label="Class"),
    FieldFilter(name="rep", field="sales_representative", label="Sales rep"),
    FieldFilter(name="job_status", label="Job status"),
    ChoiceFilter(name="owes", label="Open balance", reads=("balance",), options=OWING),
    FieldFilter(name="balance", label="Balance"),
    FlagFilter(
        name="over_limit", label="Over the credit limit", reads=("credit_limit", "total_balance"),
        match=_match_over_limit,
    ),
    CurrencyFilter(name="currency"),
    FieldFilter(name="changed", field="changed_at", label="Last modified"),
    *EDIT_FILTERS,
)  # fmt: skip
# What the filters read that no column shows.
KEPT = ("customer_type", "class", "sales_representative", "job_status", "credit_limit")
