"""Errors by which the books refuse a request: nothing was written."""

from collections.abc import Mapping
from typing import Any

from .base import BooksError


class Refused(BooksError):
    """The vendor refused the request. `field` is the field at fault in our spelling, if the vendor names one.

    `now` is the current record, if the request has read it.
    """

    now: Mapping[str, Any] | None = None
    status = 422
    TITLE = "{books} refused this change"
    TODO = "Correct the value it names and save again."
    READ_TITLE = "{books} refused this request"
    READ_TODO = "Try again. If it happens again, give your Ledgerdesk administrator the request id."

    def __init__(self, error_message: str = "", *, field: str = "", brief: str = "", **more: str) -> None:
        super().__init__(error_message, **more)
        self.field = field
        self._brief = brief

    @property
    def brief(self) -> str:
        """The message beside the field, when the whole message is above the form already."""
        return self._brief or f"{self.error_message} {self.next_step}"


class Stale(Refused):
    """The revision sent is no longer the current one."""

    status = 409
    TITLE = "This record was changed in the meantime"
    TODO = "Compare both changes and decide which to keep."
    READ_TITLE = TITLE
    READ_TODO = "Load the page again."


class NotFound(Refused):
    """No record with this id exists at the vendor any more."""

    status = 404
    TITLE = "This record is no longer in {books}"
    KEPT = "What you typed is still here, so that you can copy it."
    TODO = "It was deleted or merged. Search for it under another name."
    READ_TITLE, READ_TODO = TITLE, TODO
