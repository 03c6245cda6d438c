"""What can go wrong between the desk and a company's books, as one tree with words for a person.

    BooksError
    ├── NotSent              proven not to have reached the books: nothing was written
    │   ├── NotSetUp         the company never finished connecting
    │   ├── NotActive        its PC is off or its Web Connector is not running
    │   ├── Closed           QuickBooks is closed, asks something, or has another file open
    │   ├── Busy             the record or the line to it is in use
    │   ├── TooMany          the vendor asks us to wait
    │   ├── KeyRefused       our key is wrong or lacks rights
    │   ├── NotReached       no connection to the vendor at all
    │   │   └── WrongAddress something answered, but not the vendor
    │   └── NotBegun         Ledgerdesk itself failed before anything was sent
    ├── Refused              the books took the request and said no: nothing was written
    │   ├── Stale            the record has moved since it was read
    │   └── NotFound         the record is no longer there
    ├── OwnFault             a mistake of ours while reading
    ├── NoAnswer             sent, but what became of it is not known
    │   ├── BadAnswer        what came back cannot be read
    │   │   └── Unreadable   of one record, so that it can be neither stored nor shown
    │   ├── InPart           the books say that they wrote only part of it
    │   └── NotRecorded      Ledgerdesk itself failed after it was sent
    └── NotStored            what was read could not be stored; no save is meant

Each carries the vendor's request id and code; `status` is the HTTP status of our own answer. The words of a class
name the books as {books}; whoever speaks to a vendor says its name. An error is one of reading until it passes
`saving`: only then may its words speak of a change, of what was typed, or of sending.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import Http404


class BooksError(Exception):
    """A request to a company's books that did not succeed, in words for the person who asked."""

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
        """What is the matter, without a full stop."""
        return self._words(self.TITLE, self.READ_TITLE or self.TITLE)

    @property
    def error_message(self) -> str:
        """What error_message, as a sentence: the vendor's own words where it has some."""
        return self._error_message or f"{self.title}."

    @property
    def more(self) -> str:
        """What error_message, where that says more than the title."""
        return "" if self._error_message == f"{self.title}." else self._error_message

    @property
    def kept(self) -> str:
        """What became of the change, or of the copy where there was none."""
        return self._words(self.KEPT, self.READ_KEPT)

    @property
    def next_step(self) -> str:
        """What a person can do next."""
        return self._next_step or self._words(self.TODO, self.READ_TODO or self.TODO)

    def _words(self, of_save: str, of_read: str) -> str:
        return (of_save if self.of_save else of_read).format(books=self.books)


@contextmanager
def name_books(name: str) -> Iterator[None]:
    """Let every error that passes through speak of the books by their name: "QuickBooks"."""
    try:
        yield
    except BooksError as error:
        error.books = name
        raise


@contextmanager
def saving() -> Iterator[None]:
    """Let every error that passes through speak of the change that was to be saved."""
    try:
        yield
    except BooksError as error:
        error.of_save = True
        raise


class NotMirrored(LookupError, Http404):
    """The desk's copy holds no such record, or the books no such list; a page that lets this through answers 404."""


class NotSent(BooksError):
    """The request provably did not reach the books."""

    status = 503
    TITLE = "{books} is not answering"
    TODO = "Your change is kept. Send it again when the connection is back."
    READ_TODO = "Ledgerdesk tries again automatically."


class NotSetUp(NotSent):
    """The end user exists but never went through the connection set-up."""

    TITLE = "This company is not connected yet"
    TODO = (
        "Ask your Ledgerdesk administrator for the setup link. Open the link on the PC with {books}. "
        "Follow its steps and open the company in {books}."
    )
    READ_TODO = TODO


class NotActive(NotSent):
    """The PC is off or its Web Connector is not running: an ordinary state, not a fault."""

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
    """Somebody has the record open in QuickBooks, or another request was being worked on."""

    TITLE = "The record is in use in {books}"
    TODO = "Someone has it open in {books}. Ask them to close it, then save again."
    READ_TODO = "Someone has it open in {books}. Try again in a minute."


class TooMany(NotSent):
    """The vendor limits how often we may ask; `wait` says how many seconds are left."""

    TITLE = "{books} asks us to wait"
    TODO = "Wait a moment, then save again."
    READ_TODO = "Wait a moment, then try again."
    wait: float = 0.0


class KeyRefused(NotSent):
    """The vendor does not accept the key this desk uses, or the key lacks rights."""

    TITLE = "Ledgerdesk's key was not accepted"
    TODO = "Only your Ledgerdesk administrator can fix this: the key is wrong, deleted or lacks permissions."
    READ_TODO = TODO


class NotReached(NotSent):
    """No connection to the vendor's server came about."""

    TITLE = "The connection service cannot be reached"
    TODO = "Ledgerdesk's own network is the most likely cause. Try again in a minute."
    READ_TODO = TODO


class WrongAddress(NotReached):
    """Something answered that is not the vendor: a proxy, a guest network, or another server at the base URL."""

    TITLE = "Something other than {books} answered"
    TODO = (
        "Only your Ledgerdesk administrator can fix this: the base URL is wrong, "
        "or a proxy or firewall answers in its place."
    )
    READ_TODO = TODO


class NotBegun(NotSent):
    """Ledgerdesk itself failed before anything was sent: its database is busy or full, or it made a mistake."""

    of_save = True
    TITLE = "This was not saved"
    KEPT = "Nothing was sent to {books}. Everything you typed is still here."
    TODO = "Save again in a minute. If it happens again, tell your Ledgerdesk administrator the time."


class Refused(BooksError):
    """The books refused the request. `field` names the field at fault where the vendor does, in our spelling.

    `now` is the record as it stands, where finding that out was part of the request.
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
        """What to say beside the field, where all of it stands above the form already."""
        return self._brief or f"{self.error_message} {self.next_step}"


class Stale(Refused):
    """The revision sent is no longer the current one."""

    status = 409
    TITLE = "This record was changed in the meantime"
    TODO = "Compare both changes and decide which to keep."
    READ_TITLE = TITLE
    READ_TODO = "Load the page again."


class NotFound(Refused):
    """No record with this id is in the books any more."""

    status = 404
    TITLE = "This record is no longer in {books}"
    KEPT = "What you typed is still here, so that you can copy it."
    TODO = "It was deleted or merged. Search for it under another name."
    READ_TITLE, READ_TODO = TITLE, TODO


class NoAnswer(BooksError):
    """A timeout, a dropped line or a fault after sending: the write may or may not have been carried out."""

    status = 504
    TITLE = "No answer came"
    KEPT = "Everything you typed is kept."
    TODO = "It is not sent twice. We keep checking {books}."
    READ_TODO = (
        "Ledgerdesk tries again automatically. If it happens again, give your Ledgerdesk administrator the request id."
    )


class BadAnswer(NoAnswer):
    """An answer that is not JSON or not what its description allows."""

    status = 502
    TITLE = "The answer could not be read"


class Unreadable(BadAnswer):
    """A record was read, and holds something that can be neither stored nor shown; nothing was sent."""

    TITLE = "{books} returned data for this record that cannot be read"
    KEPT = "Nothing was written, and everything you typed is still here."
    TODO = "Correct the value named here in {books}, then try again. The page shows an earlier version."


class OwnFault(BooksError):
    """Something went wrong in the desk itself while it read the books."""

    status = 500
    TITLE = "The answer of {books} could not be processed"
    KEPT = "Everything you typed is still here."
    READ_KEPT = "Ledgerdesk's data has not changed."
    TODO = "Tell your Ledgerdesk administrator. Ledgerdesk tries again automatically and updates the other lists."


class InPart(NoAnswer):
    """Written, but not all of it: what is there now has to be read."""

    status = 502
    TITLE = "{books} saved only part of this"
    TODO = "Ledgerdesk reads the record again to see what was saved."
    READ_TITLE = "The answer was incomplete"


class NotRecorded(NoAnswer):
    """Ledgerdesk itself failed after the request had left: what became of it is looked up, like any lost answer."""

    of_save = True
    status = 503
    TITLE = "We do not know yet whether this was saved"
    KEPT = "What you typed is still here."
    TODO = "It is not sent twice. Ledgerdesk keeps checking {books} and shows the result under History."


class NotStored(BooksError):
    """What was read of the books could not be stored: Ledgerdesk's database is busy, full or away."""

    status = 503
    TITLE = "Ledgerdesk's database is busy or full"
    KEPT = "What you typed is still here."
    READ_KEPT = "Ledgerdesk's data has not changed."
    TODO = READ_TODO = "Ledgerdesk tries again automatically."
