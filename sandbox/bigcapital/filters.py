"""Filters customers like the database: ignoring case, accents and trailing spaces."""

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from .answers import against_rule, unhandled
from .contacts import Contact

Test = Callable[[Contact], bool]

_TEXTS = ("first_name", "last_name", "display_name", "email", "work_phone", "personal_phone", "company_name", "website")
KINDS = {
    **dict.fromkeys((*_TEXTS, "currency_code"), "text"),
    **dict.fromkeys(("balance", "opening_balance"), "number"),
    **dict.fromkeys(("created_at", "opening_balance_at"), "date"),
    "status": "status",
}
# The keyword may be part of the first two; all others must equal it.
_SEARCHED_IN = ("display_name", "first_name")
_SEARCHED = ("last_name", "company_name", "email", "work_phone", "personal_phone", "website")


def folded(value: Any) -> str:
    """A text as the database compares it."""
    parts = unicodedata.normalize("NFKD", str(value))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold().rstrip(" ")


def searching(keyword: str) -> Test:
    """Whether a customer matches a keyword."""

    def test(contact: Contact) -> bool:
        part, same = _match_pattern(f"%{keyword}%"), folded(keyword)
        return any(part(contact[name]) for name in _SEARCHED_IN) or any(
            contact[name] is not None and folded(contact[name]) == same for name in _SEARCHED
        )

    return test


def is_unpaid(contact: Contact) -> bool:
    """Whether anything is owed, by the sum of both balances."""
    if contact["balance"] is None or contact["opening_balance"] is None:
        return False
    return bool(contact["balance"] + contact["opening_balance"] != 0)


def read_roles(text: str) -> list[dict[str, Any]]:
    """The conditions of `stringifiedFilterRoles`."""
    try:
        roles = json.loads(text)
    except ValueError:
        raise unhandled() from None
    return roles if isinstance(roles, list) else [roles]


def check_roles(roles: list[Any]) -> None:
    """Refuses conditions that have no field or value, or an unknown field."""
    for role in roles:
        good = isinstance(role, dict) and "value" in role and isinstance(role.get("fieldKey"), str)
        if not good or not isinstance(role.get("condition", ""), str):
            raise against_rule("stringified_filter_roles_invalid")
    if any(role["fieldKey"] not in KINDS for role in roles):
        raise against_rule("filter_roles_fields_not_found")


def matching(roles: list[dict[str, Any]]) -> Test:
    """Whether a customer meets these conditions; `and` binds more tightly than `or`."""
    groups: list[list[Test]] = [[]]
    for position, role in enumerate(roles):
        word = str(role.get("condition", "")).lower()
        if position and word not in ("and", "or"):
            raise unhandled()
        if position and word == "or":
            groups.append([])
        groups[-1].append(_test(role))
    return lambda contact: any(all(test(contact) for test in group) for group in groups)


def _test(role: dict[str, Any]) -> Test:
    field, comparator, value = role["fieldKey"], role.get("comparator"), role["value"]
    kind = KINDS[field]
    if kind == "status":
        return _status(value)
    if kind == "date":
        return _date(field, comparator, value)
    if value is None:
        return _null(field, comparator)
    compare = (_number if kind == "number" else _text)(comparator, value)
    return lambda contact: contact[field] is not None and compare(contact[field])


def _status(value: Any) -> Test:
    if value == "overdue":
        raise unhandled()
    return is_unpaid if value == "unpaid" else lambda contact: True


def _null(field: str, comparator: str | None) -> Test:
    if comparator in ("not_equals", "not_equal", "is_not"):
        return lambda contact: contact[field] is not None
    return lambda contact: contact[field] is None


def _text(comparator: str | None, value: Any) -> Callable[[Any], bool]:
    shape = {
        **dict.fromkeys(("contains", "contain"), f"%{value}%"),
        **dict.fromkeys(("starts_with", "start_with"), f"{value}%"),
        **dict.fromkeys(("ends_with", "end_with"), f"%{value}"),
    }.get(comparator or "")
    if shape is not None:
        return _match_pattern(shape)
    if comparator in ("not_equals", "not_equal", "is_not"):
        return lambda stored: folded(stored) != folded(value)
    # An unknown comparison counts as equality, `not_contains` included.
    return lambda stored: folded(stored) == folded(value)


def _number(comparator: str | None, value: Any) -> Callable[[Any], bool]:
    found = re.match(r"\s*-?\d+(\.\d+)?", str(value))
    wanted = float(found[0]) if found else 0.0
    tests: dict[str | None, Callable[[Any], bool]] = {
        **dict.fromkeys(("not_equals", "not_equal"), lambda stored: stored != wanted),
        **dict.fromkeys(("bigger_than", "bigger"), lambda stored: stored > wanted),
        "bigger_or_equals": lambda stored: stored >= wanted,
        **dict.fromkeys(("smaller_than", "smaller"), lambda stored: stored < wanted),
        "smaller_or_equals": lambda stored: stored <= wanted,
    }
    return tests.get(comparator, lambda stored: stored == wanted)


def _date(field: str, comparator: str | None, value: Any) -> Test:
    """Dates are compared in a query with a wrong time format: `after` matches every day, `in` none.

    Source: docs/vendors/bigcapital.md, section 5.2.
    """
    day = str(value)[:10]
    if comparator == "before":
        return lambda contact: contact[field] is not None and contact[field] < day
    if comparator == "after":
        return lambda contact: contact[field] is not None
    if comparator == "in":
        return lambda contact: False
    raise unhandled()


def _match_pattern(pattern: str) -> Callable[[Any], bool]:
    signs = {"%": ".*", "_": "."}
    expression = re.compile("".join(signs.get(sign) or re.escape(sign) for sign in _strip_accents(pattern)), re.DOTALL)
    return lambda stored: stored is not None and expression.fullmatch(_strip_accents(str(stored))) is not None


def _strip_accents(value: str) -> str:
    parts = unicodedata.normalize("NFKD", value)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()
