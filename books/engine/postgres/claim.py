"""A running job's claim on its company: void as soon as another worker may have taken the job over.

The database's clock alone decides, so the clocks of the machines may differ.
"""

from django.conf import settings
from django.db import connection

from books.engine.elapsed import Since

STALLED_SECONDS = settings.LEASE_SECONDS  # without a heartbeat, after which a worker's jobs are taken from it
HEARTBEAT_SECONDS = STALLED_SECONDS / 5
VALID_SECONDS = STALLED_SECONDS / 2
_HAS_CLAIM = """SELECT 1 FROM procrastinate_jobs job JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.id = %s AND job.status = 'doing' AND last_heartbeat > now() - make_interval(secs => %s)"""
_ALIVE = "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)"


def is_any_worker_alive() -> bool:
    """Whether any worker has given a heartbeat lately."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE, [STALLED_SECONDS])
        return cursor.fetchone() is not None


class Claim:
    """The claim of the job with this number. One that was valid a moment ago is, as a heartbeat has to age first."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._checked = Since()

    def is_valid(self) -> bool:
        """Whether nobody else can have taken the job over."""
        if self._checked.is_within(VALID_SECONDS):
            return True
        began = Since.now()
        with connection.cursor() as cursor:
            cursor.execute(_HAS_CLAIM, [self.number, VALID_SECONDS])
            is_valid = cursor.fetchone() is not None
        if is_valid:
            self._checked = began
        return is_valid
