"""Failures between Ledgerdesk and a company's vendor, as one tree with messages for a person.

    BooksError
    ├── NotSent              proven not to have reached the vendor: nothing was written
    │   ├── NotSetUp         the company never finished connecting
    │   ├── NotActive        its PC is off or its Web Connector is not running
    │   ├── Closed           QuickBooks is closed, shows a dialog, or has another file open
    │   ├── Busy             the record or the request lock is in use
    │   ├── TooMany          the vendor asks us to wait
    │   ├── KeyRefused       our key is wrong or lacks rights
    │   ├── NotReached       no connection to the vendor at all
    │   │   └── WrongAddress something answered, but not the vendor
    │   └── NotBegun         Ledgerdesk itself failed before anything was sent
    ├── Refused              the vendor received the request and refused it: nothing was written
    │   ├── Stale            the record has moved since it was read
    │   └── NotFound         the record no longer exists
    ├── OwnFault             an error of Ledgerdesk's own while reading
    ├── NoAnswer             sent, outcome unknown
    │   ├── BadAnswer        the answer cannot be read
    │   │   └── Unreadable   the answer holds a record that can be neither stored nor shown
    │   ├── InPart           the vendor says that it wrote only part of it
    │   └── NotRecorded      Ledgerdesk itself failed after it was sent
    └── NotStored            what was read could not be stored; no save is involved

Each carries the vendor's request id and code; `status` is the HTTP status of our own answer. The messages of a class
name the provider as {books}; each client fills in its name. An error has the messages for reading until it passes
through `saving`: only then may they mention a change, typed values, or sending.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import Http404


class BooksError(Exception):
    """A failed request to a company's vendor, with messages for the person who made it."""

    status: ClassVar[int] = 502
    of_save = False
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
    """Let every error that passes through use the provider's name: "QuickBooks"."""
    try:
        yield
    except BooksError as error:
        error.books = name
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


class NotSent(BooksError):
    """The request provably did not reach the vendor."""

    status = 503
    TITLE = "{books} is not answering"
    TODO = "Your change is kept. Send it again when the connection is back."
    READ_TODO = "Ledgerdesk tries again automatically."


class NotSetUp(NotSent):
    """The end user exists but never finished the connection setup."""

    TITLE = "This company is not connected yet"
    TODO = "Finish the setup on the PC with {books}."
    READ_TODO = TODO


class NotActive(NotSent):
    """The PC is off or its Web Connector is not running: a normal state, not a fault."""

    TITLE = "The PC with {books} is not answering"
    TODO = (
        "Is the PC on and someone signed in to Windows? Open the company in {books}, "
        "then press Update Selected in the Web Connector."
    )
    READ_TODO = TODO


class Closed(NotSent):
    """The Web Connector runs, but QuickBooks would not open the company file for it."""

    TITLE = "{books} could not open the company file"
    TODO = "Open this company in {books}, close any open dialog, and try again."
    READ_TODO = TODO


class Busy(NotSent):
    """Somebody has the record open in QuickBooks, or another request was in progress."""

    TITLE = "The record is in use in {books}"
    TODO = "Someone has it open there. Ask them to close it, then save again."
    READ_TODO = "Someone has it open in {books}. Try again in a minute."


class TooMany(NotSent):
    """The vendor limits the rate of requests; `wait` is the number of seconds left."""

    TITLE = "{books} asks us to wait"
    TODO = "Wait a moment, then save again."
    READ_TODO = "Wait a moment, then try again."
    wait: float = 0.0


class KeyRefused(NotSent):
    """The vendor does not accept the API key, or the key lacks rights."""

    TITLE = "Ledgerdesk's key was not accepted"
    TODO = "Only your Ledgerdesk administrator can fix this: the key is wrong, deleted or lacks permissions."
    READ_TODO = TODO


class NotReached(NotSent):
    """No connection to the vendor's server could be made."""

    TITLE = "The connection service cannot be reached"
    TODO = "Ledgerdesk's own network is the most likely cause. Try again in a minute."
    READ_TODO = TODO


class WrongAddress(NotReached):
    """The answer is not the vendor's: a proxy, a guest network, or another server at the base URL."""

    TITLE = "Something other than {books} answered"
    TODO = (
        "Only your Ledgerdesk administrator can fix this: the base URL is wrong, "
        "or a proxy or firewall answers in its place."
    )
    READ_TODO = TODO


class NotBegun(NotSent):
    """Ledgerdesk itself failed before anything was sent: its database is busy or full, or it has a defect."""

    of_save = True
    TITLE = "This was not saved"
    KEPT = "Nothing was sent to {books}. Everything you typed is still here."
    TODO = "Save again in a minute. If it happens again, tell your Ledgerdesk administrator the time."


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


class NoAnswer(BooksError):
    """A timeout, a dropped connection or a fault after sending: the write may or may not have been carried out."""

    status = 504
    TITLE = "No answer came"
    KEPT = "Everything you typed is kept."
    TODO = "It is not sent twice. We keep checking {books}."
    READ_TODO = (
        "Ledgerdesk tries again automatically. If it happens again, give your Ledgerdesk administrator the request id."
    )


class BadAnswer(NoAnswer):
    """The answer is not JSON, or not what its description allows."""

    status = 502
    TITLE = "The answer could not be read"


class Unreadable(BadAnswer):
    """A record was read that can be neither stored nor shown; nothing was sent."""

    TITLE = "{books} returned data for this record that cannot be read"
    KEPT = "Nothing was written, and everything you typed is still here."
    TODO = "Correct the value named here in {books}, then try again. The page shows an earlier version."


class OwnFault(BooksError):
    """Ledgerdesk itself failed while reading from the vendor."""

    status = 500
    TITLE = "The answer of {books} could not be processed"
    KEPT = "Everything you typed is still here."
    READ_KEPT = "Ledgerdesk's data has not changed."
    TODO = "Tell your Ledgerdesk administrator. Ledgerdesk tries again automatically and updates the other lists."


class InPart(NoAnswer):
    """Written, but not all of it: the current record has to be read."""

    status = 502
    TITLE = "{books} saved only part of this"
    TODO = "Ledgerdesk reads the record again to see what was saved."
    READ_TITLE = "The answer was incomplete"


class NotRecorded(NoAnswer):
    """Ledgerdesk itself failed after the request was sent: the outcome is looked up, as for any lost answer."""

    of_save = True
    status = 503
    TITLE = "We do not know yet whether this was saved"
    KEPT = "What you typed is still here."
    TODO = "It is not sent twice. Ledgerdesk keeps checking {books} and shows the result under History."


class NotStored(BooksError):
    """What was read from the vendor could not be stored: Ledgerdesk's database is busy, full or unavailable."""

    status = 503
    TITLE = "Ledgerdesk's database is busy or full"
    KEPT = "What you typed is still here."
    READ_KEPT = "Ledgerdesk's data has not changed."
    TODO = READ_TODO = "Ledgerdesk tries again automatically."
