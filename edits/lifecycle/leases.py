"""The saves that threads of this process work on, made known to other processes by leases that are renewed meanwhile.

When a thread ends, however it ends, its lease is no longer renewed, and any process can settle its edit.
"""

import threading
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from books.providers import processes, upkeep
from books.providers.errors import Withdrawn
from edits.models.edit import Edit

from . import transitions

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
BEAT_SECONDS: float = settings.LEASE_SECONDS / 4

_lock = threading.Lock()
_held: dict[int, datetime] = {}  # the number of an edit → until when its lease runs
_is_beating = False


def begin(edit: Edit, **facts: Any) -> None:
    """Take a queued edit just before it is sent, with further columns, and renew its lease until `end`.

    Raises Withdrawn if it is no longer queued: its author has cancelled it, or another process was first.
    """
    until = timezone.now() + LEASE
    mine = {"process": processes.get_process_mark(), "lease_until": until, "waits_until": None, "waiting_since": None}
    said = dict.fromkeys(("error", "error_message", "next_step", "code", "request_id"), "")  # of an earlier attempt
    if not transitions.claim_edit(edit, **mine, **said, **facts):
        raise Withdrawn
    global _is_beating
    with _lock:
        _held[edit.pk] = until
        starts, _is_beating = not _is_beating, True
    if starts:
        upkeep.run(_beat, after=BEAT_SECONDS)


def end(edit: Edit) -> None:
    """Stop renewing the lease of an edit."""
    with _lock:
        _held.pop(edit.pk, None)


def _beat() -> float | None:
    global _is_beating
    with _lock:
        pks = list(_held)
        if not pks:
            _is_beating = False
            return None
    until = timezone.now() + LEASE
    transitions.renew(pks, until)
    _renewed(pks, until)
    return BEAT_SECONDS


def _renewed(pks: list[int], until: datetime) -> None:
    with _lock:
        _held.update({pk: until for pk in pks if pk in _held})
