"""Remembers in a signed cookie who has signed in with a browser, so that others' guesses do not affect them.

The cookie gives no access: it only gives wrong passwords a counter of their own (OWASP calls it a device cookie).
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string

COOKIE = "desk_known"
SALT = "tenants.known_browsers"
AGE = 180 * 24 * 3600
PEOPLE_AT_MOST = 12  # per browser; the person with the oldest sign-in is dropped first


def known_browser(request: HttpRequest, person: AbstractBaseUser) -> str | None:
    """Return the name of this browser if this person has signed in with it before."""
    seen = _seen(request)
    return seen["browser"] if person.pk in seen["people"] else None


def remember(request: HttpRequest, response: HttpResponseBase, person: AbstractBaseUser) -> None:
    """Note in the response's cookie that this person has signed in with this browser."""
    seen = _seen(request)
    people = [*(pk for pk in seen["people"] if pk != person.pk), person.pk][-PEOPLE_AT_MOST:]
    response.set_cookie(
        COOKIE,
        signing.dumps({"browser": seen["browser"], "people": people}, salt=SALT),
        max_age=AGE,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _seen(request: HttpRequest) -> dict[str, Any]:
    try:
        seen: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {"browser": get_random_string(22), "people": []}
    return seen
