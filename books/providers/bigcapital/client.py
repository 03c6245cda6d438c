"""Requests to a Bigcapital server on behalf of one organization, which its key decides.

It knows no revision: a save reads, compares, writes and reads back, all within one turn of the company's line, so
that only somebody outside this desk can come between (docs/vendors/bigcapital.md, sections 3 to 5).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from books.providers import http, rate_limit
from books.providers.base import Filters, Page, of_record
from books.providers.errors import (
    BadAnswer,
    BooksError,
    NoAnswer,
    NotReached,
    NotSent,
    Refused,
    Stale,
    name_books,
    saving,
)
from books.providers.lock import RequestPriority
from records.changes import list_changed_fields
from records.content import Content, Json, NotReadable, decode, encode_value, hash_content
from records.fields import Field, FieldKind, Table

from .errors import parse_wait, raise_for_answer

NAME = "Bigcapital"
PAGE_ROWS = 500
MOST_ROWS = 1_000_000  # a list said to hold more would be asked for in pieces without end
ALWAYS = ("customer_type", "display_name")  # every update has to carry both


@dataclass(frozen=True, slots=True)
class Bigcapital:
    """A company's books in Bigcapital. `turn` orders the company's requests; `priority` says who is asking."""

    base_url: str
    key: str = field(repr=False)
    turn: Callable[[], AbstractContextManager[None]]
    priority: RequestPriority
    seconds: float

    def pieces(self, since: datetime | None) -> list[Filters]:
        """Active and inactive come in two lists, and neither can be asked for what has changed."""
        return [{}, {"inactiveMode": "true"}]

    def pages(self, table: Table, **filters: str) -> Iterator[Page]:
        """One page, which is a piece of its own: a reading that has to wait for its quota goes on where it was."""
        number = int(filters.get("page", "1"))
        body = self._list(table, {**filters, "page": str(number)})
        rows, pagination = body[table.kind], body.get("pagination")
        total = pagination.get("total") if isinstance(pagination, dict) else None
        if not isinstance(total, int) or isinstance(total, bool) or not 0 <= total <= MOST_ROWS:
            with name_books(NAME):
                raise BadAnswer("A list came without its total.", detail=str(total)[:200])
        last = -(-total // PAGE_ROWS) if number == 1 else 0
        rest = tuple({**filters, "page": str(n)} for n in range(2, last + 1))
        yield Page(rows, max(0, total - (number - 1) * PAGE_ROWS - len(rows)), rest)

    def cut(self, table: Table, filters: Filters, total: int) -> list[dict[str, str]]:
        """A page is short enough."""
        return []

    @name_books(NAME)
    def read_record(self, table: Table, id: str) -> dict[str, Json]:
        """The record as it stands now. Raises NotFound when it is no longer there."""
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {_name_read(table): 1}, self.priority)
            return self._read(table, id)

    @name_books(NAME)
    @saving()
    def update_record(self, table: Table, id: str, revision: str, base: Content, edited: Content) -> dict[str, Json]:
        """Send what differs between `base` and `edited` if the record still is as `revision` says; the new record.

        Raises Stale with the record as it stands, Refused (also for what the server took and did not keep), NotSent,
        or NoAnswer; only after NoAnswer is the outcome open.
        """
        with self.turn():
            # All three requests or none: a save that runs out of them half-way would not know what became of it.
            rate_limit.reserve_calls(self.base_url, {_name_read(table): 2, _name_write(table): 1}, self.priority)
            before, was = self._before(table, id)
            if hash_content(was) != revision:
                error = Stale()
                error.now = before
                raise error
            trouble = self._write(table, id, self._body(was, table, base, edited))
            after, stored = self._after(table, id)
        return self._checked(base, edited, was, stored, after, trouble)

    def deleted(self, tables: Iterable[Table], after: datetime) -> list[tuple[str, str]]:
        """Nothing: the server keeps no list of what was deleted."""
        return []

    @name_books(NAME)
    def health(self) -> int:
        """Milliseconds of a round trip to the organization."""
        answer = self._organization()
        _object(answer)  # a web page answers as fast
        return round(1000 * answer.seconds)

    @name_books(NAME)
    def about(self) -> list[tuple[str, str | datetime | None]]:
        """What the server says of the organization."""
        found = _object(self._organization()).get("metadata")
        metadata: dict[str, Any] = found if isinstance(found, dict) else {}
        labels = {"Organization": "name", "Currency": "base_currency", "Dates": "date_format", "Time zone": "timezone"}
        told = [(label, metadata.get(name)) for label, name in labels.items()]
        return [(label, value if isinstance(value, str) else None) for label, value in told]

    @name_books(NAME)
    def _list(self, table: Table, filters: Filters) -> dict[str, Json]:
        query = {"pageSize": str(PAGE_ROWS), "columnSortBy": table.title, "sortOrder": "asc", **filters}
        handler = f"{table.kind} list"
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {handler: 1}, self.priority)
            body = self._get(handler, table.path, query, table).page(table.kind)
        if table.kind not in body:
            raise BadAnswer("A list came without its rows.")
        return body

    def _organization(self) -> http.HttpAnswer:
        with self.turn():
            rate_limit.reserve_calls(self.base_url, {"organization": 1}, RequestPriority.SAVE)
            return self._get("organization", "/organization/current", {})

    def _before(self, table: Table, id: str) -> tuple[dict[str, Json], Content]:
        """The record just before the write; while it cannot be read, nothing has been sent."""
        try:
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

    def _after(self, table: Table, id: str) -> tuple[dict[str, Json], Content]:
        """The record just after the write; while it cannot be read, nothing is known of what became of that."""
        try:
            found = self._read(table, id)
            return found, decode(table.shape, found)
        except NotReadable as error:
            raise BadAnswer("The record could not be read after the save.", detail=str(error)[:200]) from error
        except NoAnswer:
            raise
        except BooksError as error:
            raise NoAnswer(
                "Bigcapital did not answer when the record was read after the save.",
                detail=error.detail,
                code=error.code,
            ) from error

    def _read(self, table: Table, id: str) -> dict[str, Json]:
        body = _object(self._get(_name_read(table), _make_url_path(table, id), {}, table))
        of_record(body, id)
        return body

    def _write(self, table: Table, id: str, body: dict[str, Json]) -> NoAnswer | None:
        """Send the update; a failure of the server itself is returned, since reading back tells what came of it."""
        url, headers = f"{self.base_url}{_make_url_path(table, id)}", self._headers()
        answer = http.send_write(url, headers=headers, body=body, seconds=self.seconds, method="PUT")
        try:
            self._accepted(_name_write(table), answer, table)
        except NoAnswer as error:
            if answer.status != 500:
                raise
            return error
        return None

    def _checked(
        self,
        base: Content,
        edited: Content,
        was: Content,
        stored: Content,
        after: dict[str, Json],
        trouble: NoAnswer | None,
    ) -> dict[str, Json]:
        """The record as read back, if it holds all that was asked for. Raises Refused for what it does not."""
        missing = [f for f in _list_changed_paths(base, edited) if _get_value(stored, f) != _get_value(edited, f)]
        if not missing:
            return after
        names = ", ".join(_label_path(f) for f in missing)
        at = "-".join(f.name for f in missing[0])
        if hash_content(stored) == hash_content(was):
            code, detail = (trouble.code, trouble.detail) if trouble else ("ignored", names)
            why = "Bigcapital failed on this change and" if trouble else "Bigcapital reported a save, but"
            raise Refused(f"{why} did not save {names}.", field=at, code=code, detail=detail)
        error = Refused(
            f"The rest is saved, but Bigcapital now has another value: {names}. It did not keep yours, "
            "or someone else changed it at the same moment.",
            field=at,
            code="ignored",
            next_step="Load the record again and look at it.",
        )
        error.now = after
        raise error

    def _body(self, current: Content, table: Table, base: Content, edited: Content) -> dict[str, Json]:
        """The changed members under their written names, with the two that every update has to carry."""
        body = {table.shape[name].write: current[name] for name in ALWAYS}
        for path in _list_changed_paths(base, edited):
            body[path[-1].write] = (
                encode_value(path[-1], _get_value(edited, path)) if _get_value(edited, path) != "" else None
            )
        for name in ALWAYS:
            if not body[table.shape[name].write]:
                label = table.shape[name].label
                raise Refused(
                    f"{label} is empty in Bigcapital, and no change is accepted without it.",
                    field=name,
                    code="required",
                )
        return body

    def _get(self, handler: str, path: str, query: http.Query, table: Table | None = None) -> http.HttpAnswer:
        answer = http.send_read(self.base_url + path, headers=self._headers(), query=query, seconds=self.seconds)
        return self._accepted(handler, answer, table)

    def _accepted(self, handler: str, answer: http.HttpAnswer, table: Table | None) -> http.HttpAnswer:
        if answer.status == 429:
            rate_limit.note_refusal(self.base_url, handler, parse_wait(answer))
        else:
            rate_limit.note_limits(self.base_url, handler, answer.headers)
        if answer.status != 200:
            raise_for_answer(answer, table)
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def _object(answer: http.HttpAnswer) -> dict[str, Json]:
    body = answer.json()
    if not isinstance(body, dict):
        raise BadAnswer("The answer was not an object.")
    return body


FieldPath = tuple[Field, ...]


def _list_changed_paths(base: Content, edited: Content) -> list[FieldPath]:
    """What differs, as the field alone or the address and its member."""
    found: list[FieldPath] = []
    for f in list_changed_fields(base, edited):
        inner = list_changed_fields(base[f.name], edited[f.name]) if f.kind is FieldKind.GROUP else ()
        found += [(f, member) for member in inner] or [(f,)]
    return found


def _get_value(record: Content, path: FieldPath) -> Any:
    value: Any = record
    for f in path:
        value = value[f.name]
    return value


def _label_path(path: FieldPath) -> str:
    return ", ".join([path[0].label, *(f.label.lower() for f in path[1:])])


def _make_url_path(table: Table, id: str) -> str:
    return f"{table.path}/{quote(id, safe='')}"


def _name_read(table: Table) -> str:
    return f"{table.kind} one"


def _name_write(table: Table) -> str:
    return f"{table.kind} put"
