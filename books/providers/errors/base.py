"""What every error of a company's books has: its words for a person, of reading or of saving, and the vendor's ids."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from django.http import Http404

from books.providers import exchanges


class BooksError(Exception):
    """A failed request to a company's vendor, with messages for the person who made it."""

    status: ClassVar[int] = 502
    of_save = False
    answers_write = False  # whether it is the vendor's own answer to a write
    TITLE: ClassVar[str] = "{books} did not answer as expected"
    KEPT: ClassVar[str] = "Nothing was written, and everything you typed is still here."
    TODO: ClassVar[str] = "Try again. If it happens again, give your Ledgerdesk administrator the request id."
    # The same for a page or a list that was being read, where they differ.
    READ_TITLE: ClassVar[str] = ""
    READ_KEPT: ClassVar[str] = "Ledgerdesk's data has not changed."
    READ_TODO: ClassVar[str] = ""

    def __init__(
        self, error_message: str = "", *, detail: str = "", code: str = "", request_id: str = "", next_step: str = ""
    ) -> None:
        super().__init__(detail or error_message or type(self).__name__)
        self._error_message, self._next_step = error_message, next_step
        self.detail = detail
        self.code = code
        self.request_id = request_id
        self.books = "The accounting system"

    @property
    def title(self) -> str:
        """The problem in short, without a full stop."""
        return self._words(self.TITLE, self.READ_TITLE or self.TITLE)

    @property
    def error_message(self) -> str:
        """The problem as a sentence: the vendor's own message, if there is one."""
        return self._error_message or f"{self.title}."

    @property
    def more(self) -> str:
        """The sentence, if it says more than the title; else ""."""
        return "" if self._error_message == f"{self.title}." else self._error_message

    @property
    def kept(self) -> str:
        """The state of the change or, for a read, of the data."""
        return self._words(self.KEPT, self.READ_KEPT)

    @property
    def next_step(self) -> str:
        """What a person can do next."""
        return self._next_step or self._words(self.TODO, self.READ_TODO or self.TODO)

    def _words(self, of_save: str, of_read: str) -> str:
        return (of_save if self.of_save else of_read).format(books=self.books)


@contextmanager
def name_books(name: str) -> Iterator[None]:
    """Let every error that passes through use the provider's name, "QuickBooks", and be noted of its request."""
    exchanges.begin_call()
    try:
        yield
    except BooksError as error:
        error.books = name
        exchanges.blame_last(type(error).__name__, error.code, error.request_id)
        raise


@contextmanager
def saving() -> Iterator[None]:
    """Let every error that passes through use its messages for saving."""
    try:
        yield
    except BooksError as error:
        error.of_save = True
        raise


class NotMirrored(LookupError, Http404):
    """The mirror has no such record, or the provider no such list; a view that does not catch it answers 404."""

    noun = "record"  # what was not found
    next_step = ""  # what to do, if not to look for a record
