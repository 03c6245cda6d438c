"""What a page makes of a text that can be followed: a mail, a call, a website. Pure; knows no field.

A text that is not certainly one address or one number gets no link: a wrong one would call or write to somebody else.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from records.fields import LinkKind

BETWEEN = re.compile(r"([\s,;]+)")
EXTENSION = r"(?:\s*(?:x|ext\.?|extension|#)\s*(?P<extension>[0-9]{1,6}))?"
PHONE = re.compile(rf"(?P<plus>\+?)(?P<number>[0-9().\-\s]+?){EXTENSION}", re.IGNORECASE)
TRUNK = re.compile(r"\(0\)")  # dialed only without the country's code: +44 (0)20 …
FEWEST, MOST_AT_HOME, MOST = 5, 12, 15  # digits; more without the country's code are two numbers
DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
is_email = EmailValidator(allowlist=[])  # which allows no `name@localhost`


def split_links(kind: LinkKind, text: str) -> list[tuple[str, str]]:
    """Return the pieces of a text in its order, each with its link or ""; joined they are the text."""
    if kind in (LinkKind.EMAIL, LinkKind.CONTACT):
        pieces = [(piece, _make_email_link(piece)) for piece in BETWEEN.split(text) if piece]
        if kind is LinkKind.EMAIL or any(link for _, link in pieces):
            return list(_join_plain(pieces))
    if kind in (LinkKind.PHONE, LinkKind.CONTACT):
        return [(text, make_phone_link(text))]
    return [(text, make_web_link(text) if kind is LinkKind.WEB else "")]


def _make_email_link(text: str) -> str:
    try:
        is_email(text)
    except ValidationError:
        return ""
    return f"mailto:{quote(text, safe='@+')}"


def _join_plain(pieces: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    plain = ""
    for text, link in pieces:
        if not link:
            plain += text
            continue
        if plain:
            yield plain, ""
        yield text, link
        plain = ""
    if plain:
        yield plain, ""


def make_phone_link(text: str) -> str:
    """Return the link that calls a number, with its extension; "" for what is not certainly one number."""
    found = PHONE.fullmatch(text.strip())
    if found is None:
        return ""
    number = TRUNK.sub("", found["number"]) if found["plus"] else found["number"]
    digits = re.sub(r"\D", "", number)
    if not FEWEST <= len(digits) <= (MOST if found["plus"] else MOST_AT_HOME):
        return ""
    extension = f";ext={found['extension']}" if found["extension"] else ""
    return f"tel:{found['plus']}{digits}{extension}"


def make_web_link(text: str) -> str:
    """Return the address of a website, with https:// where none stands; "" for anything else."""
    address = text if "://" in text else f"https://{text}"
    if re.search(r"[\s\\]", text):
        return ""
    try:
        parts = urlsplit(address)
        is_site = parts.scheme in ("http", "https") and not parts.username and parts.port is None
    except ValueError:
        return ""
    return address if is_site and DOMAIN.fullmatch(parts.hostname or "") and "@" not in parts.netloc else ""
