"""Requests to a Bigcapital server for one organization, which the API key determines.

Bigcapital has no revisions: a save reads, compares and writes under one hold of the company's line, so that
only a change from outside Ledgerdesk can interleave. The answer to the write is the record as saved, and nothing is
read after it (docs/vendors/bigcapital.md, sections 3 to 5).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import quote

from django.db import Error
from django.utils.crypto import salted_hmac

from books.providers import departure, http, rate_limit
from books.providers.base import Filters, Page, Row, Survey, check_row
from books.providers.company_file import CompanyFile, describe_differences
from books.providers.errors import (
    BadAnswer,
    NoAnswer,
    NotReached,
    NotSent,
    OtherOrganization,
    Stale,
    TooMany,
    name_books,
    saving,
)
from books.providers.http_answer import HttpAnswer
from books.providers.lock import RequestPriority
from records.content import Content
from records.decoder import decode
from records.encoder import hash_content
from records.fields import Table
from records.json_text import Json, NotReadable

from .days import ServerDays
from .errors import parse_wait, raise_for_answer
from .organization import describe_organization, get_account, identify
from .paging import compose_query, make_page
from .update import check_size, compose_body, merge_answer

log = logging.getLogger(__name__)

NAME = "Bigcapital"
USUAL_LIMIT = (
    10,
    60,
)  # calls and seconds of a server that nobody has configured (docs/vendors/bigcapital.md, section 3)
ADVICE = (
    "This server has the limits that Bigcapital starts with: 10 requests a minute of each kind, for all programs at "
    "Ledgerdesk's address together. If you run it yourself, set THROTTLE_AUTH_LIMIT and THROTTLE_GLOBAL_LIMIT to 300 "
    "or more; long lists then load in one go, and saves do not wait."
)
MOST_ROWS = 1_000_000  # a list said to hold more would be asked for in pieces without end


@dataclass(frozen=True, slots=True)
class Bigcapital:
    """Client for a company in Bigcapital. `turn` holds the company's line; `priority` says who is asking.

    `expected` is the organization that has to answer, "" if that was asked with this key before.
    """

    base_url: str
    key: str = field(repr=False)
    turn: Callable[[], AbstractContextManager[None]]
    priority: RequestPriority
    seconds: float
    expected: str = ""
    days: ServerDays = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", ServerDays(self.base_url))

    def pieces(self, since: datetime | None) -> list[Filters]:
        """Active and inactive records are separate lists, and neither can be filtered by modification time."""
        return [{}, {"inactiveMode": "true"}]

    def pages(self, table: Table, **filters: str) -> Iterator[Page]:
        """Read one page, which is a piece of its own: a read that waits for its rate limit continues where it was."""
        body = self._list(table, filters)
        rows, pagination = body[table.kind], body.get("pagination")
        total = pagination.get("total") if isinstance(pagination, dict) else None
        if not isinstance(total, int) or isinstance(total, bool) or not 0 <= total <= MOST_ROWS:
            with name_books(NAME):
                raise BadAnswer("A list came without its total.", detail=str(total)[:200])
        yield make_page(table, filters, rows, total)

    def cut(self, table: Table, filters: Filters, total: int) -> list[dict[str, str]]:
        """One page needs no splitting."""
        return []

    def rest(self, table: Table, filters: Filters, rows: Sequence[Row]) -> Filters:
        """A piece is one page, so there is nothing left of it that could be asked for by itself."""
        return filters

    @name_books(NAME)
    def read_record(self, table: Table, id: str) -> dict[str, Json]:
        """Return the current record. Raises NotFound if it no longer exists."""
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {_name_read(table): 1}, self.priority)
            self._check_organization()
            return self._read(table, id)

    @name_books(NAME)
    @saving()
    def update_record(self, table: Table, id: str, revision: str, base: Content, edited: Content) -> dict[str, Json]:
        """Send the difference between `base` and `edited` if the record is still at `revision`; return the new record.

        Raises Stale with the current record, Refused, NotSent or NoAnswer; only NoAnswer leaves the outcome unknown.
        """
        check_size(table, base, edited)
        with self.turn():
            # Reserve both requests or none: a read without its write would be wasted.
            rate_limit.reserve_calls(self.base_url, {_name_read(table): 1, _name_write(table): 1}, self.priority)
            before, was = self._before(table, id)
            if hash_content(was) != revision:
                error = Stale()
                error.now = before
                raise error
            answer = self._write(table, id, compose_body(was, table, base, edited))
        check_row(answer, id)
        return self.days.settle_rows(table, [merge_answer(table, base, edited, before, answer)])[0]

    def deleted(self, tables: Iterable[Table], after: datetime) -> list[tuple[str, str]]:
        """Nothing: the server has no list of deleted records."""
        return []

    @name_books(NAME)
    def health(self) -> int:
        """Return the milliseconds of a round trip to the organization."""
        answer = self._organization()
        _read_object(answer)  # a web page answers as fast
        return round(1000 * answer.seconds)

    def make_access_mark(self) -> str:
        """Return a text that stands for the address and the key, which it does not tell."""
        return salted_hmac("books.access", f"{self.base_url} {self.key}", algorithm="sha256").hexdigest()

    def expect(self, account: str) -> "Bigcapital":
        """Return the same client, which asks before each request whether this organization answers."""
        return replace(self, expected=account)

    @name_books(NAME)
    def identify(self) -> CompanyFile:
        """Return the organization that the key leads to."""
        return identify(_read_object(self._organization()))

    @name_books(NAME)
    def account(self) -> str:
        """Return the id of the organization that the key belongs to."""
        return get_account(_read_object(self._organization()))

    @name_books(NAME)
    def about(self) -> list[tuple[str, str | datetime | None]]:
        """Return what the server says about the organization."""
        return describe_organization(_read_object(self._organization()))

    @name_books(NAME)
    def survey(self) -> Survey:
        """Return who the key belongs to, how many customers there are, and how often the server may be asked."""
        found = _read_object(self._organization())
        counted = self._describe_count()
        calls, seconds = rate_limit.find_limit(self.base_url, "organization")
        known: list[tuple[str, str | datetime | None]] = [
            *describe_organization(found),
            ("Customers", counted),
            ("Requests", f"up to {calls:,} in {seconds:.0f} seconds" if calls else "no limit"),
        ]
        is_usual = (calls, round(seconds)) == USUAL_LIMIT
        return Survey(True, known, get_account(found), ADVICE if is_usual else "")

    def _describe_count(self) -> str:
        """Say how many customers there are, unless the server's limit is used up: that is no reason not to connect."""
        try:
            active, inactive = self._count_customers({}), self._count_customers({"inactiveMode": "true"})
        except TooMany:
            return "not counted, as the server's limit of requests is used up for a minute"
        return f"{active + inactive:,}, {inactive:,} of them inactive"

    def _count_customers(self, filters: Filters) -> int:
        handler, query = "customers list", {"page": "1", "pageSize": "1", **filters}
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {handler: 1}, RequestPriority.SAVE)
            pagination = self._get(handler, "/customers", query).page("customers").get("pagination")
        total = pagination.get("total") if isinstance(pagination, dict) else None
        if not isinstance(total, int) or isinstance(total, bool):
            raise BadAnswer("A list came without its total.", detail=str(total)[:200])
        return total

    @name_books(NAME)
    def _list(self, table: Table, filters: Filters) -> dict[str, Json]:
        query, handler = compose_query(table, filters), f"{table.kind} list"
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {handler: 1}, self.priority)
            self._check_organization()
            body = self._get(handler, table.path, query, table).page(table.kind)
        if table.kind not in body:
            raise BadAnswer("A list came without its rows.")
        return {**body, table.kind: self.days.settle_rows(table, body[table.kind])}

    def _organization(self) -> HttpAnswer:
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {"organization": 1}, RequestPriority.SAVE)
            return self._get("organization", "/organization/current", {})

    def _check_organization(self) -> None:
        """Ask which organization answers, inside the turn, unless that is known. Raises OtherOrganization."""
        if not self.expected:
            return
        rate_limit.reserve_calls(self.base_url, {"organization": 1}, self.priority)
        found = identify(_read_object(self._get("organization", "/organization/current", {})))
        if difference := describe_differences(CompanyFile("", "", False, account=self.expected), found):
            raise OtherOrganization(difference)

    def _before(self, table: Table, id: str) -> tuple[dict[str, Json], Content]:
        """Return the record just before the write. If it cannot be read, nothing has been sent."""
        try:
            self._check_organization()
            found = self._read(table, id)
            return found, decode(table.shape, found)
        except NotReadable as error:
            raise NotSent(
                f"The record could not be read before the save: {error}",
                next_step="Correct the value in Bigcapital, then save again.",
            ) from error
        except NoAnswer as error:
            raise NotReached(
                "Bigcapital did not answer before the save.",
                detail=error.detail,
                code=error.code,
            ) from error

    def _read(self, table: Table, id: str) -> dict[str, Json]:
        body = _read_object(self._get(_name_read(table), _make_url_path(table, id), {}, table))
        check_row(body, id)
        return self.days.settle_rows(table, [body])[0]

    def _write(self, table: Table, id: str, body: dict[str, Json]) -> dict[str, Json]:
        """Send the update once and return the record with which it is answered."""
        url, headers = f"{self.base_url}{_make_url_path(table, id)}", self._headers()
        answer = http.send_write(url, headers=headers, body=body, seconds=self.seconds, method="PUT")
        try:
            self._note_limits(_name_write(table), answer)
        except Error as error:
            log.warning("The limit of %s is not noted: %s", self.base_url, error)
        if answer.status != 200:
            with departure.own_answer():
                raise_for_answer(answer, table, of_write=True)
        return _read_object(answer)

    def _get(self, handler: str, path: str, query: http.Query, table: Table | None = None) -> HttpAnswer:
        answer = http.send_read(self.base_url + path, headers=self._headers(), query=query, seconds=self.seconds)
        self._note_limits(handler, answer)
        if answer.status != 200:
            raise_for_answer(answer, table)
        return answer

    def _note_limits(self, handler: str, answer: HttpAnswer) -> None:
        if answer.status == 429:
            rate_limit.note_refusal(self.base_url, handler, parse_wait(answer))
        else:
            rate_limit.note_limits(self.base_url, handler, answer.headers, is_success=answer.status == 200)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def _read_object(answer: HttpAnswer) -> dict[str, Json]:
    body = answer.json()
    if not isinstance(body, dict):
        raise BadAnswer("The answer was not an object.")
    return body


def _make_url_path(table: Table, id: str) -> str:
    return f"{table.path}/{quote(id, safe='')}"


def _name_read(table: Table) -> str:
    return f"{table.kind} one"


def _name_write(table: Table) -> str:
    return f"{table.kind} put"
