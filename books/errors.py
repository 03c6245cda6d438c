"""What can go wrong between the desk and a company's books, as one tree with words for a person.

    BooksError
    ├── NotSent              proven not to have reached the books: nothing was written
    │   ├── NotSetUp         the company never finished connecting
    │   ├── NotActive        its PC is off or its Web Connector is not running
    │   ├── Closed           QuickBooks is closed, asks something, or has another file open
    │   ├── Busy             the record or the line to it is in use
    │   ├── TooMany          the vendor asks us to wait
    │   ├── KeyRefused       our key is wrong or lacks rights
    │   └── NotReached       no connection to the vendor at all
    ├── Refused              the books took the request and said no: nothing was written
    │   ├── Stale            the record has moved since it was read
    │   └── NotFound         the record is no longer there
    └── NoAnswer             sent, but what became of it is not known
        └── BadAnswer        what came back cannot be read

Each carries the vendor's request id and code; `status` is the HTTP status of our own answer.
"""

from typing import ClassVar


class BooksError(Exception):
    """A request to a company's books that did not succeed, in words for the person who asked."""

    status: ClassVar[int] = 502
    title: ClassVar[str] = "The books did not answer as expected"
    kept: ClassVar[str] = "Nothing was written, and everything you typed is still here."
    todo: ClassVar[str] = "Try again. If it stays, give your operator the request id."

    def __init__(
        self, happened: str = "", *, detail: str = "", code: str = "", request_id: str = "", todo: str = ""
    ) -> None:
        super().__init__(detail or happened or self.title)
        self.happened = happened or self.title + "."
        self.detail = detail
        self.code = code
        self.request_id = request_id
        if todo:
            self.todo = todo  # type: ignore[misc]  # one code's own advice in place of the class's


class NotSent(BooksError):
    """The request provably did not reach the books."""

    status = 503
    title = "QuickBooks is not answering"
    todo = "Your change is kept. Send it again when the connection is back."


class NotSetUp(NotSent):
    """The end user exists but never went through the connection set-up."""

    title = "This company is not connected yet"
    todo = "An admin of this company finishes the connection on the PC that runs QuickBooks."


class NotActive(NotSent):
    """The PC is off or its Web Connector is not running: an ordinary state, not a fault."""

    title = "The PC with QuickBooks is not answering"
    todo = (
        "Is the PC on and someone signed in to Windows? Open the company in QuickBooks, "
        "then press Update Selected in the Web Connector."
    )


class Closed(NotSent):
    """The Web Connector runs, but QuickBooks would not open the company file for it."""

    title = "QuickBooks could not open the company file"
    todo = "Open this company in QuickBooks, close any window that asks something, and try again."


class Busy(NotSent):
    """Somebody has the record open in QuickBooks, or another request was being worked on."""

    title = "The record is in use in QuickBooks"
    todo = "Someone has it open there. Ask them to close it, then save again."


class TooMany(NotSent):
    """The vendor limits how often we may ask; `wait` says how many seconds it asked for."""

    title = "The vendor asks us to wait"
    todo = "Wait a moment, then save again."
    wait: float = 0.0


class KeyRefused(NotSent):
    """The vendor does not accept the key this desk uses, or the key lacks rights."""

    title = "This desk's key was not accepted"
    todo = "Only your operator can mend this: the key in the desk's environment is wrong, deleted or lacks rights."


class NotReached(NotSent):
    """No connection to the vendor's server came about."""

    title = "The connection service cannot be reached"
    todo = "This is most likely the network of the desk itself. Try again in a minute."


class Refused(BooksError):
    """The books refused the request. `field` names the field at fault where the vendor does, in our spelling."""

    status = 422
    title = "QuickBooks refused this change"
    todo = "Change what it names and save again."

    def __init__(self, happened: str = "", *, field: str = "", **more: str) -> None:
        super().__init__(happened, **more)
        self.field = field


class Stale(Refused):
    """The revision sent is no longer the current one."""

    status = 409
    title = "This record has changed meanwhile"
    todo = "Compare the changes and decide."


class NotFound(Refused):
    """No record with this id is in the books any more."""

    status = 404
    title = "This record is no longer in the books"
    kept = "What you typed is still here, so that you can copy it."
    todo = "It was deleted or merged in QuickBooks. Look for it under another name."


class NoAnswer(BooksError):
    """A timeout, a dropped line or a fault after sending: the write may or may not have been carried out."""

    status = 504
    title = "No answer came"
    kept = "What you typed is kept."
    todo = "It is not sent twice. We look in QuickBooks until it is settled."


class BadAnswer(NoAnswer):
    """An answer that is not JSON or not what its description allows."""

    status = 502
    title = "The answer could not be read"
