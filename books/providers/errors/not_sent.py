"""Errors that prove that a request did not reach the books: nothing was written, so it may be sent again."""

from typing import ClassVar

from .base import BooksError


class NotSent(BooksError):
    """The request provably did not reach the vendor. `may_pass`: it may be sent later without anybody's doing."""

    may_pass = False

    status = 503
    TITLE = "{books} is not answering"
    TODO = "Your change is kept. Send it again when the connection is back."
    READ_TODO = "Ledgerdesk tries again automatically."


class NotSetUp(NotSent):
    """The end user exists but never finished the connection setup."""

    TITLE = "This company is not connected yet"
    TODO = (
        "An administrator of this company makes a connection link under Connection. Open the link on the PC with "
        "{books} and follow its steps."
    )
    READ_TODO = TODO


class NotActive(NotSent):
    """The PC is off or its Web Connector is not running: a normal state, not a fault."""

    may_pass = True
    TITLE = "The PC with {books} is not answering"
    TODO = (
        "Is the PC on and someone signed in to Windows? Open the company in {books}, "
        "then press Update Selected in the Web Connector."
    )
    READ_TODO = TODO


class Closed(NotSent):
    """The Web Connector runs, but QuickBooks would not open the company file for it."""

    may_pass = True
    TITLE = "{books} could not open the company file"
    TODO = "Open this company in {books}, close any open dialog, and try again."
    READ_TODO = TODO


class OtherCompany(NotSent):
    """Another company file answers than the one that was set up, so nothing is sent to it."""

    may_pass = True
    FILE: ClassVar[str] = "company file"
    OPEN_RIGHT: ClassVar[str] = "open the right file in {books}"
    TITLE = "A different company file is open in {books}"
    TODO = (
        "Open the right company in {books}. If it is the same company with a new name, an administrator of the company "
        "can confirm that under Connection. Then save again."
    )
    READ_TODO = (
        "Open the right company in {books}. If it is the same company with a new name, an administrator of the company "
        "can say so under Connection."
    )


class OtherOrganization(OtherCompany):
    """The same where the key decides what answers, and is another one by now."""

    FILE = "organization"
    OPEN_RIGHT = "give Ledgerdesk the key of the right organization"
    TITLE = "The key is of a different organization in {books}"
    READ_TODO = (
        "Have the key of the right organization put back. If it is the same company in a new organization, an "
        "administrator of the company can say so under Connection."
    )
    TODO = f"{READ_TODO} Then save again."


class Resting(NotSent):
    """The company is at rest: nothing is asked of its vendor, for nobody, until the operator ends that."""

    TITLE = "This company is paused"
    TODO = "Ask an administrator to end the pause, then save again."
    READ_TODO = "Ask an administrator to end the pause."


class Busy(NotSent):
    """Somebody has the record open in QuickBooks, or another request was in progress."""

    may_pass = True
    TITLE = "The record is in use in {books}"
    TODO = "Someone has it open in {books}. Ask them to close it, then save again."
    READ_TODO = "Someone has it open in {books}. Try again in a minute."


class TooMany(NotSent):
    """The vendor limits the rate of requests; `wait` is the number of seconds left."""

    may_pass = True
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

    may_pass = True
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


class Withdrawn(NotBegun):
    """The change was cancelled, or taken by another process, before this one sent it."""
