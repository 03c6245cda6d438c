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

from .base import BooksError, NotMirrored, name_books, saving
from .no_answer import BadAnswer, InPart, NoAnswer, NotRecorded, Unreadable
from .not_sent import (
    Busy,
    Closed,
    KeyRefused,
    NotActive,
    NotBegun,
    NotReached,
    NotSent,
    NotSetUp,
    TooMany,
    WrongAddress,
)
from .own import NotStored, OwnFault
from .refused import NotFound, Refused, Stale

__all__ = [
    "BadAnswer",
    "BooksError",
    "Busy",
    "Closed",
    "InPart",
    "KeyRefused",
    "NoAnswer",
    "NotActive",
    "NotBegun",
    "NotFound",
    "NotMirrored",
    "NotReached",
    "NotRecorded",
    "NotSent",
    "NotSetUp",
    "NotStored",
    "OwnFault",
    "Refused",
    "Stale",
    "TooMany",
    "Unreadable",
    "WrongAddress",
    "name_books",
    "saving",
]
