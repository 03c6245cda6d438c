"""Errors after which nobody knows what became of a request: whether it was carried out has to be looked up."""

from .base import BooksError


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


class ForeignAnswer(BadAnswer):
    """A proxy or another server answered a write; what the vendor did with it is not known."""

    TITLE = "Something other than {books} answered"
    TODO = (
        "It is not sent twice. We keep checking {books}. "
        "Ask your Ledgerdesk administrator to check for a proxy or a firewall."
    )


class Unreadable(BadAnswer):
    """A record was read that can be neither stored nor shown; nothing was sent."""

    TITLE = "{books} returned data for this record that cannot be read"
    KEPT = "Nothing was written, and everything you typed is still here."
    TODO = "Correct the value named here in {books}, then try again. The page shows an earlier version."


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
