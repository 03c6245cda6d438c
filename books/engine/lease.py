"""The lease on being the engine: only the process that holds it sends requests to vendors.

The lines of the companies are in that process's memory. Another one takes the lease over when that process has ended
or has not renewed it in time. A command that asks a vendor takes it too, while no worker runs.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from books import moved, stamps
from books.models import EngineLease
from books.providers import processes, upkeep

from .elapsed import Since

LASTS = timedelta(seconds=settings.LEASE_SECONDS)
RENEWED_SECONDS: float = settings.LEASE_SECONDS / 4
MARGIN_SECONDS: float = settings.LEASE_SECONDS / 4  # by which the clocks of two machines may differ
FURTHEST = 2 * LASTS  # a holder whose own clock was set back by more knows that its lease is not valid


def is_lease_held() -> bool:
    """Whether a process holds the lease that can be running still."""
    row = EngineLease.objects.filter(pk=1).first()
    return row is not None and _may_run(row, timezone.now())


def _may_run(row: EngineLease, now: datetime) -> bool:
    """Whether the holder may be running still; one whose clock ran ahead would renew the lease by the right one."""
    if row.holder in ("", moved.MOVED):
        return bool(row.holder)
    return stamps.is_awaited(row.until, FURTHEST, now) and not processes.is_process_gone(row.holder)


class Lease:
    """This process's wish to be the engine."""

    def __init__(self) -> None:
        self.mark = processes.get_process_mark()
        self.is_held = self.is_lost = False
        self._renewed = Since()

    def take(self) -> bool:
        """Take the lease if it is free, lapsed, or its holder has ended; return whether this process holds it."""
        row, _ = EngineLease.objects.get_or_create(pk=1)
        now = timezone.now()
        if row.holder != self.mark and _may_run(row, now):
            return False
        same = EngineLease.objects.filter(pk=1, holder=row.holder, until=row.until)
        began = Since.now()
        self.is_held = bool(same.update(holder=self.mark, until=now + LASTS))
        self._renewed = began
        if self.is_held:
            upkeep.run(self._renew, after=RENEWED_SECONDS)
        return self.is_held

    def is_valid(self) -> bool:
        """Whether no other process can have taken the lease: this one may have been suspended for a while."""
        return self.is_held and not self.is_lost and self._renewed.is_within(LASTS.total_seconds() - MARGIN_SECONDS)

    def release(self) -> None:
        """Let another process be the engine."""
        if self.is_held:
            self.is_held = False
            EngineLease.objects.filter(pk=1, holder=self.mark).update(holder="", until=None)

    def _renew(self) -> float | None:
        if not self.is_held:
            return None
        began = Since.now()
        if EngineLease.objects.filter(pk=1, holder=self.mark).update(until=timezone.now() + LASTS):
            self._renewed = began
            return RENEWED_SECONDS
        self.is_lost = self.is_held  # unless it was released meanwhile
        return None
