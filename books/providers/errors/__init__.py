"""Failures between Ledgerdesk and a company's vendor, as one tree with messages for a person.

    BooksError
    ├── NotSent              proven not to have reached the vendor: nothing was written
    │   ├── NotSetUp         the company never finished connecting
    │   ├── NotActive        its PC is off or its Web Connector is not running
    │   ├── Closed           QuickBooks is closed, shows a dialog, or has another file open
    │   ├── OtherCompany     another company file answers than the one that was set up
    │   │   └── OtherOrganization  its key leads to another organization than the one that was set up
    │   ├── Resting          the company is at rest, so that nothing is asked of its vendor
    │   ├── Busy             the record is in use
    │   ├── TooMany          the vendor asks us to wait
    │   ├── KeyRefused       our key is wrong or lacks rights
    │   ├── NotReached       no connection to the vendor at all
    │   │   └── WrongAddress something answered, but not the vendor
    │   └── NotBegun         Ledgerdesk itself failed before anything was sent
    │       └── Withdrawn    cancelled, or taken by another process
    ├── Refused              the vendor received the request and refused it: nothing was written
    │   ├── Stale            the record has moved since it was read
    │   └── NotFound         the record no longer exists
    ├── OwnFault             an error of Ledgerdesk's own while reading
    ├── NoAnswer             sent, outcome unknown
    │   ├── BadAnswer        the answer cannot be read
    │   │   ├── ForeignAnswer  a proxy or another server answered a write
    │   │   └── Unreadable   the answer holds a record that can be neither stored nor shown
    │   ├── InPart           the vendor says that it wrote only part of it
    │   └── NotRecorded      Ledgerdesk itself failed after it was sent
    └── NotStored            what was read could not be stored; no save is involved

Each carries the vendor's request id and code; `status` is the HTTP status of our own answer. The messages of a class
name the provider as {books}; each client fills in its name. An error has the messages for reading until it passes
through `saving`: only then may they mention a change, typed values, or sending.
"""

from .base import BooksError, NotMirrored, name_books, saving
from .no_answer import BadAnswer, ForeignAnswer, InPart, NoAnswer, NotRecorded, Unreadable
from .not_sent import (
    Busy,
    Closed,
    KeyRefused,
    NotActive,
    NotBegun,
    NotReached,
    NotSent,
    NotSetUp,
    OtherCompany,
    OtherOrganization,
    Resting,
    TooMany,
    Withdrawn,
    WrongAddress,
)
from .own import NotStored, OwnFault
from .refused import NotFound, Refused, Stale

__all__ = [
    "BadAnswer",
    "BooksError",
    "Busy",
    "Closed",
    "ForeignAnswer",
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
    "OtherCompany",
    "OtherOrganization",
    "OwnFault",
    "Refused",
    "Resting",
    "Stale",
    "TooMany",
    "Unreadable",
    "Withdrawn",
    "WrongAddress",
    "name_books",
    "saving",
]
