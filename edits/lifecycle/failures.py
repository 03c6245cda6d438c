"""What an error during a save means for its edit: the only rule for how a failed save ends.

If nothing had left, the edit is certainly not sent. After that, only the vendor's answer proves anything: any other
error leaves the outcome unknown.
"""

import logging
from typing import TypeVar

from django.db import Error

from books import registry
from books.providers import departure, errors
from edits.models.edit import Edit, State
from records.fields import Table
from records.json_text import NotReadable
from records.visible import is_shown_whole
from tenants.models import Tenant

from . import transitions

log = logging.getLogger(__name__)

_STATES: tuple[tuple[type[errors.BooksError], State], ...] = (
    (errors.Stale, State.CONFLICT),
    (errors.Refused, State.REFUSED),
    (errors.NotSent, State.NOT_SENT),
    (errors.BooksError, State.UNKNOWN),
)
DATABASE_BUSY = "Ledgerdesk's database is busy or cannot be written to."
ANSWER_NOT_STORED = "It was sent, but Ledgerdesk could not store the answer."
NOT_UNDERSTOOD = "The answer could not be understood."

T = TypeVar("T", bound=errors.BooksError)


def told(edit: Edit, error: Exception, *, has_left: bool) -> errors.BooksError:
    """Return the outcome of a save in which `error` was raised; `has_left` is whether its write may have left."""
    if isinstance(error, errors.BooksError) and _says_how_it_ended(error, has_left=has_left):
        return error
    if not isinstance(error, errors.BooksError | NotReadable):
        log.error("The save of edit %s failed, has_left=%s.", edit.pk, has_left, exc_info=error)
    return _after(edit.tenant, error) if has_left else not_begun(edit.tenant, error)


def _says_how_it_ended(error: errors.BooksError, *, has_left: bool) -> bool:
    """Return whether the error itself is the outcome; a failed read, for one, says nothing about a write that left."""
    return has_left if isinstance(error, errors.NoAnswer) else departure.is_decided_by(error, has_left=has_left)


def not_begun(tenant: Tenant, error: Exception) -> errors.NotBegun:
    """Return the error for a save of which nothing was sent because of this error."""
    if isinstance(error, errors.Unreadable):
        return named(tenant, errors.NotBegun(f"{error.title}. {error.error_message}", next_step=error.next_step))
    found = named(tenant, errors.NotBegun(_why(error)))
    found.may_pass = isinstance(error, Error)
    return found


def named(tenant: Tenant, error: T) -> T:
    """Return the error with the provider's name, marked as the error of a save."""
    error.books = registry.get_description(tenant).name
    error.of_save = True
    return error


def _after(tenant: Tenant, error: Exception) -> errors.BooksError:
    if isinstance(error, Error | OSError):
        return named(tenant, errors.NotRecorded(ANSWER_NOT_STORED))
    if isinstance(error, errors.BooksError):
        return named(tenant, errors.NoAnswer(detail=str(error), code=error.code))
    return named(tenant, errors.BadAnswer(str(error) if isinstance(error, NotReadable) else NOT_UNDERSTOOD))


def _why(error: Exception) -> str:
    if isinstance(error, Error):
        return DATABASE_BUSY
    if isinstance(error, errors.NoAnswer | NotReadable):
        return "The record could not be read again before saving."
    return "Something went wrong in Ledgerdesk. It has been logged."


def facts(error: errors.BooksError) -> dict[str, str]:
    """Return what an edit stores of the error that it ended with."""
    kept = {"error": type(error).__name__, "error_message": error.error_message, "next_step": error.next_step}
    kept |= {"code": error.code, "request_id": error.request_id}
    return kept | ({"field": error.field, "brief": error.brief} if isinstance(error, errors.Refused) else {})


def read_error(edit: Edit) -> errors.BooksError:
    """Return the error that an edit ended with, in the words in which it was recorded; one in DISCARDED has none."""
    kind = getattr(errors, edit.error, None) or (errors.Stale if edit.state == State.CONFLICT else errors.NoAnswer)
    said = {"code": edit.code, "request_id": edit.request_id, "next_step": edit.next_step}
    if issubclass(kind, errors.Refused):
        said |= {"field": edit.field, "brief": edit.brief}
    return named(edit.tenant, kind(edit.error_message, **said))


def shorten_withdrawn(edit: Edit) -> Edit:
    """Take the words of an error from a discarded edit, which is not stored again, and keep why it was withdrawn."""
    if edit.outcome.name == "dropped" and edit.error:
        edit.error_message = ""
    return edit


def find_trouble(edit: Edit) -> errors.BooksError | None:
    """Return why a queued edit has to wait, if it was tried; None for any other."""
    return read_error(edit) if edit.state == State.QUEUED and edit.error else None


def hide_words(edit: Edit, table: Table) -> None:
    """Take the vendor's words from an edit, which is not stored again, where they may quote a value that is hidden.

    Nor is its record called by a day that is.
    """
    transitions.hide_name(edit, table.hidden_columns)
    if not is_shown_whole(table.shape, edit.fields.split()):
        edit.error_message = edit.next_step = ""


def state_of(error: errors.BooksError) -> State:
    return next(state for kind, state in _STATES if isinstance(error, kind))
