"""Limits for guessing passwords and codes: how many attempts, and which counters a wrong one counts for.

Checks none itself. No counter of passwords belongs to an account alone, so an attacker elsewhere cannot lock its owner
out. That of codes does, as networks are cheap and codes are short. Only who knows the password can use it up, and never
for the browsers in which the owner has signed in before.
"""

from django.contrib.auth.models import User
from django.http import HttpRequest

from tenants.clients import client_network
from tenants.throttle import Limit

from .known_browsers import known_browser
from .people import people_called

TEN_MINUTES = 600
# From one network 5 guesses at an account, then 6 an hour; with 1,000 networks 5,000, then 6,000 an hour.
AT_AN_ACCOUNT = Limit(5, pause=TEN_MINUTES)
# At all accounts together; an office shares one network, and its people mistype in browsers that are new to us.
FROM_AN_ADDRESS = Limit(50, pause=36)
FROM_A_KNOWN_BROWSER = Limit(10, pause=TEN_MINUTES)
# Of the old password, by whoever uses a screen that was left unlocked.
IN_A_SESSION = Limit(5, pause=TEN_MINUTES)
# For an account in all browsers that are new to it: of a million codes three are right at any moment.
OF_CODES = Limit(5, pause=TEN_MINUTES)
RESETS_FROM_AN_ADDRESS = Limit(10, pause=60)
RESETS_FOR_A_MAILBOX = Limit(3, pause=TEN_MINUTES)


def sign_in_counters(request: HttpRequest, login: str) -> dict[str, Limit]:
    """Return the counters of a sign-in under this name or address, which need not exist."""
    client = client_network(request)
    accounts = {f"person {person.pk}": known_browser(request, person) for person in people_called(login)}
    counters: dict[str, Limit] = {}
    for account, browser in (accounts or {f"nobody {login.casefold()}": None}).items():
        if browser:
            counters[f"sign-in, browser {browser}, {account}"] = FROM_A_KNOWN_BROWSER
        else:
            counters[f"sign-in, {client}, {account}"] = AT_AN_ACCOUNT
            counters[f"sign-in, {client}"] = FROM_AN_ADDRESS
    return counters


def code_counters(request: HttpRequest, person: User) -> dict[str, Limit]:
    """Return the counters of the second step of this person's sign-in."""
    browser = known_browser(request, person)
    if browser:
        return {f"code, browser {browser}, person {person.pk}": FROM_A_KNOWN_BROWSER}
    return {f"code, person {person.pk}": OF_CODES}


def session_counters(request: HttpRequest) -> dict[str, Limit]:
    """Return the counters of passwords that are asked for again in a session."""
    return {f"change, session {request.session.session_key}": IN_A_SESSION}
