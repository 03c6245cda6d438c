"""A form's starting point in a few signed bytes: company, kind, id, revision, person, and what is left to decide.

A token that is forged, or of another record, company or person, is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import QueryDict

from books.models import Record

SALT = "edits.base"
SEALS = ("base", "theirs")  # the inputs with a token: of a form, of the conflict page


class InvalidToken(ValueError):
    """The token is missing, forged, or of another record or company: nothing may be sent."""


class NotYours(InvalidToken):
    """The form was opened by someone else, whose number is `author`: nothing in it may be shown, stored or sent."""

    def __init__(self, author: int) -> None:
        super().__init__("Someone else opened this form.")
        self.author = author


@dataclass(frozen=True, slots=True)
class FormToken:
    """The record that a form shows, the revision that the person saw, and the number of that person.

    `undecided` are the clashes for which the form shows the values of the edit `reopens`, not the vendor's. `over` are
    the numbers of that person's edits under way that the form shows as if they were saved.
    """

    record: Record
    revision: str
    person: int
    reopens: int = 0
    undecided: tuple[str, ...] = ()
    over: tuple[int, ...] = ()

    def __str__(self) -> str:
        parts: list[object] = [self.record.tenant_id, self.record.kind, self.record.remote_id, self.revision]
        parts += [self.reopens, self.undecided, self.person, self.over]
        return signing.dumps(parts, salt=SALT, compress=False)


def read_token(text: str, record: Record, person: int) -> FormToken:
    """Return the token of a form for `record`. Raises InvalidToken, and NotYours if another person opened the form."""
    try:
        tenant, kind, remote_id, revision, *rest = signing.loads(text, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise InvalidToken("The form does not say what it started from.") from error
    if (tenant, kind, remote_id) != (record.tenant_id, record.kind, record.remote_id):
        raise InvalidToken("The form belongs to another record.")
    reopens, undecided, author, over = _rest(rest)
    if author not in (None, person):
        raise NotYours(author)
    return FormToken(record, revision, person, reopens, undecided, over)


def rename_in_form(typed: str, person: int) -> str:
    """Return the stored inputs of a draft with a token that names this person: an administrator has handed it over.

    A token that is missing or no longer valid stays as it is, so that the form says so when it is opened.
    """
    data = QueryDict(typed, mutable=True)
    for name in SEALS:
        try:
            tenant, kind, remote_id, revision, *rest = signing.loads(data.get(name, ""), salt=SALT)
            reopens, undecided, _, over = _rest(rest)
        except (signing.BadSignature, TypeError, ValueError):
            continue
        parts = [tenant, kind, remote_id, revision, reopens, undecided, person, over]
        data[name] = signing.dumps(parts, salt=SALT, compress=False)
    return data.urlencode()


def author_of(posted: Mapping[str, Any]) -> int | None:
    """Return the number of the person who opened the posted form; None if its token names nobody."""
    for text in filter(None, map(posted.get, SEALS)):
        try:
            return _rest(signing.loads(str(text), salt=SALT)[4:])[2]
        except (signing.BadSignature, TypeError, ValueError):
            continue
    return None


def check_author(posted: Mapping[str, Any], person: int) -> None:
    """Raise NotYours if someone else opened the form."""
    author = author_of(posted)
    if author not in (None, person):
        raise NotYours(author)


def _rest(parts: list[Any]) -> tuple[int, tuple[str, ...], int | None, tuple[int, ...]]:
    """Return the reopened edit, open clashes, person, and edits under way.

    An old token without a person lists its clashes one by one. Nobody who has signed in since then can post it,
    because the form's CSRF token is no longer valid.
    """
    if len(parts) in (3, 4) and isinstance(parts[1], list):
        reopens, undecided, author, *over = parts
        return reopens, tuple(undecided), author, tuple(*over)
    reopens, *undecided = parts or [0]
    return reopens, tuple(undecided), None, ()
