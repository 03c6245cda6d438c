"""State of a company's connection and of each of its lists, in words for its connection page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from books import pace, polling
from books.health.states import describe_clock, name_failure, split_sentences
from books.mirror import unreadable
from books.mirror.freshness import BALANCES, Freshness, describe_next_look, describe_pause, make_freshness
from books.models import Purpose, ReadState, SyncRun, SyncStatus, UnreadableRecord, VendorRead, fetch_status
from books.providers.errors import BooksError
from books.registry import describe_other_file, get_description, list_visible_tables, make_other_error
from books.sync import company_file, vendor_reads
from books.sync.reader import DELETED
from tenants.access import Member
from tenants.models import Tenant

OTHER_FILE, PAUSED = "different company", "paused"
TRY_SHOWN = timedelta(minutes=10)  # how long the outcome of a person's try is shown
NAMED = 10  # records kept aside that the page names for each list


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """Whether the vendor answers, why not, and what a person has tried."""

    name: str
    account: str
    answered_at: datetime | None
    tried_at: datetime | None
    next_try_at: datetime | None
    failing_since: datetime | None
    failure: str  # what the failure means, in a few words; "" while nothing fails
    why: str
    next_step: str
    request_id: str
    reading: bool
    pause: str
    clock_off: timedelta
    clock_off_since: datetime | None
    other_file: str = ""  # how the file that answers differs from the company's own; "" if that one answers
    other_file_since: datetime | None = None
    other_title: str = ""  # that in short, without a full stop
    open_right: str = ""  # what to do about it, as a clause
    file: str = ""  # what it is called: "company file"
    other_file_mark: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    began_at: datetime | None = None  # of the reading under way
    resting_since: datetime | None = None
    hold: str = ""  # why nothing is read in the background now; "" if it is
    limits: tuple[str, ...] = ()  # the pace, quiet hours and ceiling of its background reads
    tried: VendorRead | None = None  # the last try by a person, if it is under way or has just ended
    request_seconds: float | None = None  # that a background read of it usually takes

    @property
    def next_look(self) -> str:
        """When the page looks again while something is read or tried; "" if nothing is."""
        if self.tried and self.tried.is_waiting:
            return polling.next_look(self.tried.asked_at, vendor_reads.get_usual_seconds(self.tried.tenant))
        return describe_next_look(self.began_at, self.failing_since) if self.reading else ""

    @property
    def tried_error(self) -> BooksError | None:
        """Why that try failed, unless the page says it of the company anyway."""
        has_failed = self.tried is not None and self.tried.has_failed and not self.failing_since
        return vendor_reads.read_error(self.tried) if self.tried and has_failed else None

    @property
    def tried_seconds(self) -> float | None:
        """How long the vendor took to answer that try."""
        took = self.tried.answer.get("milliseconds") if self.tried else None
        return None if took is None else took / 1000

    @property
    def clock_words(self) -> str:
        """How far the clock that stamps the records is off, "" if less than half an hour: "3 hours behind"."""
        return describe_clock(self.clock_off)

    @property
    def steps(self) -> list[str]:
        """What a person can do, one sentence per step."""
        return split_sentences(self.next_step)

    @property
    def next_try_seconds(self) -> int:
        """Seconds until Ledgerdesk tries again."""
        return int(pace.count_seconds_left(self.next_try_at, timezone.now()))


@dataclass(frozen=True, slots=True)
class ListStatus:
    """One list of a company: its display name, its age, and its own failure, if any."""

    label: str
    freshness: Freshness
    failed: bool
    next_try_at: datetime | None
    unreadable: list[UnreadableRecord]

    @property
    def listed_unreadable(self) -> list[UnreadableRecord]:
        """The unreadable records that the page names."""
        return self.unreadable[:NAMED]

    @property
    def more_unreadable(self) -> int:
        """The number of unreadable records that the page does not name."""
        return max(0, len(self.unreadable) - NAMED)


def get_connection(tenant: Tenant) -> ConnectionStatus:
    """Return the state of the company's connection as last noted; makes no remote call."""
    watch = fetch_status(tenant) or SyncStatus(tenant=tenant)
    name, other = get_description(tenant).name, make_other_error(tenant)
    hold = pace.find_hold(watch, timezone.now(), name)
    return ConnectionStatus(
        name=name,
        account=get_description(tenant).account,
        answered_at=watch.answered_at,
        tried_at=watch.tried_at,
        next_try_at=watch.next_try_at,
        failing_since=watch.failing_since,
        failure=name_failure(watch.error, watch.code).format(books=name) if watch.failing_since else "",
        why=watch.why,
        next_step=watch.next_step,
        request_id=watch.request_id,
        reading=watch.state != ReadState.DONE,
        pause=describe_pause(watch),
        other_file=describe_other_file(watch),
        other_file_since=watch.other_file_since,
        other_title=other.title,
        open_right=other.OPEN_RIGHT.format(books=name),
        file=other.FILE,
        other_file_mark=company_file.make_mark(watch),
        confirmed_by=str(watch.company_file.get("confirmed_by", "")),
        confirmed_at=parse_datetime(str(watch.company_file.get("confirmed_at", ""))),
        clock_off=timedelta(seconds=watch.clock_off),
        clock_off_since=watch.clock_off_since,
        began_at=watch.queued_at,
        resting_since=watch.resting_since,
        hold=hold.words if hold else "",
        limits=tuple(pace.list_limits(watch)),
        tried=_find_try(tenant),
        request_seconds=watch.seconds_per_request,
    )


def _find_try(tenant: Tenant) -> VendorRead | None:
    read = vendor_reads.find(tenant, Purpose.CONNECTION)
    return read if read and (read.is_waiting or read.ended_since(timezone.now() - TRY_SHOWN)) else None


def list_statuses(member: Member) -> list[ListStatus]:
    """Every list of the company: those that people change first, then those with trouble, then the rest by name."""
    tenant = member.tenant
    tables = {table.kind: table for table in list_visible_tables(member)}
    first = {kind for kind, table in tables.items() if table.is_editable}
    runs = SyncRun.objects.filter(tenant=tenant).exclude(kind=DELETED)
    aside: dict[str, list[UnreadableRecord]] = {}
    for one in unreadable.list_unreadable(tenant):
        kind = one.kind if one.kind in tables else BALANCES  # a transaction is read for balances only
        concerned = [tables[kind]] if kind in tables else [table for table in tables.values() if table.is_editable]
        for table in concerned:
            one = unreadable.hide_reason(one, table)
        aside.setdefault(kind, []).append(one)
    found = [
        ListStatus(
            format_label(run.kind),
            make_freshness(run, None),
            run.state == ReadState.FAILED,
            run.next_try_at,
            aside.get(run.kind, []),
        )
        for run in runs
    ]
    return sorted(
        found, key=lambda one: (one.freshness.kind not in first, not one.failed, not one.unreadable, one.label)
    )


def format_label(kind: str) -> str:
    """`date-driven-terms` → "Date driven terms"."""
    return kind.replace("-", " ").capitalize()
