"""Reads variables of the environment by one rule: blank is the default, and what is not understood is refused.

A refusal names the variable, and shows what was written only of kinds that hold no secret. Knows no variable by name.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

FLAGS = dict.fromkeys(("1", "true", "yes", "y", "on", "ok"), True)
FLAGS |= dict.fromkeys(("0", "false", "no", "n", "off"), False)
URL = re.compile(r"(?P<scheme>[\w+.-]+):(//)?(?P<host>[^/?#]*)(?P<path>[^?#]*)(\?\w+=[^#]*)?(?P<more>.*)")


class UrlKind(NamedTuple):
    """One kind of URL: how it is written, how it may begin, and what takes it apart."""

    sample: str
    schemes: Sequence[str]
    take_apart: Callable[[str], dict[str, Any]]
    may_have_hash: bool = False  # a # of a password ends nothing


DATABASE = UrlKind("postgres://user:password@host/name", [*environ.Env.DB_SCHEMES], environ.Env.db_url_config, True)
CACHE = UrlKind("redis://127.0.0.1:6379/0", [*environ.Env.CACHE_SCHEMES], environ.Env.cache_url_config)
MAIL = UrlKind("smtp+tls://user:password@host:587", [*environ.Env.EMAIL_SCHEMES], environ.Env.email_url_config)


class Variables:
    """What the variables of an environment say."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def exact(self, name: str, default: str = "") -> str:
        """Return a text with the blanks around it, which may be part of a secret; `$OTHER` is the text of OTHER."""
        text = self.environment.get(name, "")
        if text.startswith("$"):
            text = self.environment.get(text.lstrip("$"), text)
        return text if text.strip() else default

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        return self.exact(name).strip() or default

    def texts(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """Return the texts between commas."""
        return [one.strip() for one in self.text(name).split(",") if one.strip()] or [*default]

    def keys(self, name: str) -> list[str]:
        """Return the keys between commas, each also with the blanks that stand around it: they may be part of it."""
        every = self.exact(name).split(",")
        return [*dict.fromkeys(form for key in every if key.strip() for form in (key.strip(), key))]

    def choice(self, name: str, default: str, *others: str) -> str:
        """Return one of these words. Raises ImproperlyConfigured for any other."""
        word = self.text(name, default)
        if word not in (default, *others):
            raise ImproperlyConfigured(f"{name} is {' or '.join((default, *others))}, not {word!r}.")
        return word

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether something is on. Raises ImproperlyConfigured for what says neither."""
        text = self.text(name)
        if text and text.lower() not in FLAGS:
            raise ImproperlyConfigured(f"{name} is 1 or 0, not {text!r}.")
        return FLAGS[text.lower()] if text else default

    def whole(self, name: str, default: int) -> int:
        """Return a whole number that is not negative. Raises ImproperlyConfigured for any other text."""
        text = self.text(name)
        if text and not (text.isascii() and text.isdecimal()):
            raise ImproperlyConfigured(f"{name} is a whole number, not {text!r}.")
        return int(text) if text else default

    def number(self, name: str, default: float) -> float:
        """Return a number that is not negative. Raises ImproperlyConfigured for any other text."""
        text = self.text(name)
        try:
            found = float(text) if text else default
        except ValueError:
            found = -1.0
        if not 0 <= found < math.inf:
            raise ImproperlyConfigured(f"{name} is a number, not {text!r}.")
        return found

    def address(self, name: str, default: str = "") -> str:
        """Return the address of a server, without a slash at its end. Raises ImproperlyConfigured for other texts."""
        text = self.text(name)
        if text and not _is_web_address(text):
            raise ImproperlyConfigured(f"{name} cannot be read. Write it like https://books.example.com")
        return (text or default).rstrip("/")

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Return Django's settings of a database. Raises ImproperlyConfigured, without the URL, if it is wrong."""
        return take_apart(self.text(name, default), DATABASE, name)

    def cache(self, name: str, default: str) -> dict[str, Any]:
        """Return Django's settings of a cache. Raises ImproperlyConfigured, without the URL, if it is wrong."""
        return take_apart(self.text(name, default), CACHE, name)

    def mail(self, name: str) -> dict[str, Any]:
        """Return Django's settings of a mail server, none if it is blank. Raises ImproperlyConfigured as the others."""
        url = self.text(name)
        return take_apart(url, MAIL, name) if url else {}


def take_apart(url: str, kind: UrlKind, name: str) -> dict[str, Any]:
    """Return what Django makes of a URL. Raises ImproperlyConfigured with its name alone: a URL may have a password."""
    try:
        _refuse_cut(url, kind)
        return kind.take_apart(url)
    except (ValueError, KeyError, ImproperlyConfigured):
        why = f"{name} cannot be read. Write it like {kind.sample}, and special signs of the password as %2F for /"
    raise ImproperlyConfigured(f"{why} and %23 for #.")


def _refuse_cut(url: str, kind: UrlKind) -> None:
    """Raise ValueError for an unknown kind of URL, and for one whose password ends it: `user:12/3@host`.

    A kind may be the name of a module of Django's.
    """
    parts = URL.fullmatch(url)
    if not parts or not (parts["scheme"].lower() in kind.schemes or "." in parts["scheme"]):
        raise ValueError
    beyond = parts["path"] if kind.may_have_hash else parts["path"] + parts["more"]
    if ":" in parts["host"] and "@" not in parts["host"] and "@" in beyond:
        raise ValueError


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
