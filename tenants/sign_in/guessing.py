"""Limits for guessing passwords: how many attempts, and which counters a wrong password counts for.

Checks no password itself. No counter belongs to an account alone, so an attacker elsewhere cannot lock its owner out.
"""

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
