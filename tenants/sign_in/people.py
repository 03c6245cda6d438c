"""Accounts and how people are identified: an operator adds them, and there is no public sign-up.

A person's email address is the one that the operator set. allauth's own table of addresses is not used.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.urls import reverse

from tenants.access import find_person
from tenants.mailing import make_link
from tenants.person_settings import find_first_page
from tenants.redirects import is_own_page


def people_called(login: str) -> list[User]:
    """Return the people with this user name or email address; two people may share an address."""
    named = list(User.objects.filter(username__iexact=login).order_by("pk"))
    exact = [person for person in named if person.username == login]
    by_name = exact or (named if len(named) == 1 else [])
    return by_name + [person for person in people_at(login) if person not in by_name]


def people_at(address: str) -> list[User]:
    """Return the people with this email address, regardless of case."""
    if not address:
        return []
    alike = User.objects.filter(email__iexact=address).order_by("pk")
    return [person for person in alike if person.email.lower() == address.lower()]  # databases fold more than case


def is_address_taken(address: str, person: User | None = None) -> bool:
    """Whether somebody other than `person` has this address, or is called by it."""
    others = [*people_at(address), *User.objects.filter(username__iexact=address)]
    return any(person is None or one.pk != person.pk for one in others)


class NameOrOwnAddress(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Identify people by their user name or email address."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        for person in people_called(credentials.get("username", "")):
            found: User | None = self._check_password(person, credentials["password"])
            if found:
                return found
        return None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, with their companies: nearly every page asks for both."""
        person = find_person(user_id)
        if person is None:
            nobody: User | None = super().get_user(user_id)
            return nobody
        return person if self.user_can_authenticate(person) else None


class NobodySignsUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Close the public sign-up; `manage.py add_person` adds people."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "That username, email or password is not correct.",
        "email_password_mismatch": "That username, email or password is not correct.",
        "account_inactive": "This account is turned off. Ask your Ledgerdesk administrator.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """No page of ours requests JSON of allauth, which would answer 200 to a refused form."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a sign-in leads that came from no page: to the page that the person wants first."""
        assert isinstance(request.user, User)
        return find_first_page(request.user)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whether the password has to be given again; a sign-in of the last minutes counts as well."""
        given = get_authentication_records(context.request, context.request.user)
        return not given or time.time() - given[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, str]]:
        """The password alone; who has none is shown how to get one."""
        if not user.is_authenticated:
            return []
        page = "account_reauthenticate" if user.has_usable_password() else "account_reset_password"
        return [{"id": "reauthenticate", "description": "Password", "url": reverse(page)}]

    def is_safe_url(self, url: str) -> bool:
        return is_own_page(self.request, url)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that is mailed: allauth's leads to the host and port that the browser has named."""
        person, _, rest = key.partition("-")
        return make_link(reverse("account_reset_password_from_key", args=[person, rest]))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Mail to the address that the operator set, whatever was typed."""
        super().send_password_reset_mail(user, user.email, context)
