"""Notes what a person has had on a page, so that a search has it first, and a list finds what has changed since."""

import logging

from django.db import Error

from books.models import Record, store_seen
from tenants.access import Member

log = logging.getLogger(__name__)


def note_seen(member: Member, record: Record) -> None:
    note_opened(member, record.kind, record.remote_id, record.revision)


def note_opened(member: Member, kind: str, what: str, revision: str = "") -> None:
    """Note that the member has opened something of the company that has a page but perhaps no record of its own."""
    try:
        store_seen(member.person.pk, member.tenant.pk, kind, what, revision)
    except Error as error:  # the page is of use without the note
        log.warning("That a record was seen could not be stored: %s", error)
