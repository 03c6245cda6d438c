"""Adds the companies and people of a demo. Their records come from the sandbox."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from tenants.models import Membership, Provider, Role, Tenant

COMPANIES = {
    "abc": ("ABC Corporation", "end_usr_1234567abcdefg"),
    "harbor": ("Harbor & Pine Builders", "end_usr_contractor0001"),
    "larch": ("Larch Street Supply", "end_usr_wholesaler0001"),
    "quillmark": ("Quillmark Stationery", "end_usr_neversetup001"),
    "garnet": ("Garnet Vale Water", "end_usr_pcisoff00001"),
}
BIGCAPITAL = {
    "juniper": ("Juniper Grove Interiors", "BIGCAPITAL_KEY_JUNIPER"),
    "kawara": ("Kawara Tea Trading", "BIGCAPITAL_KEY_KAWARA"),
}
WAITING = ("willow", "Willow Lane Dental")  # to be connected: it has no end user yet
INVITED = "erin@example.com"
PEOPLE = {"alice": Role.ADMIN, "bob": Role.BOOKKEEPER, "carol": Role.VIEWER, "dave": None}
ADMINISTRATOR = "alice"
PASSWORD = "demo"  # noqa: S105 - not a secret: a demo's sign-in page shows it, and its companies are invented


class Command(BaseCommand):
    help = "Create the demo's companies and people. Needs DEMO=1; changes nothing that is already there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo people all have the password 'demo', so this works with DEMO=1 only.")
        with transaction.atomic():
            fill()
            fill_administration()


def fill() -> None:
    """Create the demo's missing companies, people and roles."""
    Tenant.objects.bulk_create(
        (Tenant(slug=slug, name=name, end_user_id=end_user) for slug, (name, end_user) in COMPANIES.items()),
        ignore_conflicts=True,
    )
    Tenant.objects.bulk_create(
        (
            Tenant(slug=slug, name=name, provider=Provider.BIGCAPITAL, key_variable=variable)
            for slug, (name, variable) in BIGCAPITAL.items()
        ),
        ignore_conflicts=True,
    )
    companies = Tenant.objects.filter(slug__in=[*COMPANIES, *BIGCAPITAL])
    people = demo_people()
    Membership.objects.bulk_create(
        (
            Membership(tenant=company, person=people[username], role=role)
            for company in companies
            for username, role in PEOPLE.items()
            if role is not None
        ),
        ignore_conflicts=True,
    )


def fill_administration() -> None:
    """Create what an administrator of Ledgerdesk finds to do: a company to connect, and an invitation that waits.

    The link of the invitation is known to nobody, as no mail is sent.
    """
    User.objects.filter(username=ADMINISTRATOR, is_staff=False).update(is_staff=True)
    slug, name = WAITING
    waiting, _ = Tenant.objects.get_or_create(slug=slug, defaults={"name": name})
    if not waiting.invitations.exists() and not waiting.removed_at:
        waiting.invitations.create(
            email=INVITED,
            role=Role.ADMIN,
            token_hash=sha256(token_bytes()).hexdigest(),
            invited_by=User.objects.get(username=ADMINISTRATOR),
            expires_at=timezone.now() + timedelta(days=7),
        )


def demo_people() -> dict[str, User]:
    """Return the demo's people by name, created if needed: with one shared hash, because hashing is slow."""
    known = set(User.objects.filter(username__in=PEOPLE).values_list("username", flat=True))
    if missing := PEOPLE.keys() - known:
        password = make_password(PASSWORD)
        User.objects.bulk_create(
            User(username=name, email=f"{name}@example.com", password=password) for name in sorted(missing)
        )
    return {person.username: person for person in User.objects.filter(username__in=PEOPLE)}
