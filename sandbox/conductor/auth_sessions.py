"""Auth sessions, and the page that their links open: on it somebody at the PC finishes the connection.

The vendor's own page has several steps, with downloads for the Web Connector; here one button stands for all of them.
"""

import html
import secrets
import string
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.companies.small import open_new_file
from sandbox.messages import Answer, Request
from sandbox.store import Store

from .end_users import find_facts, note_connection, stamp
from .file import records
from .http.bodies import AUTH_SESSION
from .http.errors import Refusal, bad_key, invalid
from .http.schemas import check_body

CONNECT = "/connect"
PUBLISHABLE_KEY = "pk_conductor_sandbox"
_SHORTEST, _LONGEST, _USUAL = 15, 10_080, 30  # minutes


@dataclass(frozen=True)
class AuthSession:
    """One link: whose connection it makes, until when it works, and where it leads afterwards."""

    end_user: str
    expires_at: datetime
    redirect_url: str | None


class AuthSessions:
    """The links that were made since the start or the last reset, by the secret in their address."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._made: dict[str, AuthSession] = {}

    def clear(self) -> None:
        """Forgets all links."""
        with self._lock:
            self._made.clear()

    def expire(self) -> int:
        """Lets all links expire now; returns how many there are."""
        with self._lock:
            now = datetime.now(UTC)
            self._made = {secret: replace(made, expires_at=now) for secret, made in self._made.items()}
            return len(self._made)

    def create(self, host: str, body: Any) -> str:
        """Makes a link that leads to this server."""
        sent = check_body(AUTH_SESSION, body)
        if sent["publishableKey"] != PUBLISHABLE_KEY:
            raise bad_key("…")
        find_facts(self.store, sent["endUserId"])
        minutes = sent.get("linkExpiryMins", _USUAL)
        if not _SHORTEST <= minutes <= _LONGEST:
            raise invalid(f'Invalid input: expected number between {_SHORTEST} and {_LONGEST} at "linkExpiryMins"')
        redirect_url = sent.get("redirectUrl")
        if redirect_url is not None and not _is_address(redirect_url):
            raise invalid('Invalid URL at "redirectUrl"')
        secret, now = f"auth_sess_client_secret_{secrets.token_hex(12)}", datetime.now(UTC)
        made = AuthSession(sent["endUserId"], now + timedelta(minutes=minutes), redirect_url)
        with self._lock:
            self._made[secret] = made
        session = {
            "id": f"auth_sess_{secrets.token_hex(7)}",
            "objectType": "auth_session",
            "createdAt": stamp(now),
            "endUserId": made.end_user,
            "clientSecret": secret,
            "authFlowUrl": f"http://{host}{CONNECT}/qbd/{secret}",
            "expiresAt": stamp(made.expires_at),
            "redirectUrl": redirect_url,
        }
        return records.encode(session)

    def answer(self, request: Request) -> Answer:
        """The page of a link; posting its form finishes the connection."""
        with self._lock:
            made = self._made.get(request.path.removeprefix(f"{CONNECT}/qbd/"))
        if made is None:
            return _page(404, "This link is not known", "Ask for a new link.")
        if datetime.now(UTC) >= made.expires_at:
            return _page(410, "This link has expired", "Ask for a new link.")
        try:
            name = find_facts(self.store, made.end_user)["companyName"]
        except Refusal:
            return _page(404, "This company was deleted at Conductor", "Ask for a new link.")
        if request.method != "POST":
            note_connection(self.store, made.end_user)
            return _page(200, f"Connect {name}", "QuickBooks and its Web Connector would be set up here.", _FORM)
        self._finish(made.end_user)
        if made.redirect_url:
            return Answer(303, b"", {"Location": quote(made.redirect_url, safe=string.punctuation)})
        return _page(200, f"{name} is connected", "You can close this page.")

    def _finish(self, end_user: str) -> None:
        """Connects the company file; an end user who had none gets a new one."""
        with self.store.transaction():
            note_connection(self.store, end_user)
            facts = find_facts(self.store, end_user)
            if not facts["company"]:
                open_new_file(self.store, end_user, facts)
            connected = "UPDATE companies SET state = 'ok', last_request = ?, last_success = ? WHERE id = ?"
            self.store.execute(connected, stamp(), stamp(), end_user)


_FORM = '<form method="post"><button>Finish connecting</button></form>'


def _is_address(text: str) -> bool:
    try:
        split = urlsplit(text)
    except ValueError:
        return False
    return bool(split.scheme and split.netloc)


def _page(status: int, title: str, text: str, more: str = "") -> Answer:
    title, text = html.escape(title), html.escape(text)
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{text}</p>{more}</html>"
    )
    return Answer(status, body.encode(), content_type="text/html; charset=utf-8")
