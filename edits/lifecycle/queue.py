"""The edits of a company that wait to be sent: which goes next, what makes one wait longer, and how one is cancelled.

The order is that of the saves. An edit waits for the earlier ones of its record; what waits for the whole company, for
a vendor that asks to wait or does not answer, has its moment in the rows themselves.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from books import pace
from books.health.waiting import WaitingChanges
from books.models import SyncStatus
from books.providers import errors, processes
from books.registry import get_visible_table
from books.stamps import MAY_DIFFER, filter_reached, is_awaited
from books.sync import outcome
from edits.models.edit import CANCELLED, UNANSWERED, UNDER_WAY, Edit, State
from edits.models.fetching import fetch_edit
from tenants.access import Member
from tenants.models import Tenant

from . import failures, transitions

USUAL_SECONDS = 4.0  # of QuickBooks, before a company's own saves say more
FIRST_LOOK_SECONDS = 0.5  # then
# A look just before the end costs the person another pause, half as long as all until then.
LOOK_SHARE, LOOK_MARGIN_SECONDS = 1.05, 0.25
MEASURED = 9  # saves
AT_ONCE = 400  # companies that one statement asks for; SQLite takes 500 parts
BUSY_SECONDS = 1.5  # wait for a record in use (docs/vendors/conductor.md, section 10)
LONGEST_BUSY = timedelta(minutes=1)
IN_USE = {"state": State.QUEUED, "error": errors.Busy.__name__}  # of an edit whose record alone keeps it waiting


def find_next(tenant_id: int) -> tuple[Edit | None, bool]:
    """Return the company's edit to send now, None if there is none, and whether others wait behind it."""
    now = timezone.now()
    span = [connection.ops.adapt_datetimefield_value(one) for one in (now, now + pace.LONGEST_WAIT + MAY_DIFFER)]
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WAY, [*span, tenant_id] * 2)
        rows = [row for _, *row in sorted(cursor.fetchall())]
    queued = [row for row in rows if row[1] == State.QUEUED]
    taken = {(kind, remote_id) for _, state, kind, remote_id, *_ in rows if state != State.QUEUED}
    if any(waits and error == errors.TooMany.__name__ for *_, waits, error in queued):
        return None, False
    for pk, _, kind, remote_id, waits, _ in queued:
        if not waits and (kind, remote_id) not in taken:
            return fetch_edit(pk), len(queued) > 1
        taken.add((kind, remote_id))
    return None, False


# In SQL, as every save asks: Django takes several times as long to compose it as it takes to run.
# Each state has an index of its own, so that nothing is read of what a company has saved before. SQLite would take
# another one to sort by, or for the company of those that are being sent, which the sign before it prevents.
_WAITS = "waits_until IS NOT NULL AND waits_until > %s AND waits_until <= %s"  # as `is_put_off`
_COLUMNS = f"sent_at, id, state, kind, remote_id, {_WAITS}, error"
_UNDER_WAY = f"""SELECT {_COLUMNS} FROM edits_edit WHERE tenant_id = %s AND state = '{State.QUEUED}' UNION ALL
SELECT {_COLUMNS} FROM edits_edit
WHERE +tenant_id = %s AND state IN ({", ".join(f"'{state}'" for state in UNANSWERED)})"""  # noqa: S608 - names of columns and states are no input


def list_due_companies() -> list[int]:
    """Return the numbers of the companies with an edit that may be due."""
    due = filter_reached("waits_until", pace.LONGEST_WAIT, timezone.now())
    return list(Edit.objects.filter(due, state=State.QUEUED).order_by().values_list("tenant", flat=True).distinct())


def is_put_off(edit: Edit, now: datetime) -> bool:
    """Return whether an edit is not to be sent yet, whatever else is under way."""
    return is_awaited(edit.waits_until, pace.LONGEST_WAIT, now)


def put_back(edit: Edit, error: errors.NotSent) -> Edit:
    """Queue an edit again that was not sent and may be sent later; if its whole company waits, all its edits do.

    One that this process was about to send when it could no longer be sure to be the only one is due at once.
    """
    if isinstance(error, errors.Withdrawn):
        return _put_back(edit)
    facts = failures.facts(error) | {"waits_until": timezone.now() + _find_pause(edit, error)}
    if isinstance(error, errors.Busy | errors.TooMany):
        return _put_back(edit, **facts)
    watch, _ = SyncStatus.objects.get_or_create(tenant=edit.tenant)
    pause = outcome.compute_company_pause(watch, error)
    outcome.note_failure(watch, error, pause)
    facts |= {"waits_until": timezone.now() + pause, "waiting_since": edit.waiting_since or timezone.now()}
    edit = _put_back(edit, **facts)
    others = Edit.objects.filter(tenant=edit.tenant_id, state=State.QUEUED).exclude(pk=edit.pk)
    since = Coalesce("waiting_since", edit.waiting_since)
    others.update(**{**facts, "waiting_since": since})
    return edit


def is_in_use(edit: Edit) -> bool:
    """Return whether an edit waits for its record alone, which is in use in the vendor's program."""
    return all(getattr(edit, name) == value for name, value in IN_USE.items())


def _find_pause(edit: Edit, error: errors.NotSent) -> timedelta:
    if isinstance(error, errors.TooMany):
        return timedelta(seconds=max(1.0, error.wait))
    return min(max(timedelta(seconds=BUSY_SECONDS), (timezone.now() - edit.sent_at) / 2), LONGEST_BUSY)


def _put_back(edit: Edit, **facts: object) -> Edit:
    if edit.state == State.SENDING:
        if edit.process != processes.get_process_mark():
            return edit  # another process sends it by now
        return transitions.move_edit(edit, State.QUEUED, process="", lease_until=None, **facts)
    if edit.state == State.QUEUED:
        transitions.note_facts(edit, **facts)
    return edit


def wake(tenant_id: int) -> int:
    """Let the company's edits go that wait for it to answer, and return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, [tenant_id, State.QUEUED])
        return int(cursor.rowcount)


# After every save, and nearly always of nothing.
_WAKE = f"""UPDATE {Edit._meta.db_table} SET waits_until = NULL
WHERE tenant_id = %s AND state = %s AND waiting_since IS NOT NULL"""  # noqa: S608 - a table's name is no input


def wake_answering() -> int:
    """Do the same for every company that answers again."""
    failing = SyncStatus.objects.filter(failing_since__isnull=False).values("tenant")
    waiting = Edit.objects.filter(state=State.QUEUED, waiting_since__isnull=False, waits_until__gt=timezone.now())
    return waiting.exclude(tenant__in=failing).update(waits_until=None)


def expire_queued() -> int:
    """End the edits that have waited longer than the operator's limit as not sent, which asks their authors."""
    limit = timezone.now() - timedelta(hours=settings.QUEUED_HOURS)
    old = Edit.objects.filter(state=State.QUEUED, sent_at__lt=limit).select_related("tenant")
    return len([end_expired(edit) for edit in old])


def end_resting() -> int:
    """End the queued edits of companies at rest as not sent, which asks their authors; return how many there were."""
    queued = Edit.objects.filter(state=State.QUEUED, tenant__watch__resting_since__isnull=False)
    return len([_end_resting(edit) for edit in queued.select_related("tenant")])


def _end_resting(edit: Edit) -> Edit:
    what = "archived" if edit.tenant.archived_at else "paused"
    error = errors.Resting(f"The company was {what} before this change was sent.")
    return transitions.move_edit(edit, State.NOT_SENT, **failures.facts(failures.named(edit.tenant, error)))


def end_left(edit: Edit) -> Edit:
    """End a queued edit whose author has left the company as not sent, which asks who takes it over."""
    said = f"{edit.person_name.capitalize()} left before it was sent."
    error = errors.NotBegun(said, next_step="Check that it still applies, then save it again.")
    return transitions.move_edit(edit, State.NOT_SENT, **failures.facts(failures.named(edit.tenant, error)))


def end_expired(edit: Edit) -> Edit:
    """End a queued edit that has waited too long: the books have gone on without it."""
    said = f"It waited for {settings.QUEUED_HOURS:g} hours and was not sent."
    error = errors.NotBegun(said, next_step="Check that it still applies, then save it again.")
    return transitions.move_edit(edit, State.NOT_SENT, **failures.facts(failures.named(edit.tenant, error)))


def cancel_edit(edit: Edit) -> bool:
    """Cancel a queued edit, and return whether that was in time; if not, the edit has its present state."""
    return edit.state == State.QUEUED and transitions.withdraw_edit(edit, CANCELLED)


def cancel_form(member: Member, form: str) -> list[Edit]:
    """Cancel all that the member's form has queued, and return what it had under way as it then is, newest first.

    An earlier one is cancelled last, so that no later one is sent without it meanwhile.
    """
    if not form:
        return []
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form, state__in=UNDER_WAY)
    found = list(own.select_related("tenant").order_by("-sent_at", "-pk"))
    for edit in found:
        cancel_edit(edit)
    return found


def count_waiting(tenant: Tenant) -> WaitingChanges:
    """Return how many edits of a company wait to be sent, whoever has saved them."""
    queued = Edit.objects.filter(tenant=tenant, state=State.QUEUED).order_by()
    return WaitingChanges(**queued.aggregate(count=Count("pk"), oldest=Min("sent_at")))


def list_queued_of(member: Member) -> list[Edit]:
    """Return what the member has saved in this company and was not sent yet, the oldest first."""
    queued = Edit.objects.filter(tenant=member.tenant, person=member.person, state=State.QUEUED)
    found = list(queued.select_related("tenant").order_by("sent_at", "pk"))
    for edit in found:
        transitions.hide_name(edit, get_visible_table(member, edit.kind).hidden_columns)
    return found


def find_usual_seconds(tenant: Tenant) -> float | None:
    """Return how long a save of this company usually takes, from its last ones; None before the first."""
    return map_usual_seconds([tenant.pk]).get(tenant.pk)


def map_usual_seconds(companies: Sequence[int]) -> dict[int, float]:
    """Return the same by the number of the company; one before its first save is missing."""
    took: dict[int, list[float]] = {}
    for some in (companies[start : start + AT_ONCE] for start in range(0, len(companies), AT_ONCE)):
        values = [value for company in some for value in (company, State.SAVED)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([_LAST_SAVED] * len(some)), values)
            found = cursor.fetchall()
        for company, log in found:
            if seconds := _measure(json.loads(log)):
                took.setdefault(company, []).append(seconds)
    return {company: median(seconds) for company, seconds in took.items()}


def find_look_seconds(tenant: Tenant) -> float:
    """Return how long after a save of this company its page first looks how it has ended."""
    return compute_look_seconds(find_usual_seconds(tenant))


def compute_look_seconds(usual: float | None) -> float:
    """Return the same from what its saves usually take: when nearly all of them have ended."""
    return FIRST_LOOK_SECONDS if usual is None else usual * LOOK_SHARE + LOOK_MARGIN_SECONDS


# Every look of a page that waits asks.
_LAST_SAVED = f"""SELECT * FROM (SELECT tenant_id, state_log FROM {Edit._meta.db_table}
WHERE tenant_id = %s AND state = %s ORDER BY sent_at DESC LIMIT {MEASURED}) AS saved"""  # noqa: S608 - a table's name and a constant are no input


def _measure(log: list[list[str]]) -> float:
    """Return the seconds from sending to saved in the log of an edit's states; 0 if it was never sent."""
    since = dict(log)
    if State.SENDING not in since or State.SAVED not in since:
        return 0.0
    start, end = (datetime.fromisoformat(since[state]) for state in (State.SENDING, State.SAVED))
    return (end - start).total_seconds()
