"""The demo's people and companies in the test database: alice is admin, bob bookkeeper, carol viewer.

dave has no role.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import urlencode

from tenants.management.commands import fill_demo
from tenants.models import Membership, PersonSession, Tenant
from tenants.sessions import SessionStore

from . import replay
from .tasks import run_queued_tasks

FORM = "application/x-www-form-urlencoded"
TABLES = (User, Tenant, Membership)
_first_filled: list[replay.Rows] = []  # of this process
_first_sessions: dict[tuple[int, str, str], str] = {}  # of this process: encoded, by person, password and key


@pytest.fixture
def everybody(db: None) -> dict[str, User]:
    """All demo people by name, with their roles in all demo companies."""
    fill_people()
    return {person.username: person for person in User.objects.all()}


def fill_people() -> None:
    """Create what a demo has, as the first test did that found nothing there."""
    if not replay.are_empty(*TABLES):
        fill_demo.fill()
    elif _first_filled:
        replay.write_rows(_first_filled)
    else:
        fill_demo.fill()
        _first_filled.extend(replay.read_rows(*TABLES))


@pytest.fixture
def companies(everybody: dict[str, User]) -> dict[str, Tenant]:
    """All demo companies by slug."""
    return {company.slug: company for company in Tenant.objects.all()}


@pytest.fixture
def alice(everybody: dict[str, User]) -> User:
    return everybody["alice"]


@pytest.fixture
def bob(everybody: dict[str, User]) -> User:
    return everybody["bob"]


@pytest.fixture
def carol(everybody: dict[str, User]) -> User:
    return everybody["carol"]


@pytest.fixture
def dave(everybody: dict[str, User]) -> User:
    return everybody["dave"]


@pytest.fixture
def abc(companies: dict[str, Tenant]) -> Tenant:
    return companies["abc"]


@pytest.fixture
def harbor(companies: dict[str, Tenant]) -> Tenant:
    return companies["harbor"]


@pytest.fixture
def larch(companies: dict[str, Tenant]) -> Tenant:
    return companies["larch"]


@pytest.fixture
def juniper(companies: dict[str, Tenant]) -> Tenant:
    """The Bigcapital organization."""
    return companies["juniper"]


@pytest.fixture
def quillmark(companies: dict[str, Tenant]) -> Tenant:
    return companies["quillmark"]


@pytest.fixture
def garnet(companies: dict[str, Tenant]) -> Tenant:
    return companies["garnet"]


class PatientClient(Client):
    """A browser that waits for a save: it lets the worker send what its form has queued, and then asks how it ended."""

    def post(self, path: Any, data: Any = None, *args: Any, **more: Any) -> Any:
        answer = self.post_only(path, data, *args, **more)
        number = find_queued(answer, path)
        if not number or not isinstance(data, Mapping) or "outcome" in data:
            return answer
        run_queued_tasks("saves")
        return self.post_only(path, {**data, "outcome": number}, *args, **more)

    def post_only(self, path: str, data: Any = None, *args: Any, **more: Any) -> Any:
        """Post without waiting for anything: as a browser does, which encodes in parts only a form with a file."""
        if args or "content_type" in more or not isinstance(data, Mapping) or any(map(is_file, data.values())):
            return super().post(path, data, *args, **more)
        return super().post(path, urlencode(data, doseq=True), FORM, **more)


def is_file(value: Any) -> bool:
    return hasattr(value, "read")


def find_queued(answer: Any, path: str) -> str:
    """Return the number of the edit that a posted form has queued, "" for none."""
    if answer.status_code == 202:
        return str(answer.context["edit"].pk)
    own_page = re.fullmatch(r"(/t/[^/]+/edits/(\d+)/)\?saving=1(&.*)?", answer.headers.get("Location", ""))
    return own_page[2] if own_page else ""


def signed_in(person: User) -> PatientClient:
    """Return a client with this person's session.

    It is stored without signing in, which would note that in the security log; what it holds is made once for all tests
    of a process.
    """
    client, place = PatientClient(), (person.pk, person.password, settings.SECRET_KEY)
    if place not in _first_sessions:
        held = {SESSION_KEY: str(person.pk), HASH_SESSION_KEY: person.get_session_auth_hash()}
        held[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        _first_sessions[place] = SessionStore().encode(held)
    key, now = get_random_string(32), timezone.now()
    ends = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Session.objects.bulk_create([Session(session_key=key, session_data=_first_sessions[place], expire_date=ends)])
    seen = {"signed_in_at": now.timestamp(), "last_seen_at": now.timestamp()}
    PersonSession.objects.bulk_create([PersonSession(session_key=key, person=person, **seen)])
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


@pytest.fixture
def as_alice(alice: User) -> PatientClient:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> PatientClient:
    return signed_in(bob)


@pytest.fixture
def as_carol(carol: User) -> PatientClient:
    return signed_in(carol)


@pytest.fixture
def as_dave(dave: User) -> PatientClient:
    return signed_in(dave)
