"""Errors of Ledgerdesk itself while it reads the books; no save is meant."""

from .base import BooksError


class OwnFault(BooksError):
    """Ledgerdesk itself failed while reading from the vendor."""

    status = 500
    TITLE = "The answer of {books} could not be processed"
    KEPT = "Everything you typed is still here."
    READ_KEPT = "Ledgerdesk's data has not changed."
    TODO = "Tell your Ledgerdesk administrator. Ledgerdesk tries again automatically and updates the other lists."


class NotStored(BooksError):
    """What was read from the vendor could not be stored: Ledgerdesk's database is busy, full or unavailable."""

    status = 503
    TITLE = "Ledgerdesk's database is busy or full"
    KEPT = "What you typed is still here."
    READ_KEPT = "Ledgerdesk's data has not changed."
    TODO = READ_TODO = "Ledgerdesk tries again automatically."
