"""Sessions in Django's own table, read in SQL: every page begins with one, and composing the query takes longer.

A session in which somebody has signed in ends after a time without a sign of them, and after a time altogether. It can
be ended from elsewhere. What it holds is forgotten then, but for what their browser still shows.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from .clients import client_network
from .models import PersonSession

SEEN_EACH = 300.0  # seconds between two notes that somebody is there


class SessionStore(db.SessionStore):
    """Django's own store of sessions in the database, but for how it reads one and when that is over."""

    signed_in_at: float | None = None
    last_seen_at: float | None = None

    def load(self) -> dict[str, Any]:
        found = super().load()
        if SESSION_KEY in found and is_over(found, self.signed_in_at, self.last_seen_at):
            self._session_key = None
            return {}
        return found

    def cycle_key(self) -> None:
        was = self.session_key
        super().cycle_key()
        if was is not None:
            PersonSession.objects.filter(session_key=was).update(session_key=self.session_key)

    def _get_session_from_db(self) -> Session | None:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_FIND, [self.session_key, now])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        text, self.signed_in_at, self.last_seen_at = found
        return Session(session_key=self.session_key or "", session_data=text)


_FIND = """SELECT session.session_data, own.signed_in_at, own.last_seen_at FROM django_session session
LEFT JOIN tenants_personsession own ON own.session_key = session.session_key
WHERE session.session_key = %s AND session.expire_date > %s"""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session of a person as a page lists it."""

    key: str
    browser: str
    address: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_kept: bool

    @property
    def name(self) -> str:
        """What a page calls it: the key itself would let whoever reads that page in."""
        return salted_hmac("tenants.sessions", self.key, algorithm="sha256").hexdigest()


def is_over(held: Mapping[str, Any], signed_in_at: float | None, last_seen_at: float | None) -> bool:
    """Whether a session has ended in which somebody had signed in; one of which nothing is known counts as ended."""
    if signed_in_at is None or last_seen_at is None:
        return True
    now = time.time()
    idle = settings.KEPT_IDLE_SECONDS if _is_kept(held) else settings.SESSION_IDLE_SECONDS
    return now > last_seen_at + SEEN_EACH + idle or now > signed_in_at + _get_age(held)


def _get_age(held: Mapping[str, Any]) -> float:
    """How many seconds a session lasts altogether."""
    return float(held.get("_session_expiry") or settings.SESSION_COOKIE_AGE)


def _is_kept(held: Mapping[str, Any]) -> bool:
    """Whether its person has asked to be kept signed in."""
    return _get_age(held) > settings.SESSION_COOKIE_AGE


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest, user: User, **sent: Any) -> None:
    """Note who has signed in from where; every way to sign in ends here."""
    if request.session.session_key is None:
        request.session.create()
    now = time.time()
    own = {"person": user, "browser": request.headers.get("User-Agent", "")[:200], "address": client_network(request)}
    PersonSession.objects.update_or_create(
        session_key=request.session.session_key, defaults={**own, "signed_in_at": now, "last_seen_at": now}
    )


def note_seen(request: HttpRequest) -> None:
    """Note that the person of a request is there, every few minutes."""
    store, now = request.session, time.time()
    seen = getattr(store, "last_seen_at", None)
    if seen is not None and now > seen + SEEN_EACH:
        PersonSession.objects.filter(session_key=store.session_key).update(last_seen_at=now)


def list_sessions(person: User) -> list[LiveSession]:
    """The sessions in which the person is signed in, the one last seen first."""
    known = {row.session_key: row for row in PersonSession.objects.filter(person=person).order_by("-last_seen_at")}
    stored = Session.objects.filter(pk__in=known, expire_date__gt=timezone.now())
    held = {key: SessionStore().decode(text) for key, text in stored.values_list("session_key", "session_data")}
    return [
        LiveSession(
            key, row.browser, row.address, _moment(row.signed_in_at), _moment(row.last_seen_at), _is_kept(held[key])
        )
        for key, row in known.items()
        if key in held
        and _is_signed_in(person, held[key])
        and not is_over(held[key], row.signed_in_at, row.last_seen_at)
    ]


def _is_signed_in(person: User, held: Mapping[str, Any]) -> bool:
    """Whether a session is the person's, with the password that they have now."""
    hashed = str(held.get(HASH_SESSION_KEY, ""))
    return held.get(SESSION_KEY) == str(person.pk) and constant_time_compare(hashed, person.get_session_auth_hash())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def end_sessions(person: User, except_key: str | None = None) -> int:
    """End every session of the person, but for the one with this key; return how many of them were still valid."""
    valid = [one.key for one in list_sessions(person) if one.key != except_key]
    keys = PersonSession.objects.filter(person=person).values_list("session_key", flat=True)
    _delete_sessions([key for key in keys if key != except_key])
    return len(valid)


def end_session(person: User, key: str) -> bool:
    """End one session of the person; return whether it was still valid."""
    valid = any(one.key == key for one in list_sessions(person))
    if valid:
        _delete_sessions([key])
    return valid


def _delete_sessions(keys: list[str]) -> None:
    Session.objects.filter(pk__in=keys).delete()
    PersonSession.objects.filter(pk__in=keys).delete()


def clear_away() -> None:
    """Forget where people were signed in once the session itself is gone."""
    old = PersonSession.objects.filter(last_seen_at__lt=time.time() - settings.SESSION_COOKIE_AGE)
    old.exclude(session_key__in=Session.objects.values("session_key")).delete()
