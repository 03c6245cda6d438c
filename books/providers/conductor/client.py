"""Requests to Conductor for one company: every call carries the API key and that company's end user.

Answers are the vendor's own objects; `records.content.decode` reads them. See docs/vendors/conductor.md, sections 1 to
7.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from urllib.parse import quote

from django.utils import timezone

from books.providers import departure, exchanges, http
from books.providers.base import Filters, Page, Row, Survey, Written, check_row
from books.providers.company_file import CompanyFile
from books.providers.errors import BadAnswer, NoAnswer, Refused, name_books, saving
from books.providers.http_answer import HttpAnswer
from books.providers.update_body import compose_body
from records.content import Content
from records.fields import Table
from records.json_text import Json, RawRow
from records.merge.lacking import list_lacking

from .account import describe_account, has_begun, identify
from .errors import HEADER, SentChange, raise_for_answer
from .paging import Paging
from .partition import PAGE_ROWS, find_rest, partition_list
from .several import read_several

NAME = "QuickBooks"
LONGEST_TRIP = 24 * 3_600_000  # milliseconds
REVERSED_RANGE = "3031"  # QuickBooks' code for a range whose start comes after its end
PATIENCE_SECONDS = 10.0  # how much longer Ledgerdesk waits than the vendor's own limit for QuickBooks


@dataclass(frozen=True, slots=True)
class Conductor:
    """Client for one company. `turn` holds the company's line; each request is made inside it."""

    end_user_id: str
    key: str = field(repr=False)
    base_url: str
    turn: Callable[[], AbstractContextManager[None]]
    read_seconds: float
    write_seconds: float

    def pieces(self, since: datetime | None) -> list[Filters]:
        """A list is one piece at first; a long list is split after its first page."""
        return [{"updatedAfter": since.isoformat(timespec="seconds")} if since else {}]

    def pages(self, table: Table, **filters: str) -> Iterator[Page]:
        """Read the list page by page. The vendor's cursor expires ten seconds after a page, so read without a break.

        Raises BooksError. A list that broke off is not continued by its cursor, which has expired, but begins again
        with its `rest` (docs/vendors/conductor.md, section 6).
        """
        if table.single:
            yield Page([self._single(table)], 0)
            return
        query: dict[str, str] = {**table.always, **filters}
        if table.paged:
            query.setdefault("limit", str(PAGE_ROWS))
        try:
            yield from self._pages(table, query)
        except Refused as error:
            if error.code != REVERSED_RANGE or not {"nameFrom", "nameTo"} <= filters.keys():
                raise
            yield Page([], 0)  # the last name that was read is past the end by now: it was changed meanwhile

    def _pages(self, table: Table, query: http.Query) -> Iterator[Page]:
        query, paging = dict(query), Paging()
        while True:
            yield self._page(table.path, query, paging)
            if not paging.cursor:
                return
            query["cursor"] = paging.cursor

    def read_unpaid(self, table: Table, entities: Sequence[str]) -> Iterator[Page]:
        """Read the bills of these vendors that are not paid in full, page by page."""
        query = {**table.always, "vendorIds": entities, "paymentStatus": "not_paid", "limit": str(PAGE_ROWS)}
        return self._pages(table, query)

    @name_books(NAME)
    def read_several(self, table: Table, ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        """Return the current records with these ids, and those of the ids that no longer exist."""
        return read_several(ids, partial(self._read_all, table), partial(self.read_record, table))

    def _read_all(self, table: Table, ids: Sequence[str]) -> list[Row]:
        answer = self._ask(table.path, {**table.always, "ids": ids})
        named = next((id for id in ids if id.encode() in answer.body), ids[0])
        return list(Paging().page(self._checked(answer, id=named).page()).rows)

    @name_books(NAME)
    def _page(self, path: str, query: http.Query, paging: Paging) -> Page:
        goes_on = "cursor" in query
        try:
            answer = self._checked(self._ask(path, query, once=goes_on))
            page = paging.page(answer.page())
        except Refused as error:
            if not goes_on:
                raise
            # The cursor was refused, not the list: start the list again (docs/vendors/conductor.md, section 6).
            broken = "The list broke off before its end."
            raise NoAnswer(broken, detail=error.detail, code="cursor", request_id=error.request_id) from error
        request_id = answer.headers.get(HEADER, "")
        for row in page.rows:
            if isinstance(row, RawRow):
                row.request_id = request_id
        return page

    def cut(self, table: Table, filters: Filters, total: int) -> list[dict[str, str]]:
        """Return the pieces in which to read a list of `total` rows under `filters`; none if it needs no split."""
        return partition_list(table, filters, total, timezone.localdate())

    def rest(self, table: Table, filters: Filters, rows: Sequence[Row]) -> Filters:
        """Return what is left of a piece after a page with these rows; the piece itself if it has to begin again."""
        return find_rest(filters, rows)

    @name_books(NAME)
    def read_record(self, table: Table, id: str) -> dict[str, Json]:
        """Return the current record. Raises NotFound if it no longer exists."""
        if table.single:
            return self._single(table)
        answer = self._checked(self._ask(_path(table, id), {}), id=id)
        found = self._json(answer)
        check_row(found, id)
        return found

    @name_books(NAME)
    @saving()
    def update_record(self, table: Table, id: str, revision: str, base: Content, edited: Content) -> Written:
        """Send the difference between `base` and `edited` under the revision that the person saw.

        Returns the new record. Raises Stale, Refused, NotSent or NoAnswer; only NoAnswer leaves the outcome unknown.
        An answer without a member that was filled or asked for is none, as one names all of them, null or not
        (docs/vendors/conductor.md, section 1).
        """
        body = {"revisionNumber": revision, **compose_body(base, edited, NAME)}
        headers = {**self._headers(), "Conductor-Timeout-Seconds": f"{self.write_seconds:g}"}
        with self.turn():
            url = self.base_url + _path(table, id)
            answer = http.send_write(url, headers=headers, body=body, seconds=self.write_seconds + PATIENCE_SECONDS)
        with departure.own_answer():
            self._checked(answer, SentChange(table, base, edited), id)
        written = Written(self._json(answer))
        written.request_id = answer.headers.get(HEADER, "")
        check_row(written, id)
        if lacking := list_lacking(base, edited, written):
            raise BadAnswer(f"The answer lacks what the record has: {', '.join(lacking)}.")
        return written

    @name_books(NAME)
    def deleted(self, tables: Iterable[Table], after: datetime) -> list[tuple[str, str]]:
        """Return (kind, id) of the records of these tables deleted since `after`; at most the last 90 days."""
        by_name = {t.deleted_as: t for t in tables if t.deleted_as}
        bills = [name for name, t in by_name.items() if t.kind == "bills"]
        lists = [name for name in by_name if name not in bills]
        since = after.isoformat(timespec="seconds")
        found = []
        if lists:
            query: dict[str, str | list[str]] = {"objectTypes": lists, "deletedAfter": since}
            found += self._deleted("/quickbooks-desktop/deleted-list-objects", query, "listType")
        if bills:
            query = {"transactionTypes": bills, "deletedAfter": since}
            found += self._deleted("/quickbooks-desktop/deleted-transactions", query, "transactionType")
        return [(by_name[name].kind, id) for name, id in found if name in by_name]

    def _deleted(self, path: str, query: http.Query, named: str) -> list[tuple[str, str]]:
        rows = self._checked(self._ask(path, query)).page().get("data")
        if not isinstance(rows, list):
            raise BadAnswer("A list of what was deleted came without its rows.")
        found = [(row.get(named), row.get("id")) for row in rows]  # a row that cannot be read is empty
        return [(name, id) for name, id in found if isinstance(name, str) and isinstance(id, str)]

    @name_books(NAME)
    def _single(self, table: Table) -> dict[str, Json]:
        return {**self._get(table.path, {}), "id": table.kind}

    @name_books(NAME)
    def company(self) -> dict[str, Json]:
        """Return the name and addresses of the company file."""
        return self._get("/quickbooks-desktop/company", {})

    @name_books(NAME)
    def health(self) -> int:
        """Return the milliseconds of a round trip to the open company file. Raises NotSent if none is open."""
        took = self._get("/quickbooks-desktop/health-check", {}).get("duration")
        if isinstance(took, bool) or not isinstance(took, int | Decimal) or not 0 <= took <= LONGEST_TRIP:
            raise BadAnswer("The connection check came back without its duration.")
        return int(took)

    def identify(self) -> CompanyFile:
        """Return the identity of the open company file (docs/vendors/conductor.md, section 2)."""
        found = self.company()
        with name_books(NAME):
            return identify(found, self.end_user_id)

    def account(self) -> str:
        """Nothing to tell apart: the end user's id is stored with the company."""
        return ""

    def about(self) -> list[tuple[str, str | datetime | None]]:
        """Return Conductor's record of this company as labels and values: its name, its last request and last reply."""
        return describe_account(self.end_user())

    def survey(self) -> Survey:
        """Return whether somebody has begun to connect this company, and Conductor's record of it."""
        found = self.end_user()
        return Survey(has_begun(found), describe_account(found))

    @name_books(NAME)
    def end_user(self) -> dict[str, Json]:
        """Return Conductor's own record of this company, with its connection and the time of its last reply."""
        answer = http.send_read(
            f"{self.base_url}/end-users/{quote(self.end_user_id, safe='')}",
            headers={"Authorization": f"Bearer {self.key}"},
            query={},
            seconds=self.read_seconds,
        )
        return self._json(self._checked(answer))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Conductor-End-User-Id": self.end_user_id}

    def _get(self, path: str, query: http.Query) -> dict[str, Json]:
        return self._json(self._checked(self._ask(path, query)))

    def _ask(self, path: str, query: http.Query, once: bool = False) -> HttpAnswer:
        headers = {**self._headers(), "Conductor-Timeout-Seconds": f"{self.read_seconds:g}"}
        with self.turn():
            return http.send_read(
                self.base_url + path,
                headers=headers,
                query=query,
                seconds=self.read_seconds + PATIENCE_SECONDS,
                once=once,
            )

    def _json(self, answer: HttpAnswer) -> dict[str, Json]:
        body = answer.json()
        if not isinstance(body, dict):
            raise BadAnswer("The answer was not an object.")
        return body

    def _checked(self, answer: HttpAnswer, sent: SentChange | None = None, id: str = "") -> HttpAnswer:
        exchanges.name_last(answer.headers.get(HEADER, ""))
        if answer.status != 200:
            raise_for_answer(answer, sent, id)
        return answer


def _path(table: Table, id: str) -> str:
    return f"{table.path}/{quote(id, safe='')}"
