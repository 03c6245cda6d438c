"""Requests to Conductor about the end users of a project: none of them reaches QuickBooks.

See docs/vendors/conductor.md, section 2. Every write is sent once; a lost answer is settled by the caller.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from books.providers.errors import BadAnswer, KeyRefused, NotSetUp, name_books
from books.providers.http_answer import HttpAnswer
from records.json_text import Json

from .account import EndUser, read_end_user
from .errors import raise_for_answer

NAME = "Conductor"


@dataclass(frozen=True, slots=True)
class AuthLink:
    """A link that connects a company when it is opened on the PC with QuickBooks, until it expires."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Project:
    """Client for the project that the keys belong to. `turn` holds the line of the company that is concerned."""

    key: str = field(repr=False)
    publishable_key: str = field(repr=False)
    base_url: str
    turn: Callable[[], AbstractContextManager[None]]
    seconds: float

    @name_books(NAME)
    def list_end_users(self) -> list[EndUser]:
        """Return all end users of the project."""
        rows = self._read("/end-users").get("data")
        if not isinstance(rows, list):
            raise BadAnswer("The list of end users came without its rows.")
        return [read_end_user(row) for row in rows]

    def find_end_user(self, source_id: str) -> EndUser | None:
        """Return the end user with this source id, of which there is one at most."""
        return next((one for one in self.list_end_users() if one.source_id == source_id), None)

    @name_books(NAME)
    def has_end_user(self, id: str) -> bool:
        """Whether the project has an end user with this id."""
        try:
            return read_end_user(self._read(_path(id))).id == id
        except NotSetUp:
            return False

    @name_books(NAME)
    def create_end_user(self, company_name: str, email: str, source_id: str) -> EndUser:
        """Create an end user, who has connected nothing yet. Raises Refused if the source id is in use."""
        return read_end_user(
            self._write("/end-users", {"companyName": company_name, "sourceId": source_id, "email": email})
        )

    @name_books(NAME)
    def delete_end_user(self, id: str) -> None:
        """Delete an end user with its connection, for good."""
        self._write(_path(id), None, method="DELETE")

    @name_books(NAME)
    def make_link(self, id: str, minutes: int) -> AuthLink:
        """Make a link that connects this end user, valid for so many minutes: from 15 up to 7 days."""
        if not self.publishable_key:
            raise KeyRefused(
                "Ledgerdesk has no publishable key, which a connection link needs.",
                next_step="Set CONDUCTOR_PUBLISHABLE_KEY to the one that Conductor's dashboard shows.",
            )
        body: dict[str, Json] = {"publishableKey": self.publishable_key, "endUserId": id, "linkExpiryMins": minutes}
        found = self._write("/auth-sessions", body)
        url, expires_at = found.get("authFlowUrl"), found.get("expiresAt")
        try:
            if isinstance(url, str) and url.startswith(("https://", "http://")) and isinstance(expires_at, str):
                return AuthLink(url, datetime.fromisoformat(expires_at))
        except ValueError:
            pass  # it is said below
        raise BadAnswer("The connection link came without its address or its end.")

    def _read(self, path: str) -> dict[str, Json]:
        from books.providers import http  # see `registry.load_clients`

        with self.turn():
            answer = http.send_read(self.base_url + path, headers=self._headers(), query={}, seconds=self.seconds)
        return _take_object(answer)

    def _write(self, path: str, body: Json, method: str = "POST") -> dict[str, Json]:
        from books.providers import http  # see `registry.load_clients`

        url = self.base_url + path
        with self.turn():
            answer = http.send_write(url, headers=self._headers(), body=body, seconds=self.seconds, method=method)
        return _take_object(answer)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def _path(id: str) -> str:
    return f"/end-users/{quote(id, safe='')}"


def _take_object(answer: HttpAnswer) -> dict[str, Json]:
    if answer.status != 200:
        raise_for_answer(answer)
    body = answer.json()
    if not isinstance(body, dict):
        raise BadAnswer("The answer was not an object.")
    return body
