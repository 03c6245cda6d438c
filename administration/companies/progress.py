"""How far a company is on its way from nothing to its first records, for the page that connects it.

Makes no remote call: what it wants to know of Conductor or Bigcapital is queued.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from books import polling, registry
from books.connecting import acts
from books.health.company import load_known_health
from books.health.states import is_without_account
from books.mirror.freshness import LONGEST_PROGRESS, PROGRESS_SECONDS
from books.models import ActKind, ConnectionAct, Purpose, SyncRun, SyncStatus, VendorRead, find_status
from books.providers.conductor.project import AuthLink
from books.providers.errors import BooksError
from books.sync import vendor_reads
from tenants.models import Provider, Tenant

from .states import CompanyState, describe_state

ASK_EVERY = timedelta(seconds=2)  # at most, while somebody is at the PC and this page is open
WATCH_SECONDS = 3.0
SERVICE_SECONDS = 1.0  # in which Conductor itself answers
LONGEST_LOOK = 15.0


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """How many of a company's lists are complete, and the rows of those that people change: (name, so far, total)."""

    complete: int
    lists: int
    rows: list[tuple[str, int, int | None]]
    began_at: datetime | None

    @property
    def is_complete(self) -> bool:
        return self.complete >= self.lists


@dataclass(frozen=True, slots=True)
class Connecting:
    """What the page shows: the state, what was asked of the service and how that ended, the link, the first load.

    `setup` is the last answer to how far connecting has come, `step` in one word where that is: "account" (there is
    none), "link" (nobody has opened one), "pc" (opened, not finished), "answers", or "silent" (it has answered before).
    """

    tenant: Tenant
    state: CompanyState
    status: SyncStatus
    created: ConnectionAct | None
    linked: ConnectionAct | None
    link: AuthLink | None
    setup: VendorRead | None
    load: FirstLoad

    @property
    def is_quickbooks(self) -> bool:
        return self.tenant.provider == Provider.CONDUCTOR

    @property
    def books(self) -> str:
        return registry.get_description(self.tenant).name

    @property
    def has_account(self) -> bool:
        return not is_without_account(self.tenant)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is asked of it any more."""
        return bool(self.tenant.archived_at or self.tenant.removed_at)

    @property
    def waiting(self) -> ConnectionAct | None:
        """What was asked of Conductor and has no outcome yet."""
        return next((act for act in (self.created, self.linked) if act and act.is_waiting), None)

    @property
    def unknown(self) -> ConnectionAct | None:
        """What may or may not have been done."""
        return next((act for act in (self.created, self.linked) if act and act.is_open and not act.is_waiting), None)

    @property
    def failed(self) -> BooksError | None:
        """Why the last thing that was asked of Conductor was not done."""
        last = self.linked if self.has_account else self.created
        return acts.get_error(last) if last else None

    @property
    def known(self) -> list[tuple[str, str | datetime]]:
        return vendor_reads.list_known(self.setup) if self.setup else []

    @property
    def advice(self) -> str:
        return str(self.setup.answer.get("advice", "")) if self.setup else ""

    @property
    def setup_error(self) -> BooksError | None:
        return vendor_reads.read_error(self.setup) if self.setup and self.setup.has_failed else None

    @property
    def step(self) -> str:
        if not self.has_account:
            return "account"
        if self.is_watched:
            has_begun = self.setup is not None and (self.setup.has_failed or self.setup.answer.get("has_begun"))
            return "pc" if has_begun else "link"
        return "silent" if self.status.failing_since else "answers"

    @property
    def is_watched(self) -> bool:
        """Whether somebody is expected to connect it: it was never connected, or a link was made since it answered."""
        if self.is_closed or self.status.resting_since or not self.has_account:
            return False
        answered_at = self.status.answered_at
        if self.status.setting_up_since or answered_at is None:
            return True
        return bool(self.link and self.linked and self.linked.asked_at > answered_at)

    @property
    def next_act_look(self) -> str:
        """When the page looks again at what was asked of Conductor; "" if nothing is under way."""
        act = self.waiting
        return polling.next_look(act.asked_at, SERVICE_SECONDS, longest=LONGEST_LOOK) if act else ""

    @property
    def next_look(self) -> str:
        """When it looks again at the connection and the first load; "" if neither moves by itself."""
        if self.setup and self.setup.is_waiting:
            return polling.next_look(self.setup.asked_at, SERVICE_SECONDS, longest=LONGEST_LOOK)
        if self.is_watched and self.is_quickbooks:
            moved = (self.status.setting_up_since, self.linked.asked_at if self.linked else None)
            since = max((one for one in moved if one), default=timezone.now())
            return polling.next_look(since, WATCH_SECONDS, longest=LONGEST_LOOK)
        if self.step == "answers" and not self.load.is_complete and not self.is_closed:
            began_at = self.load.began_at or timezone.now()
            return polling.next_look(began_at, PROGRESS_SECONDS, longest=LONGEST_PROGRESS)
        return ""


def load_connecting(tenant: Tenant) -> Connecting:
    """Return how far a company is, as last noted."""
    status = find_status(tenant) or SyncStatus(tenant=tenant)
    created, linked = (acts.find_latest(tenant, kind) for kind in (ActKind.CREATE, ActKind.LINK))
    return Connecting(
        tenant=tenant,
        state=describe_state(tenant, load_known_health(tenant)),
        status=status,
        created=created,
        linked=linked,
        link=acts.find_link(tenant) if linked else None,
        setup=vendor_reads.find(tenant, Purpose.SETUP),
        load=_load_first(tenant, status),
    )


def look_again(tenant: Tenant) -> Connecting:
    """Return the same, after queueing the question how far it is, if somebody is expected to move that.

    Until it is answered the last outcome is shown, as the page would flicker otherwise.
    """
    found = load_connecting(tenant)
    is_due = found.setup is None or not (found.setup.is_waiting or found.setup.ended_since(timezone.now() - ASK_EVERY))
    if found.is_quickbooks and found.is_watched and is_due:
        vendor_reads.ask(tenant, Purpose.SETUP)
    return found


def _load_first(tenant: Tenant, status: SyncStatus) -> FirstLoad:
    tables: Mapping[str, object] = registry.get_description(tenant).tables
    runs = {run.kind: run for run in SyncRun.objects.filter(tenant=tenant, kind__in=tables).defer("seen", "slices")}
    complete = sum(run.as_of is not None for run in runs.values())
    shown = [runs[kind] for kind in ("customers", "bills") if kind in runs]
    rows = [(run.kind, run.so_far, run.rows_told) for run in shown]
    return FirstLoad(complete, len(tables), rows, status.queued_at)
