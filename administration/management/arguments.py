"""How commands name people and companies, and say what the rules refuse."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.db.models import Q

from administration.people.actors import Actor, PeopleRefused
from tenants.models import Tenant

OPERATOR = Actor()


def find_person(text: str) -> User:
    """Return the person with this user name or email address. Raises CommandError."""
    person = User.objects.filter(Q(username=text) | Q(email__iexact=text)).order_by("pk").first()
    if person is None:
        raise CommandError(f"There is no person with the username or email address {text!r}.")
    return person


def find_company(slug: str) -> Tenant:
    """Return the company with this part of the web address. Raises CommandError."""
    company = Tenant.objects.in_use().filter(slug=slug).first()
    if company is None:
        known = ", ".join(Tenant.objects.in_use().values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no company {slug!r}; the companies are: {known}.")
    return company


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let the command end with the sentence of a refusal."""
    try:
        yield
    except (PeopleRefused, PermissionDenied) as refused:
        raise CommandError(str(refused)) from None
