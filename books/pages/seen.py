"""Notes which version of a record a person has had on a page, so that a list can find what has changed since."""

import logging

from django.db import Error

from books.models import Record, store_seen
from tenants.access import Member

log = logging.getLogger(__name__)


def note_seen(member: Member, record: Record) -> None:
    try:
        store_seen(member.person.pk, record.tenant_id, record.kind, record.remote_id, record.revision)
    except Error as error:  # the page is of use without the note
        log.warning("That a record was seen could not be stored: %s", error)
