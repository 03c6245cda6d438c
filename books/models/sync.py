"""How the reading of each company's books goes: one row for each of its lists, and one for the company."""

from collections.abc import Sequence
from typing import cast
from uuid import uuid4

from django.db import models

from tenants.joined import fetch_rows
from tenants.models import Tenant


class ReadState(models.TextChoices):
    """Where a reading is: that of one list, or of a company as a whole."""

    QUEUED = "queued", "waiting"
    RUNNING = "running", "reading"
    DONE = "done", "read"
    FAILED = "failed", "failed"


class SyncRun(models.Model):
    """The reading of one list of one company: the run under way or the last one, and what the next may start from.

    A run reads a list in slices, each a filter of the vendor's list, one after the other.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="runs", db_index=False)
    kind = models.CharField(max_length=40)  # as in Record.kind; or "deleted" or "balances", which read no list
    state = models.CharField(max_length=10, choices=ReadState, default=ReadState.QUEUED)

    # The run under way.
    is_full = models.BooleanField(default=True)  # reads the whole list, else what changed since the high-water mark
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)  # when its last page was stored
    slices = models.JSONField(default=list)  # filters of those still to read; the first is being read
    slices_done = models.IntegerField(default=0)  # how many are complete
    rows = models.IntegerField(default=0)  # of the complete slices
    slice_rows = models.IntegerField(default=0)  # of the slice that is being read
    rows_told = models.IntegerField(null=True)  # how many the vendor said the run would come to
    restarts = models.IntegerField(default=0)  # how often the slice was begun again
    newest = models.DateTimeField(null=True)  # the latest change among the rows read so far, not after `started_at`
    # It failed on the way, or a list came to more or fewer rows than told; asked only where deletions are not reported.
    has_gaps = models.BooleanField(default=False)

    # The complete runs before.
    as_of = models.DateTimeField(null=True)  # when the last one started: the age of our copy
    full_at = models.DateTimeField(null=True)  # when the last full one started
    high_water_mark = models.DateTimeField(null=True)  # the latest change that a complete run has seen
    # When the last one started that has seen every row; only of a provider that does not report deletions.
    whole_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=list)  # of "balances": what transactions said (books.sync.balances)
    # A person asked for the next one: pace, quiet hours and ceiling do not hold it back.
    is_asked = models.BooleanField(default=False)

    # Why it fails; all blank while it does not.
    tries = models.IntegerField(default=0)  # failed ones in a row
    next_try_at = models.DateTimeField(null=True)  # not read before
    failing_since = models.DateTimeField(null=True)
    why = models.TextField(default="")  # in words for a person
    next_step = models.TextField(default="")  # what that person can do
    request_id = models.TextField(default="")  # the vendor's
    error = models.CharField(max_length=40, default="", db_default="")  # the name of its class in `providers.errors`
    code = models.TextField(default="", db_default="")  # the vendor's

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind"], name="one_run_per_list")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.tenant_id}: {self.state}"

    @property
    def so_far(self) -> int:
        """Rows read by this run."""
        return self.rows + self.slice_rows

    @property
    def to_come(self) -> int | None:
        """Rows still to come; None where the vendor has not said how many there are."""
        return None if self.rows_told is None else max(0, self.rows_told - self.so_far)


def make_version_stamp() -> str:
    """A name that no other edition of any company's copy has."""
    return uuid4().hex


class SyncStatus(models.Model):
    """How one company's reading goes as a whole: who looked, which process works on it, since when it fails."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="watch")
    looked_at = models.DateTimeField(null=True)  # when a person last opened a page of it, to the minute
    edition = models.CharField(max_length=32, default=make_version_stamp)  # another one after every change of our copy

    # The worker that reads it.
    state = models.CharField(max_length=10, choices=ReadState, default=ReadState.DONE)  # done: at rest; never failed
    queued_at = models.DateTimeField(null=True)  # when its next piece was put into the workers' queue
    process = models.CharField(max_length=120, default="")  # which process reads; "" while none does
    heartbeat_at = models.DateTimeField(null=True)  # when that process last made progress

    # Whether the vendor answers.
    tried_at = models.DateTimeField(null=True)  # when it was last asked
    answered_at = models.DateTimeField(null=True)  # when it last answered
    answering_since = models.DateTimeField(null=True)  # since when it has answered without a failure
    pause_why = models.TextField(default="")  # what a reading that has not failed waits for until `next_try_at`
    # By how many seconds the clock that stamps its records is ahead of ours, if more than half an hour; else 0.
    clock_off = models.BigIntegerField(default=0)
    clock_off_since = models.DateTimeField(null=True)  # when that was first seen
    wanted = models.JSONField(default=dict)  # by kind: ids that a person asked to be read again

    # Why it fails; all blank while it does not.
    tries = models.IntegerField(default=0)  # failed ones in a row
    next_try_at = models.DateTimeField(null=True)  # not read before
    failing_since = models.DateTimeField(null=True)
    why = models.TextField(default="")  # in words for a person
    next_step = models.TextField(default="")  # what that person can do
    request_id = models.TextField(default="")  # the vendor's
    error = models.CharField(max_length=40, default="", db_default="")  # the name of its class in `providers.errors`
    code = models.TextField(default="", db_default="")  # the vendor's

    # Which company file answers (`providers.company_file`): the one that was set up, as it was first seen or last
    # confirmed; and another one that answers instead, {} if none does. While it does, nothing is read or saved.
    company_file = models.JSONField(default=dict)
    other_file = models.JSONField(default=dict)
    other_file_since = models.DateTimeField(null=True)
    file_asked_at = models.DateTimeField(null=True)  # when the vendor last said which file is open

    # When it may be asked, as set by `manage.py set_pace` and kept by `books.pace`. In this table, as every page, every
    # save and every round of the timetable reads its row already.
    resting_since = models.DateTimeField(null=True)  # at rest: nothing is asked of its vendor, by nobody
    # Being connected: its records are neither read nor saved before it has answered for the first time, or again with
    # another key. What connects it may ask.
    setting_up_since = models.DateTimeField(null=True)
    pause_seconds = models.FloatField(default=0.0)  # between two requests of background reads; 0: none
    requests_per_hour = models.PositiveIntegerField(null=True)  # the ceiling: at so many, background reads wait
    requests_per_day = models.PositiveIntegerField(null=True)
    quiet_from = models.TimeField(null=True)  # no background read from then
    quiet_until = models.TimeField(null=True)  # until then; the next day if it is earlier
    time_zone = models.CharField(max_length=64, default="")  # of its quiet hours and days; "": the installation's
    # What was asked of its vendor. The two counts are kept only for a company that has a ceiling.
    seconds_per_request = models.FloatField(null=True)  # of its background reads, the last ones more than the others
    paced_until = models.DateTimeField(null=True)  # the next background read comes after that
    counted_at = models.DateTimeField(null=True)  # when a request was last counted
    requests_this_hour = models.PositiveIntegerField(default=0)  # in the hour of `counted_at`
    requests_this_day = models.PositiveIntegerField(default=0)  # in its day, by the company's clock

    class Meta:
        db_table = "books_watch"

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.state}"

    @property
    def is_unread(self) -> bool:
        """Whether none of its records is read, whoever asks."""
        return self.resting_since is not None or self.setting_up_since is not None


def find_status(tenant: Tenant) -> SyncStatus | None:
    """Return the row of a company, as it was fetched with the company or now; None before the first read."""
    beside = SyncStatus.tenant.field.remote_field
    if not beside.is_cached(tenant):
        beside.set_cached_value(tenant, fetch_status(tenant))
    return cast(SyncStatus | None, beside.get_cached_value(tenant))


def fetch_status(tenant: Tenant) -> SyncStatus | None:
    """Return the row of a company as it is now."""
    return next(iter(fetch_statuses([tenant.pk])), None)


def fetch_statuses(companies: Sequence[int]) -> list[SyncStatus]:
    """Return the rows of companies with these numbers as they are now."""
    # In SQL, as every page asks: Django takes ten times as long to compose it.
    if not companies:
        return []
    marks = ", ".join(["%s"] * len(companies))
    return fetch_rows(SyncStatus, f"SELECT * FROM books_watch WHERE tenant_id IN ({marks}) ORDER BY id", companies)  # noqa: S608 - only %s marks are put in


def fetch_runs(tenant: Tenant) -> list["SyncRun"]:
    """Return how the reading of each list of a company goes now."""
    return fetch_rows(SyncRun, "SELECT * FROM books_syncrun WHERE tenant_id = %s ORDER BY id", [tenant.pk])
