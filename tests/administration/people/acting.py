"""What the tests about people share: who acts, what came of it, and the words of a page."""

from html import unescape
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client

from administration.people.actors import Actor, PeopleRefused
from tenants.models import Membership, Role, SecurityEvent, Tenant
from tests.support.factors import SIGN_IN
from tests.support.markup import one_line
from tests.support.people import fill_people


def fill_without_office() -> None:
    """Create the demo's people, of whom nobody administers the whole of Ledgerdesk."""
    fill_people()
    User.objects.update(is_staff=False)


def act(person: User | None) -> Actor:
    return Actor(person)


def sign_in(person: User, password: str = "demo") -> Client:
    """A browser in which the person has given their password just now."""
    client = Client()
    client.post(SIGN_IN, {"login": person.username, "password": password})
    return client


def refusal_of(rule: Any, *given: Any, **named: Any) -> str:
    """Return how a rule refuses: the kind of refusal and its sentence; "" if it does what was asked."""
    try:
        rule(*given, **named)
    except (PeopleRefused, PermissionDenied) as refused:
        return f"{type(refused).__name__}: {refused}"
    return ""


def role_of(person: User, tenant: Tenant) -> Role | None:
    own = Membership.objects.filter(person=person, tenant=tenant).first()
    return Role(own.role) if own else None


def make_office(person: User) -> User:
    """Make a person a Ledgerdesk administrator."""
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.refresh_from_db()
    return person


def log_of(*fields: str) -> list[tuple[Any, ...]]:
    """Return these fields of the security log, the oldest entry first."""
    return list(SecurityEvent.objects.order_by("pk").values_list(*fields))


def words(answer: Any) -> str:
    """Return the text of a page in one line."""
    return unescape(one_line(answer.content.decode()))
