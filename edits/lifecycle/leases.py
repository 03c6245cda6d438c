"""The saves that threads of this process work on, made known to other processes by leases that are renewed meanwhile.

When a thread ends, however it ends, its lease is no longer renewed, and any process can settle its edit.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from books.providers import processes, upkeep
from books.providers.errors import NotBegun
from edits.models.edit import Edit

from . import transitions

NOBODY = ""  # the process of an accepted edit that no process has begun to send
LEASE = timedelta(seconds=20)
BEAT_SECONDS = 5.0

_lock = threading.Lock()
_held: dict[int, datetime] = {}  # the number of an edit → until when its lease runs
_is_beating = False


def claim(edit: Edit) -> bool:
    """Take an accepted edit to send it; return False if another process or thread has it, or it has ended."""
    mine = {"process": processes.get_process_mark(), "lease_until": timezone.now() + LEASE}
    return transitions.claim_edit(edit, NOBODY, **mine)


@contextmanager
def held(edit: Edit) -> Iterator[None]:
    """Renew the lease of an edit for as long as this thread works on it."""
    global _is_beating
    assert edit.lease_until is not None, "an edit that is sent begins with a lease"
    with _lock:
        _held[edit.pk] = edit.lease_until
        starts, _is_beating = not _is_beating, True
    if starts:
        upkeep.run(_beat, after=BEAT_SECONDS)
    try:
        yield
    finally:
        with _lock:
            _held.pop(edit.pk, None)


def confirm(edit: Edit) -> None:
    """Make sure that no other process considers this edit abandoned. Raises NotBegun.

    Its lease may have expired if this process was frozen or the renewal could not be written.
    """
    if timezone.now() < _held[edit.pk]:
        return
    until = timezone.now() + LEASE
    if not transitions.renew([edit.pk], until):
        raise NotBegun("It took too long and was stopped before anything was sent.")
    _renewed([edit.pk], until)


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
