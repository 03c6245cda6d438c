"""One input of a list's filters: how its parameter of the address is read, what its chip says, and which records pass.

Knows no kind of record and no provider.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from record_forms.typed.arithmetic import InvalidSum, evaluate
from record_forms.typed.dates import parse_date
from records.fields import Table
from records.formatting import format_date, format_money
from records.numbers import round_amount
from tenants.access import Member

from .spans import BY_NAME, NamedSpan, find_span

LONGEST = 209  # letters of a name
MOST = Decimal(10) ** 13  # of an amount
HIDDEN = "hidden"  # the shape of a part that no person types

Matches = Q | Mapping[str, Any]  # lookups on columns of Record are remembered as a statement; a Q is not


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom and when a list is filtered; `table` is the one that the member may see."""

    member: Member
    table: Table
    today: date


@dataclass(frozen=True, slots=True)
class Offer:
    """What decides which filters a list has: the same for all who see the same fields at one provider."""

    table: Table
    hidden: frozenset[str]
    provider: str
    day_first: bool


def describe_plain(_: Scope, value: Any) -> str:
    return str(value)


@dataclass(frozen=True, slots=True, eq=False)
class FilterPart:
    """One parameter of the address. `shape` is how its input is drawn, `picker` the list that it offers.

    `after` names the part that this one may not come before. A `usual` value applies where none is given, `everything`
    is the one with which all records pass. What is `of_mirror` passes the same records until the mirror changes or
    another day begins. Requests share a part, so it holds nothing of one: whose and when is in the scope that `match`
    and `describe` take.
    """

    name: str
    label: str
    field: forms.Field
    match: Callable[[Scope, Any], Matches]
    describe: Callable[[Scope, Any], str] = describe_plain
    shape: str = "text"
    picker: str = ""
    after: str = ""
    usual: str = ""
    everything: str = ""
    group: str = ""
    of_mirror: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter in force: its parameter, what its chip says, and which records pass.

    `told` names it among others: two that are told alike pass the same records of a mirror; "" if nothing does.
    """

    name: str
    label: str
    text: str
    matches: Matches
    told: str = ""


class DayField(forms.CharField):
    """A day as people type it."""

    def __init__(self, day_first: bool, label: str) -> None:
        super().__init__(required=False, label=label, max_length=40)
        self.day_first = day_first

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        return parse_date(text, today=timezone.localdate(), day_first=self.day_first) if text else None


class AmountField(forms.CharField):
    """An amount as people type it, sums included."""

    def __init__(self, label: str) -> None:
        super().__init__(required=False, label=label, max_length=40)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).replace("$", "").replace("−", "-").strip()
        if not text:
            return None
        try:
            amount = evaluate(text, 3)
        except InvalidSum as error:
            raise forms.ValidationError(f"“{text}” is not an amount. Try 1,240.50.") from error
        if abs(amount) >= MOST:
            raise forms.ValidationError(f"“{text}” is too large.")
        return round_amount(amount)


def make_choice(
    name: str,
    label: str,
    options: Mapping[str, tuple[str, Callable[[Scope], Matches]]],
    *,
    usual: str = "",
    everything: str = "",
    shape: str = "select",
) -> FilterPart:
    """Return a part that takes one of these values: value → its label, and which records pass."""
    field = forms.ChoiceField(required=False, label=label, choices=[(key, one[0]) for key, one in options.items()])
    return FilterPart(
        name, label, field, lambda scope, value: options[value][1](scope), lambda _, value: options[value][0],
        shape=shape, usual=usual, everything=everything,
    )  # fmt: skip


def make_flag(name: str, label: str, match: Callable[[Scope], Matches], *, of_mirror: bool) -> FilterPart:
    """Return a part that is in force or not."""
    field = forms.ChoiceField(required=False, label=label, choices=[("1", "Yes")])
    return FilterPart(
        name, label, field, lambda scope, _: match(scope), lambda *_: "", shape="flag", of_mirror=of_mirror
    )


def make_name(
    name: str,
    label: str,
    match: Callable[[Scope, str], Matches],
    picker: str,
    describe: Callable[[Scope, str], str] = describe_plain,
) -> FilterPart:
    """Return a part that takes a name, from a picker where there is one."""
    field = forms.CharField(required=False, label=label, max_length=LONGEST)
    return FilterPart(name, label, field, match, describe, shape="name", picker=picker)


def make_hidden(
    name: str, label: str, match: Callable[[Scope, str], Matches], describe: Callable[[Scope, str], str]
) -> FilterPart:
    """Return a part that only links have: it has a chip, but no input of its own."""
    field = forms.CharField(required=False, label=label, max_length=LONGEST)
    return FilterPart(name, label, field, match, describe, shape=HIDDEN)


def name_ends(name: str) -> tuple[str, str]:
    """Return the parameters of the two ends of a range of amounts."""
    return f"{name}_from", f"{name}_to"


def make_amounts(name: str, label: str, match: Callable[[Scope, str, Any], Matches]) -> tuple[FilterPart, FilterPart]:
    """Return the two ends of a range of amounts; `match` takes a lookup and an amount."""
    least, most = name_ends(name)
    return (
        FilterPart(
            least, label, AmountField(f"{label} from"), lambda scope, value: match(scope, "gte", value),
            lambda _, value: f"from {format_money(value)}", shape="amount", group=name,
        ),
        FilterPart(
            most, label, AmountField(f"{label} up to"), lambda scope, value: match(scope, "lte", value),
            lambda _, value: f"up to {format_money(value)}", shape="amount", after=least, group=name,
        ),
    )  # fmt: skip


def make_days(
    names: tuple[str, str, str],
    label: str,
    match: Callable[[date | None, date | None], Matches],
    *,
    spans: tuple[NamedSpan, ...],
    day_first: bool,
) -> tuple[FilterPart, FilterPart, FilterPart]:
    """Return a span by its name and the two ends of one's own; `match` takes the first and the last day."""
    span, since, until = names
    choices = forms.ChoiceField(required=False, label=label, choices=[(one.name, one.label) for one in spans])
    return (
        FilterPart(
            span, label, choices, lambda scope, value: match(*find_span(value, scope.today, monday=day_first)),
            lambda _, value: BY_NAME[value].label.lower(), shape="select", group=span,
        ),
        FilterPart(
            since, label, DayField(day_first, f"{label} since"), lambda _, value: match(value, None),
            lambda _, value: f"since {format_date(value)}", shape="day", group=span,
        ),
        FilterPart(
            until, label, DayField(day_first, f"{label} until"), lambda _, value: match(None, value),
            lambda _, value: f"until {format_date(value)}", shape="day", after=since, group=span,
        ),
    )  # fmt: skip
