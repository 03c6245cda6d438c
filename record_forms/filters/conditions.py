"""The conditions that filters make of what was chosen or typed: lookups on the columns and on `extra` of a record."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Func, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual, StartsWith
from django.utils import timezone

from books.mirror.currencies import get_code
from books.mirror.order import OWN, compare_by
from books.mirror.pickers import list_spellings
from books.mirror.projection import KEYS, LINE_MEMBERS, name_key
from books.models import BELOW, ContainsLiteral, order_by_name
from records.searching import make_sort_key
from tenants.models import Tenant

from .parts import Condition, Matches, Scope

NO_CURRENCY = "none"  # as the name of a currency: records that have none


def name_currency(tenant: Tenant, name: str | None) -> str:
    """Return what an address names a currency by."""
    return get_code(tenant, name) or NO_CURRENCY


def match_currency(names: list[str]) -> Matches:
    """Return the condition that a record's currency has one of these names; NO_CURRENCY is none at all."""
    return {"currency__isnull": True} if names == [NO_CURRENCY] else {"currency__in": names}


def join_matches(conditions: Iterable[Condition]) -> Matches:
    """Return one condition for all of them; as lookups where all are, so that its statement can be remembered."""
    found: dict[str, Any] = {}
    others: list[Q] = []
    for one in conditions:
        if isinstance(one.matches, Q) or not found.keys().isdisjoint(one.matches):
            others.append(_make_q(one.matches))
        else:
            found |= one.matches
    return Q(*others, **found) if others else found


def match_amount(name: str, scope: Scope, lookup: str, value: Decimal) -> Matches:
    if name in OWN:
        return {f"{name}__{lookup}": value}
    compare = {"gte": GreaterThanOrEqual, "lte": LessThanOrEqual}[lookup]
    return Q(compare(compare_by(name, scope.table), value))


def match_text(name: str, text: str, _: Scope) -> Matches:
    return {name: text} if name in OWN else match_extra(name, text)


def match_name(name: str, scope: Scope, text: str) -> Matches:
    """Return the condition for a name as names are compared; what is below it passes too, as in QuickBooks' reports."""
    key = make_sort_key(" ".join(text.split()))
    if name_key(name) in KEYS:
        return {name_key(name): key}
    if name in LINE_MEMBERS:
        return hint_at(f"\n{key}{BELOW}") & Q(ContainsLiteral(KeyTextTransform(name, "extra"), f"\n{key}{BELOW}"))
    hint = Q(*map(hint_at, key.split(BELOW)))
    if name in OWN:
        # Only a text that is not plain (`records.folding`) has a key of its own in `extra`: JSON is read for few rows.
        keyed = _start_below(KeyTextTransform(name_key(name), "extra"), key)
        return _start_below(order_by_name(name), key) | (hint & keyed)
    return hint & _start_below(compare_by(name, scope.table), key)


def match_entry(name: str, picker: str, scope: Scope, text: str) -> Matches:
    """Return the condition for the name of an entry of a picker, however records call it."""
    first, *others = (match_name(name, scope, one) for one in list_spellings(scope.member, picker, text))
    return reduce(or_, map(_make_q, others), _make_q(first)) if others else first


def _make_q(matches: Matches) -> Q:
    return matches if isinstance(matches, Q) else Q(**matches)


def _start_below(held: Any, key: str) -> Q:
    """Return the condition that a text is this name, or below it."""
    closed = Func(held, Value(BELOW), template="(%(expressions)s)", arg_joiner=" || ", output_field=TextField())
    return Q(StartsWith(closed, f"{key}{BELOW}"))


def hint_at(text: str) -> Q:
    """Return a condition that every row fulfils which has this text in `extra`, and few others.

    SQLite reads JSON for each condition on a part of it: of 100,000 rows, that takes four times as long as this.
    """
    if connection.vendor != "sqlite":
        return Q()
    return Q(ContainsLiteral(Cast("extra", TextField()), json.dumps(text)[1:-1]))


def match_extra(name: str, text: str) -> Q:
    """Return the condition that `extra` holds this text for a field."""
    whole = json.dumps({name: text})[1:-1]
    hint = Q(ContainsLiteral(Cast("extra", TextField()), whole)) if connection.vendor == "sqlite" else Q()
    return hint & Q(**{f"extra__{name}": text})


def match_days(name: str, since: date | None, until: date | None) -> Matches:
    found: dict[str, Any] = {}
    found |= {f"{name}__gte": since} if since else {}
    return found | ({f"{name}__lte": until} if until else {})


def match_moments(name: str, since: date | None, until: date | None) -> Matches:
    """Return the condition for a moment on these days, by the clock of the pages."""
    found: dict[str, Any] = {}
    found |= {f"{name}__gte": _begin(since)} if since else {}
    return found | ({f"{name}__lt": _begin(until + timedelta(days=1))} if until else {})


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
