"""Lists: which records match a query, and the forward-only iterators that return them page by page."""

import secrets
import threading
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.conductor.http.errors import invalid, not_found, quickbooks
from sandbox.conductor.http.queries import Query, seconds
from sandbox.conductor.http.resources import BALANCE_FILTERS, TRANSACTIONS, Resource

from . import ranges, records
from .books import Books

PAGE = 150
Match = Callable[[Books, Query], Iterable[int]]
Join = Callable[[Books, "array[int]", Query], str]
_SIGNS = {"": "=", "GreaterThan": ">", "GreaterThanOrEqualTo": ">=", "LessThan": "<", "LessThanOrEqualTo": "<="}


@dataclass
class Iteration:
    """One pass through a list: its remaining rows, and its expiry time."""

    company: str
    resource: str
    query: Query
    left: "array[int]"
    expires: float


class Iterations:
    """The open iterators. Each expires a few seconds after its last page."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._open: dict[str, Iteration] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Closes all iterators."""
        with self._lock:
            self._open.clear()

    def take(self, cursor: str, company: str, resource: str) -> Iteration:
        """The iterator of a cursor; refused when it has expired or ended."""
        with self._lock:
            run = self._open.pop(cursor, None)
        if run is None or run.expires < time.monotonic() or (run.company, run.resource) != (company, resource):
            text = f'The iterator "{cursor}" is not valid: it has expired or reached its end. Start the list again.'
            raise quickbooks(None, text)
        return run

    def keep(self, cursor: str, run: Iteration) -> None:
        """Keeps an iterator for its next page."""
        now = time.monotonic()
        run.expires = now + self._window
        with self._lock:
            self._open = {key: other for key, other in self._open.items() if other.expires > now}
            self._open[cursor] = run


def answer_list(books: Books, iterations: Iterations, resource: Resource, query: Query) -> str:
    """The complete response to a list request, as text."""
    url = f'"url":"/v1/quickbooks-desktop/{resource.path}"'
    if not resource.paged:
        keys = matches(books, resource, query)[: query.get("limit")]
        return f'{{"objectType":"list",{url},"data":[{_join(books, resource, keys, query)}]}}'
    return answer_page(
        books,
        iterations,
        resource,
        query,
        lambda of, sent: matches(of, resource, sent),
        lambda of, keys, sent: _join(of, resource, keys, sent),
    )


def answer_page(
    books: Books, iterations: Iterations, resource: Resource, query: Query, match: Match, join: Join
) -> str:
    """One page of a list whose rows `match` finds and `join` writes."""
    url = f'"url":"/v1/quickbooks-desktop/{resource.path}"'
    cursor, run = _run(books, iterations, resource, query, match)
    limit = query.get("limit", PAGE)
    page, run.left = run.left[:limit], run.left[limit:]
    data = join(books, page, query)
    more = len(run.left) > 0
    if more:
        iterations.keep(cursor, run)
    shown = f'"{cursor}"' if more else "null"
    tail = f'"nextCursor":{shown},"remainingCount":{len(run.left)},"hasMore":{"true" if more else "false"}'
    return f'{{"objectType":"list",{url},"data":[{data}],{tail}}}'


def matches(books: Books, resource: Resource, query: Query) -> "array[int]":
    """The records that match a query, in QuickBooks' own order."""
    if "ids" in query:
        return _exact(books, resource, "id", query["ids"])
    if resource.exact in query:
        column = "ref_number" if resource.exact == "refNumbers" else "full_name"
        wanted = query[resource.exact]
        return _exact(books, resource, column, wanted if column == "ref_number" else [w.casefold() for w in wanted])
    ranges.check_ranges(books, query)
    where = ["company = ?", "resource = ?"]
    values: list[Any] = [books.company, resource.path]
    for clause, *bound in _clauses(books, resource, query):
        where.append(clause)
        values += bound
    ranged = ranges.find_range(query)
    # Without the text of the range the index alone is enough, which matters for a list of 100,000.
    columns = f"seq, {ranged.column}" if ranged else "seq"
    order = _order(resource)
    rows = books.store.rows(f"SELECT {columns} FROM records WHERE {' AND '.join(where)} ORDER BY {order}", *values)
    if ranged:
        rows = [row for row in rows if row[1] and ranged.holds(row[1], query)]
        if ranged.prefix == "name" and resource.path != "accounts":
            rows.sort(key=lambda row: ranges.sort_name(row[1]))
    return array("q", [row[0] for row in rows])


def _order(resource: Resource) -> str:
    """QuickBooks' own order of a list without a range. Accounts have none, even with a range."""
    if resource.path == "accounts":
        return "seq * 2654435761 % 4294967291"
    return "day, seq" if resource.path in TRANSACTIONS else "full_name"


def _run(books: Books, iterations: Iterations, resource: Resource, query: Query, match: Match) -> tuple[str, Iteration]:
    sent = {name: value for name, value in query.items() if name != "cursor"}
    if "cursor" not in query:
        run = Iteration(books.company, resource.path, sent, array("q", match(books, query)), 0.0)
        return secrets.token_urlsafe(18), run
    run = iterations.take(query["cursor"], books.company, resource.path)
    if run.query != sent:
        raise invalid('The other parameters must be those of the first request at "cursor"')
    return query["cursor"], run


def _exact(books: Books, resource: Resource, column: str, wanted: list[str]) -> "array[int]":
    found = array("q")
    for value in dict.fromkeys(wanted):
        sql = f"SELECT seq FROM records WHERE company = ? AND resource = ? AND {column} = ? ORDER BY seq"
        rows = books.store.rows(sql, books.company, resource.path, value)
        if not rows:
            raise not_found(value)
        found.extend(row[0] for row in rows)
    return found


def _clauses(books: Books, resource: Resource, query: Query) -> Iterator[tuple[Any, ...]]:
    if resource.path not in TRANSACTIONS:
        status = query.get("status", "active")
        if status != "all":
            yield "active = ?", int(status == "active")
    for name, column, end in (("updatedAfter", "updated >= ?", False), ("updatedBefore", "updated <= ?", True)):
        if name in query:
            yield column, seconds(books, query[name], end)
    yield from _name_clauses(query, "name", "name", str.casefold)
    yield from _name_clauses(query, "refNumber", "ref_number", str)
    for suffix, sign in _SIGNS.items():
        if BALANCE_FILTERS[0] + suffix in query:
            yield f"balance {sign} ?", round(float(query[BALANCE_FILTERS[0] + suffix]) * 100)
    yield from _reference_clauses(query)


def _name_clauses(query: Query, prefix: str, column: str, fold: Any) -> Iterator[tuple[Any, ...]]:
    if f"{prefix}Contains" in query:
        yield f"instr({column}, ?)", fold(query[f"{prefix}Contains"])
    if f"{prefix}StartsWith" in query:
        text = fold(query[f"{prefix}StartsWith"])
        yield f"substr({column}, 1, ?) = ?", len(text), text
    if f"{prefix}EndsWith" in query:
        text = fold(query[f"{prefix}EndsWith"])
        yield f"(? = 0 OR substr({column}, -?) = ?)", len(text), len(text), text


def _reference_clauses(query: Query) -> Iterator[tuple[Any, ...]]:
    for name, column in (("currencyIds", "currency"), ("classIds", "class_"), ("vendorIds", "vendor")):
        if name in query:
            yield f"{column} IN ({_marks(query[name])})", *query[name]
    if "accountIds" in query:
        tests = " OR ".join("instr(accounts, ?)" for _ in query["accountIds"])
        yield f"({tests})", *(f" {key} " for key in query["accountIds"])
    if "itemIds" in query:
        tests = " OR ".join("instr(body, ?)" for _ in query["itemIds"])
        yield f"({tests})", *(f'"item":{{"id":"{key}"' for key in query["itemIds"])
    for name in ("accountType", "paymentMethodType"):
        if name in query:
            yield "kind = ?", query[name]
    for name, clause in (("transactionDateFrom", "day >= ?"), ("transactionDateTo", "day <= ?")):
        if name in query:
            yield clause, query[name]
    if query.get("paymentStatus", "all") != "all":
        yield "paid = ?", int(query["paymentStatus"] == "paid")


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)


def _join(books: Books, resource: Resource, keys: "array[int]", query: Query) -> str:
    lines = query.get("includeLineItems", True) and not query.get("excludeAlternateShippingAddresses", False)
    links = query.get("includeLinkedTransactions", False)
    texts = []
    for start in range(0, len(keys), 500):
        some = list(keys[start : start + 500])
        sql = f"SELECT seq, body, lines, links FROM records WHERE seq IN ({_marks([''] * len(some))})"
        found = {
            seq: records.text(resource.path, body, tail, ends, lines, links)
            for seq, body, tail, ends in books.store.rows(sql, *some)
        }
        texts += [found[key] for key in some if key in found]
    return ",".join(texts)
