"""The second factor at sign-in: codes of an app, passkeys and recovery codes, as allauth keeps them.

Their secrets are sealed. Knows no page, and counts no attempts.
"""

import logging
import re
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from tenants import mailing, throttle
from tenants.sealing import CannotUnseal, seal, unseal
from tenants.sessions import end_sessions
from tenants.throttle import Limit

log = logging.getLogger(__name__)
# In the words of the log and of pages.
NAMES = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}
# One use of a code, for longer than any clock that is allowed for takes it as valid. Counted for all processes
# together: allauth keeps used codes in the cache, which each process may have for itself.
ONE_USE = Limit(1, pause=300)
DECLARATION = re.compile(r"^<\?xml[^>]*\?>\s*")


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seal the secrets of apps and recovery codes in the database, and name things as our pages do."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That did not work. Try again.",
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The QR code as a part of a page: a picture in its address would need a wider content security policy."""
        return DECLARATION.sub("", super().build_totp_svg(url))

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


def list_factors(person: User) -> list[Authenticator]:
    """The factors that the person has set up, recovery codes last."""
    found = Authenticator.objects.filter(user=person).order_by("created_at", "pk")
    return sorted(found, key=lambda factor: factor.type == Authenticator.Type.RECOVERY_CODES)


def count_codes(codes: Authenticator) -> int:
    """How many recovery codes are left; none, if they were sealed with a key that is gone."""
    try:
        return len(codes.wrap().get_unused_codes())
    except CannotUnseal:
        return 0


def find_by_code(person: User, code: str) -> Authenticator | None:
    """The person's app that shows this code, or their recovery codes of which it is one; it is used up by that."""
    for factor in Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN):
        try:
            is_right = factor.wrap().validate_code(code)
        except CannotUnseal as error:
            log.error("The second factor of %s cannot be checked: %s", person.get_username(), error)
            continue
        if is_right and (factor.type != Authenticator.Type.TOTP or use_up(factor, code)):
            return factor
    return None


def use_up(factor: Authenticator, code: str) -> bool:
    """Note that a valid code of an app was used; return False if it was before."""
    digits = "".join(filter(str.isdecimal, code))
    try:
        throttle.take({f"code {digits} of factor {factor.pk}": ONE_USE})
    except throttle.TooManyTries:
        return False
    return True


def reset_factors(person: User) -> int:
    """Take a person's factors away, end their sessions and tell them by mail; return how many there were.

    The caller has checked who may do it, and adds it to the security log in the same transaction.
    """
    count: int = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    if settings.HAS_MAIL and person.email:
        transaction.on_commit(lambda: mailing.send_later(lambda: _tell_reset(person)))
    return count


def _tell_reset(person: User) -> None:
    context: dict[str, Any] = {"person": person, "site": settings.SITE_URL}
    text = render_to_string("account/email/second_factor_reset.txt", context)
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Your second factor was reset"
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])
