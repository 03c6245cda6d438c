"""A conflict is shown only against the record as it was read after the refusal: that rule, and that reading."""

import logging
from datetime import timedelta

from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record
from books.providers import errors
from books.sync import refresh
from edits.models.edit import Edit

from . import transitions

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=15)  # between two attempts to read the record of one conflict


def is_read_since(edit: Edit, record: Record) -> bool:
    """Return whether the record was read after the edit was refused: what was read before is never shown as current."""
    refused_at = edit.refused_at or edit.settled_at
    return refused_at is None or refused_at <= record.read_at <= timezone.now()


def read_again(edit: Edit) -> None:
    """Read the record of a conflict, unless it was read since the refusal or an attempt has just been made.

    Raises nothing: a failure is logged, and the record is read again later.
    """
    now = timezone.now()
    try:
        record = lookup.find_record(edit.tenant, edit.kind, edit.remote_id)
        if record.deleted_at or is_read_since(edit, record) or not is_due(edit):
            return
        refused_at = edit.refused_at or edit.settled_at
        # Noted by a clock that ran ahead, the refusal would stay later than every reading of the record.
        transitions.note_facts(edit, look_at=now + LOOK_AGAIN, refused_at=min(now, refused_at or now))
        refresh.read_record(edit.tenant, registry.get_table(edit.tenant, edit.kind), edit.remote_id)
    except errors.BooksError as error:
        log.warning("The record of edit %s in conflict could not be read: %s", edit.pk, error)
    except Exception:  # of any kind: the conflict is recorded, and its author must not lose sight of it over this
        log.exception("The record of edit %s in conflict could not be read.", edit.pk)


def is_due(edit: Edit) -> bool:
    """Return whether the last attempt to read the record was made long enough ago."""
    return edit.look_at is None or not timedelta() < edit.look_at - timezone.now() <= LOOK_AGAIN
