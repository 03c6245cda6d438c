"""The state of a company's connection in words: the one place that names it by what is noted of its failures.

A failure is known by the error's class and by the vendor's own code (docs/vendors/conductor.md, section 7). Conductor
does not tell a PC that is off from one without its Web Connector, so neither does Ledgerdesk.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from books import pace, registry
from books.models import SyncRun, SyncStatus
from records.formatting import format_count
from tenants.models import Provider, Tenant


class ConnectionState(StrEnum):
    """Each with the title under which it is shown; `{books}` is the provider's name."""

    CONNECTED = "Connected"
    NEVER = "Not connected yet"
    OFF = "PC off or Web Connector closed"
    CLOSED = "{books} is closed"
    OTHER_OPEN = "Another company file is open"
    DIALOG = "A dialog is open in {books}"
    FILE = "The company file cannot be opened"
    REFUSED = "Access refused"
    BUSY = "{books} is busy"
    WAIT = "{books} asks us to wait"
    KEY = "Key not accepted"
    UNREACHED = "The connection service cannot be reached"
    ADDRESS = "Wrong address"
    DIFFERENT = "Different company"
    CLOCK = "The clock of the PC is wrong"
    ASIDE = "Records kept aside"
    ARCHIVED = "Archived"
    PAUSED = "Paused"
    RESTING = "Not read at the moment"
    SILENT = "Not answering"


FINE = {
    ConnectionState.CONNECTED,
    ConnectionState.WAIT,
    ConnectionState.RESTING,
    ConnectionState.PAUSED,
    ConnectionState.ARCHIVED,
}
_BY_CODE: Mapping[str, ConnectionState] = {
    "0x80040408": ConnectionState.CLOSED,
    "0x80040416": ConnectionState.CLOSED,
    "0x8004040a": ConnectionState.OTHER_OPEN,
    "0x80040414": ConnectionState.DIALOG,
    "0x80040409": ConnectionState.FILE,
    "0x80040410": ConnectionState.FILE,
    "0x80040418": ConnectionState.REFUSED,
    "0x80040420": ConnectionState.REFUSED,
    "3260": ConnectionState.REFUSED,
    "3261": ConnectionState.REFUSED,
    "qbd_request_timeout": ConnectionState.BUSY,
    "timeout": ConnectionState.BUSY,
    "tenant.not.found": ConnectionState.KEY,
}
_BY_ERROR: Mapping[str, ConnectionState] = {
    "NotSetUp": ConnectionState.NEVER,
    "NotActive": ConnectionState.OFF,
    "Closed": ConnectionState.CLOSED,
    "OtherCompany": ConnectionState.DIFFERENT,
    "OtherOrganization": ConnectionState.DIFFERENT,
    "Busy": ConnectionState.BUSY,
    "TooMany": ConnectionState.WAIT,
    "KeyRefused": ConnectionState.KEY,
    "WrongAddress": ConnectionState.ADDRESS,
    "NotReached": ConnectionState.UNREACHED,
}
_STEPS: Mapping[ConnectionState, str] = {
    ConnectionState.BUSY: (
        "Is a report, a backup or an update running in {books}? Let it end. If it does not answer for an hour, "
        "restart {books} on its PC."
    ),
    ConnectionState.DIFFERENT: (
        "If it is another company, open the right file in {books}. Ledgerdesk notices that. If it is the same company "
        "with a new name or number, an administrator of this company can confirm that here."
    ),
    ConnectionState.CLOCK: "Set the date, time and time zone of that PC.",
    ConnectionState.ASIDE: "Correct them in {books}. They are named under Ledgerdesk's data.",
    ConnectionState.PAUSED: "Your Ledgerdesk administrator can end the pause.",
    ConnectionState.ARCHIVED: "Your Ledgerdesk administrator can take the company back.",
    ConnectionState.WAIT: "Nothing has to be done. Ledgerdesk waits and continues.",
}


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One thing to say of a connection: its state, since when, why, what to do now, and the vendor's request id."""

    state: ConnectionState
    books: str
    since: datetime | None = None
    why: str = ""
    next_step: str = ""
    request_id: str = ""
    of_lists: bool = False  # whether the company answers, and some of its lists cannot be read

    @property
    def title(self) -> str:
        """The state in words, without a full stop."""
        return self.state.format(books=self.books)

    @property
    def is_fine(self) -> bool:
        """Whether nobody has to do anything: it works, or somebody wants it so."""
        return self.state in FINE

    @property
    def steps(self) -> list[str]:
        """What a person can do, one sentence per step."""
        return split_sentences(self.next_step or _STEPS.get(self.state, "").format(books=self.books))


@dataclass(frozen=True, slots=True)
class KnownHealth:
    """What is noted of a company: its row, those of its lists that fail, and how many records are kept aside."""

    watch: SyncStatus | None
    failing: Sequence[SyncRun] = ()
    aside: int = 0
    aside_since: datetime | None = None
    now: datetime = field(default_factory=timezone.now)


def name_failure(error: str, code: str) -> ConnectionState:
    """Return the state that a failure means, by the name of the error's class and the vendor's code."""
    return _BY_CODE.get(code.lower()) or _BY_ERROR.get(error, ConnectionState.SILENT)


def find_states(tenant: Tenant, known: KnownHealth) -> list[HealthFinding]:
    """Return what is to be said of a company's connection, what keeps it from being read first; never nothing."""
    books = registry.get_description(tenant).name
    watch = known.watch or SyncStatus(tenant=tenant)
    if rest := _find_rest(tenant, watch, books):
        return [rest]
    if watch.setting_up_since or is_without_account(tenant):
        why = f"Nothing is read from {books} and nothing is saved to it before it has answered."
        return [HealthFinding(ConnectionState.NEVER, books, watch.setting_up_since, why)]
    found = [
        *_find_company_failure(watch, books),
        *_find_list_failures(known.failing, books),
        *_find_conditions(known, watch, books),
    ]
    if all(one.is_fine for one in found):
        found.insert(0, _describe_answering(watch, books))
    return found


def is_without_account(tenant: Tenant) -> bool:
    """Whether nothing leads to a company's books yet: no end user, or no key."""
    if tenant.provider == Provider.CONDUCTOR:
        return not tenant.end_user_id
    return not (tenant.key_variable or tenant.sealed_key)


def is_healthy(found: Iterable[HealthFinding]) -> bool:
    """Whether nobody has to do anything."""
    return all(one.is_fine for one in found)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, each with its own sign at the end."""
    marked = text.replace("? ", "?\n").replace(". ", ".\n")
    return [line if line.endswith("?") else line.rstrip(".") + "." for line in marked.splitlines() if line]


def _find_rest(tenant: Tenant, watch: SyncStatus, books: str) -> HealthFinding | None:
    why = f"Nothing is read from {books} and nothing is saved to it, for anyone."
    if since := tenant.removed_at or tenant.archived_at:
        return HealthFinding(ConnectionState.ARCHIVED, books, since, why)
    return HealthFinding(ConnectionState.PAUSED, books, watch.resting_since, why) if watch.resting_since else None


def _find_company_failure(watch: SyncStatus, books: str) -> Iterator[HealthFinding]:
    """Yield what keeps the company as a whole from being read."""
    if watch.other_file_since:
        why = f"{registry.describe_other_file(watch)} Nothing is read from it and nothing is saved to it."
        yield HealthFinding(ConnectionState.DIFFERENT, books, watch.other_file_since, why)
    if watch.failing_since:
        state = name_failure(watch.error, watch.code)
        yield HealthFinding(state, books, watch.failing_since, watch.why, watch.next_step, watch.request_id)


def _find_list_failures(failing: Sequence[SyncRun], books: str) -> Iterator[HealthFinding]:
    """Yield what keeps lists from being read while the company answers, one for each state."""
    by_state: dict[ConnectionState, list[SyncRun]] = defaultdict(list)
    for run in failing:
        by_state[name_failure(run.error, run.code)].append(run)
    for state, runs in by_state.items():
        first = min(runs, key=lambda run: run.failing_since or timezone.now())
        lists = format_count(len(runs), "list")
        step = "" if state is ConnectionState.BUSY else first.next_step
        why = f"{lists} cannot be updated. {first.why}"
        yield HealthFinding(state, books, first.failing_since, why, step, first.request_id, of_lists=True)


def _find_conditions(known: KnownHealth, watch: SyncStatus, books: str) -> Iterator[HealthFinding]:
    """Yield what is to be looked at though the company answers, and why it may not be read just now."""
    if known.aside:
        why = f"{format_count(known.aside, 'record')} came in a form that cannot be read. All others are up to date."
        yield HealthFinding(ConnectionState.ASIDE, books, known.aside_since, why)
    if watch.clock_off:
        why = (
            f"It is {describe_clock(timedelta(seconds=watch.clock_off))}. Changes made there can appear here up to a "
            "day late."
        )
        yield HealthFinding(ConnectionState.CLOCK, books, watch.clock_off_since, why)
    if watch.pause_why and watch.next_try_at and pace.is_put_off(watch, known.now):
        continues = timezone.localtime(watch.next_try_at)
        yield HealthFinding(ConnectionState.WAIT, books, None, f"Ledgerdesk continues at {continues:%H:%M:%S}.")
    elif hold := pace.find_hold(watch, known.now, books):
        why = f"{hold.words}. Saving and what you load yourself do not wait for that."
        yield HealthFinding(ConnectionState.RESTING, books, None, why)


def _describe_answering(watch: SyncStatus, books: str) -> HealthFinding:
    if watch.answered_at:
        return HealthFinding(ConnectionState.CONNECTED, books, watch.answering_since)
    return HealthFinding(ConnectionState.NEVER, books, None, f"{books} has not been contacted yet.")


def describe_clock(off: timedelta) -> str:
    """Return how far a clock is off: "3 hours behind"; "" if it is not."""
    return f"{format_span(abs(off))} {'ahead' if off > timedelta(0) else 'behind'}" if off else ""


def format_span(span: timedelta) -> str:
    """Write a time in the largest unit of which there are at least two: "50 minutes", "36 hours", "1,826 days"."""
    minutes = int(span.total_seconds()) // 60
    for size, unit in ((24 * 60, "days"), (60, "hours")):
        if minutes >= 2 * size:
            return f"{minutes // size:,} {unit}"
    return f"{minutes} minutes"
