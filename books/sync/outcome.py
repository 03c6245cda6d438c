"""How a reading went, as its rows keep it: an answer, a pause or a failure, and how long it then waits.

Reads nothing itself: see `reader`.
"""

from datetime import timedelta

from django.utils import timezone

from books.models import ReadState, SyncRun, SyncStatus
from books.providers.errors import BooksError, NotFound, NotSent, Refused, TooMany

OUTCOME = ("failing_since", "next_try_at", "tries", "why", "next_step", "request_id", "error", "code")
ANSWERED = (*OUTCOME, "tried_at", "answered_at", "answering_since", "pause_why")
# The columns of a run that nobody but its reader writes. The others may change meanwhile, as people ask for a refresh.
PROGRESS = (
    *("state", "is_full", "started_at", "heartbeat_at", "slices", "slices_done", "rows", "slice_rows"),
    *("rows_told", "restarts", "newest", "has_gaps", "seen"),
)
COMPLETE = ("as_of", "full_at", "high_water_mark", "whole_at")
AWAY_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
REFUSED_PAUSE = timedelta(hours=1)


def store_progress(run: SyncRun) -> None:
    """Store how far a run has come."""
    run.save(update_fields=PROGRESS)


def store_end(run: SyncRun) -> None:
    """Store a run that is complete: it has answered who asked for it."""
    run.save(update_fields=[*PROGRESS, *COMPLETE, *OUTCOME, "is_asked"])


def stops_company(error: BooksError) -> bool:
    """Whether an error means that the company as a whole cannot be read now."""
    return isinstance(error, NotSent | NotFound)


def note_failure(row: SyncRun | SyncStatus, error: BooksError, pause: timedelta) -> None:
    """Note why a read failed, in words for a person, and when it is retried."""
    now = timezone.now()
    row.failing_since = row.failing_since or now
    row.tries += 1
    row.next_try_at = now + pause
    row.why, row.next_step, row.request_id = error.error_message, error.next_step, error.request_id
    row.error, row.code = type(error).__name__, error.code
    if isinstance(row, SyncRun):
        row.state, row.slice_rows, row.restarts, row.is_asked = ReadState.FAILED, 0, 0, False
        row.save(update_fields=[*PROGRESS, *OUTCOME, "is_asked"])
    else:
        row.answering_since = None
        row.save(update_fields=[*OUTCOME, "tried_at", "answering_since"])
        SyncRun.objects.filter(tenant=row.tenant_id, is_asked=True).update(is_asked=False)  # who asked is told of it


def note_answer(watch: SyncStatus) -> None:
    """Note that the company's vendor answers."""
    forget_failure(watch)
    watch.answered_at, watch.pause_why = timezone.now(), ""
    watch.answering_since = watch.answering_since or watch.answered_at
    watch.save(update_fields=ANSWERED)


def note_pause(watch: SyncStatus, error: TooMany) -> None:
    """Note until when a read has to wait, which is not a failure."""
    watch.next_try_at = timezone.now() + timedelta(seconds=max(1.0, error.wait))
    watch.pause_why = error.title
    watch.save(update_fields=["next_try_at", "pause_why"])


def note_wait(watch: SyncStatus, pause: timedelta) -> None:
    """Note that the vendor answers, but that nothing is read from it for a while."""
    forget_failure(watch)
    watch.answered_at, watch.pause_why, watch.next_try_at = timezone.now(), "", timezone.now() + pause
    watch.answering_since = watch.answering_since or watch.answered_at
    watch.save(update_fields=ANSWERED)


def forget_failure(row: SyncRun | SyncStatus) -> None:
    """Blank what a row says of a failure; the caller saves it."""
    row.failing_since = row.next_try_at = None
    row.tries, row.why, row.next_step, row.request_id, row.error, row.code = 0, "", "", "", "", ""


def compute_company_pause(watch: SyncStatus, error: BooksError) -> timedelta:
    """Return how long to leave a company alone that does not answer: longer each time, up to a minute."""
    return min(AWAY_PAUSE, timedelta(seconds=10 * 2 ** min(watch.tries, 5)))


def compute_list_pause(run: SyncRun, error: BooksError) -> timedelta:
    """How long to leave one list alone that fails: longer each time."""
    if isinstance(error, Refused):
        return REFUSED_PAUSE
    return min(LONGEST_PAUSE, timedelta(seconds=20 * 2 ** min(run.tries, 10)))
