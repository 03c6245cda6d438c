"""A person's second factor in tests: an app whose codes are computed, and the two steps of a sign-in."""

import json
import re
import time
from html import unescape
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.test import Client

SIGN_IN, SECOND_STEP = "/accounts/login/", "/accounts/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret: str = SECRET, *, later: int = 0) -> str:
    """Return the code that an app shows now, or so many codes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def wrong_code(secret: str = SECRET) -> str:
    """Return a code that is not valid now, nor was or will be soon."""
    valid = {code_of(secret, later=n) for n in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", *map(str, range(333333, 333350))) if code not in valid)


def give_app(person: User, secret: str = SECRET) -> Authenticator:
    """Let the person have set up an app with this secret."""
    app: Authenticator = TOTP.activate(person, secret).instance
    return app


def give_recovery_codes(person: User) -> list[str]:
    """Let the person have recovery codes, and return them."""
    codes: list[str] = RecoveryCodes.activate(person).get_unused_codes()
    return codes


def first_step(person: User, client: Client | None = None, *, at: str = "198.51.100.7", **more: str) -> Client:
    """Give the demo's password, in a new browser or this one."""
    client = client or Client()
    typed = {"login": person.username, "password": "demo", **more}
    answer = client.post(SIGN_IN, typed, REMOTE_ADDR=at)
    assert (answer.status_code, answer.headers.get("Location")) in ((302, SECOND_STEP), (200, None))
    return client


def second_step(client: Client, code: str, **more: str) -> Any:
    return client.post(SECOND_STEP, {"code": code, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def options_of(page: Any) -> Any:
    """Return what a page asks a passkey."""
    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    return json.loads(unescape(found[1]))
