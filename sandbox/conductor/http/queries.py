"""Query parameters, checked as strictly as Conductor does: no unknown ones, no wrong format."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from sandbox.conductor.file.books import Books

from .errors import invalid
from .resources import BALANCE_FILTERS, TRANSACTIONS, Resource, words
from .schemas import DATE, is_date

Query = dict[str, Any]

_MANY = frozenset(
    words(
        "ids fullNames names refNumbers currencyIds classIds vendorIds accountIds itemIds entityIds "
        "objectTypes transactionTypes "
    )
)
_FLAGS = frozenset(("excludeAlternateShippingAddresses", "includeLineItems", "includeLinkedTransactions"))
_DAYS = frozenset(("transactionDateFrom", "transactionDateTo", "dueDate"))
MOMENTS = frozenset(("updatedAfter", "updatedBefore", "deletedAfter", "deletedBefore"))
_CHOICES = {
    "status": ("active", "all", "inactive"),
    "paymentStatus": ("all", "not_paid", "paid"),
    "priceLevelType": ("fixed_percentage", "per_item"),
    "accountType": words(
        "accounts_payable accounts_receivable bank cost_of_goods_sold credit_card equity expense fixed_asset "
        "income long_term_liability non_posting other_asset other_current_asset other_current_liability "
        "other_expense other_income "
    ),
    "paymentMethodType": words(
        "american_express cash check debit_card discover e_check gift_card master_card other other_credit_card visa "
    ),
}
_ONE_OF = (
    ("nameContains", "nameStartsWith", "nameEndsWith"),
    ("refNumberContains", "refNumberStartsWith", "refNumberEndsWith"),
    BALANCE_FILTERS,
)
# Parameters that match a part of a text, and the range of the same text, which they exclude.
_APART = (
    (_ONE_OF[0], ("nameFrom", "nameTo")),
    (_ONE_OF[1], ("refNumberFrom", "refNumberTo")),
)
_NAMES = ("status", "nameContains", "nameStartsWith", "nameEndsWith", "nameFrom", "nameTo")
_MONEY = re.compile(r"-?\d{1,13}(\.\d{1,2})?", re.ASCII)
_DAY = 86_400
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?")


def parameters(resource: Resource) -> tuple[str, ...]:
    """The parameters that the list of this kind accepts."""
    names = ["ids", resource.exact, "updatedAfter", "updatedBefore", *resource.filters]
    if resource.path not in TRANSACTIONS:
        names += _NAMES
    if resource.limited:
        names.append("limit")
    if resource.paged:
        names.append("cursor")
    return tuple(names)


def check_query(raw: str, allowed: tuple[str, ...], choices: dict[str, tuple[str, ...]] | None = None) -> Query:
    """The parameters by name, each converted to its type; else a 400."""
    query: Query = {}
    choices = {**_CHOICES, **(choices or {})}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        if name not in allowed:
            raise invalid(f'Unrecognized key: "{name}"')
        checked = _checked(name, value, choices)
        if name in _MANY:
            query.setdefault(name, []).append(checked)
        elif name in query:
            raise invalid(f'Invalid input: expected string, received array at "{name}"')
        else:
            query[name] = checked
    _check_exclusive(query)
    return query


def _check_exclusive(query: Query) -> None:
    for group in _ONE_OF:
        if len(sent := [name for name in group if name in query]) > 1:
            named = ", ".join(f'"{name}"' for name in sent)
            raise invalid(f"Use at most one of these parameters: {named}")
    for matches, ranges in _APART:
        for match in matches:
            if match in query and (ends := [f'"{name}"' for name in ranges if name in query]):
                raise invalid(f'"{match}" cannot be used together with {" and ".join(ends)}')


def check_page(query: Query, paged: bool) -> None:
    """Refuses a page size above the maximum of paged lists."""
    if paged and query.get("limit", 1) > 150:
        raise invalid('Too big: expected number to be <=150 at "limit"')


def seconds(books: Books, text: str, end: bool) -> int:
    """A time in any of the three formats; without an offset it is in the PC's own zone."""
    if DATE.fullmatch(text):
        start = datetime.fromisoformat(text).replace(tzinfo=books.zone)
        # No date is added to: the last one of the calendar has no next.
        return int(start.timestamp()) + (_DAY - 1 if end else 0)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=books.zone)).timestamp())


def _checked(name: str, value: str, choices: dict[str, tuple[str, ...]]) -> Any:
    if name == "limit":
        if not re.fullmatch(r"\d{1,9}", value) or int(value) < 1:
            raise invalid('Too small: expected number to be >=1 at "limit"')
        return int(value)
    if name in _FLAGS:
        if value not in ("true", "false"):
            raise invalid(f'Invalid option: expected one of "true"|"false" at "{name}"')
        return value == "true"
    if name in choices and value not in choices[name]:
        expected = "|".join(f'"{word}"' for word in choices[name])
        raise invalid(f'Invalid option: expected one of {expected} at "{name}"')
    if name in _DAYS and not is_date(value):
        raise invalid(f'Invalid ISO date at "{name}"')
    if name in MOMENTS and not _is_moment(value):
        raise invalid(f'Invalid ISO date or datetime at "{name}"')
    if name in BALANCE_FILTERS and not _MONEY.fullmatch(value):
        raise invalid(f'Invalid decimal string at "{name}"')
    return value


def _is_moment(value: str) -> bool:
    if DATE.fullmatch(value):
        return is_date(value)
    try:
        return bool(_MOMENT.fullmatch(value) and datetime.fromisoformat(value.replace("Z", "+00:00")))
    except ValueError:
        return False
