"""Seals secrets that are stored, so that a copy of the database alone does not show them.

The key is derived from SECRET_KEY. After that was changed, what the keys in SECRET_KEY_FALLBACKS have sealed can still
be read; what is sealed anew has the new key. Knows nothing of what it seals.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"ledgerdesk: secrets sealed in the database"  # what else is derived from SECRET_KEY has other keys


class CannotUnseal(ValueError):
    """The text was not sealed by this installation's SECRET_KEY, nor by one of SECRET_KEY_FALLBACKS."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read: it was sealed with another SECRET_KEY. Put the earlier key into"
            " SECRET_KEY_FALLBACKS, or enter the secret again."
        )


def seal(text: str) -> str:
    """Return the text encrypted and signed, as ASCII; the same text is never sealed to the same one twice."""
    return _make_keys(_list_secrets()).encrypt(text.encode()).decode("ascii")


def unseal(text: str) -> str:
    """Return the text that was sealed. Raises CannotUnseal for one that was altered or sealed with another key."""
    try:
        return _make_keys(_list_secrets()).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise CannotUnseal from error


def _list_secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _make_keys(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive_key(secret)) for secret in secrets])


def _derive_key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
