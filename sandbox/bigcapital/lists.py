"""The list of customers: filtered, sorted, paginated, and the queries that end in an error."""

from typing import Any

from sandbox.store import Store

from . import contacts, filters
from .answers import against_rule, unhandled
from .contacts import Contact
from .organizations import Organization
from .spelling import in_wire_order

_DEFAULTS: dict[str, Any] = {"sortOrder": "desc", "columnSortBy": "created_at", "page": 1, "pageSize": 12}
_VIEWS = ("overdue", "unpaid")


def list_customers(store: Store, organization: Organization, query: dict[str, Any]) -> dict[str, Any]:
    """A page of customers: `{customers, pagination, filter_meta}`. Sent values, null too, override the defaults."""
    asked = {**_DEFAULTS, **query}
    tests = _tests(asked)
    # Customers whose `active` is null are in neither half.
    half = 0 if _is_true(asked.get("inactiveMode")) else 1
    found = [one for one in contacts.customers(store, organization) if one["active"] == half]
    found = [one for one in found if all(test(one) for test in tests)]
    _sort(found, asked["columnSortBy"], asked["sortOrder"], asked["page"])
    page = _page(found, asked["page"], asked["pageSize"])
    return {
        "customers": [contacts.shown(organization, one) for one in page],
        "pagination": {"total": len(found), "page": asked["page"], "page_size": asked["pageSize"]},
        "filter_meta": _meta(asked),
    }


def _tests(asked: dict[str, Any]) -> list[filters.Test]:
    """The conditions of a list, refused in the order in which the server checks them."""
    text = asked.get("stringifiedFilterRoles")
    roles = filters.read_roles(text) if text else []
    tests = [filters.searching(asked["searchKeyword"])] if asked.get("searchKeyword") else []
    view, column = asked.get("viewSlug"), asked["columnSortBy"]
    if view and view not in _VIEWS:
        raise against_rule("view_not_found")
    if column and column not in filters.KINDS:
        raise against_rule("sort_column_not_found")
    filters.check_roles(roles)
    # The overdue view uses invoices, which its model does not have, and the sort by status a column that does not
    # exist.
    if view == "overdue" or column == "status":
        raise unhandled()
    if view:
        tests.append(filters.is_unpaid)
    return [*tests, filters.matching(roles)] if roles else tests


def _is_true(word: Any) -> bool:
    return str(word).strip().lower() in ("true", "1")


def _sort(found: list[Contact], column: str | None, order: str | None, page: int | None) -> None:
    """Sorts in place. Any word but `desc` ascends, nulls are least.

    The database promises no order of equal values, and has another one for each query: here ties are by id, on every
    second page the other way round.
    """
    if not column:
        return

    def place(contact: Contact) -> tuple[bool, Any]:
        value = contact[column]
        if value is None:
            return False, 0
        return True, filters.folded(value) if filters.KINDS[column] == "text" else value

    if page and page % 2 == 0:
        found.reverse()
    found.sort(key=place, reverse=str(order).lower() == "desc")


def _page(found: list[Contact], page: int | None, size: int | None) -> list[Contact]:
    """One page; the database refuses a negative offset, such as that of page 0."""
    start, size = ((page or 0) - 1) * (size or 0), size or 0
    if start < 0 or size < 0:
        raise unhandled()
    return found[start : start + size]


def _meta(asked: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if asked.get("searchKeyword"):
        meta["search_keyword"] = asked["searchKeyword"]
    if asked["columnSortBy"]:
        meta.update(field_key=asked["columnSortBy"], order=asked["sortOrder"])
    return {name: meta[name] for name in in_wire_order(meta)}
