"""What pages ask of a vendor: queued, carried out by the worker, and found again by the next look of the page.

A page never waits. A company has at most one waiting task, which carries out all that its pages have asked for; each
question has one row, so that seven tabs that ask the same queue it once.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Any

from django.db import Error
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from books import registry
from books.models import Purpose, ReadState, Record, SyncStatus, VendorRead, find_status
from books.providers import errors, exchanges, processes
from books.providers.lock import RequestPriority
from books.stamps import is_older
from records.json_text import Json
from tenants.companies import take_access
from tenants.joined import fetch_rows
from tenants.models import OfferedAccess, Tenant

from . import company_file, refresh

log = logging.getLogger(__name__)

REST = timedelta(seconds=60)  # after a failure, before the same is asked again for an open page
LOST_AFTER = timedelta(minutes=5)  # a read without an end, if its process cannot be looked up
KEPT = timedelta(days=1)
FIRST_GUESS_SECONDS = 2.0  # of a company of which nothing has been measured yet
MEASURED = 9  # reads that the usual seconds are taken from
_ENDED = (ReadState.DONE, ReadState.FAILED)


def find(tenant: Tenant, purpose: Purpose, kind: str = "", remote_id: str = "") -> VendorRead | None:
    """Return the question with its last outcome; None if it has not been asked in the last day."""
    return next(iter(fetch_rows(VendorRead, _FIND, [tenant.pk, purpose, kind, remote_id])), None)


# In SQL, as Home and the form of a record ask.
_FIND = "SELECT * FROM books_vendorread WHERE tenant_id = %s AND purpose = %s AND kind = %s AND remote_id = %s"


def ask(tenant: Tenant, purpose: Purpose, kind: str = "", remote_id: str = "") -> VendorRead:
    """Queue the question, unless it waits already, and return it. Raises Resting while the company is at rest."""
    registry.check_may_ask(tenant, any_file=True)
    own = {"tenant": tenant, "purpose": purpose, "kind": kind, "remote_id": remote_id}
    now = timezone.now()
    read, _ = VendorRead.objects.get_or_create(**own, defaults={"asked_at": now})
    again = VendorRead.objects.filter(pk=read.pk, state=read.state, process=read.process)
    if read.state in _ENDED:
        again.update(**_BLANK, state=ReadState.QUEUED, asked_at=now)
    elif _is_lost(read):
        again.update(state=ReadState.QUEUED, process="")
    read.refresh_from_db()
    if read.state == ReadState.QUEUED:
        _queue_task(tenant)
    return read


def ask_record(record: Record, older_than: timedelta) -> VendorRead | None:
    """Have the record read again if our copy is older than this; return what was asked last, None if nothing was.

    While the company does not answer, that is the failure, and it is asked again once a minute. Raises Resting.
    """
    tenant, now = record.tenant, timezone.now()
    own = find(tenant, Purpose.RECORD, record.kind, record.remote_id)
    if own is None or not own.is_waiting:
        if not is_older(record.read_at, older_than, now):
            return own
        resting = own if own and own.has_failed and own.ended_since(now - REST) else _find_company_failure(tenant, now)
        if resting:
            return resting
    return ask(tenant, Purpose.RECORD, record.kind, record.remote_id)


def get_usual_seconds(tenant: Tenant) -> float:
    """Return how long this company's answers usually take, from asking to answer, as last measured."""
    done = VendorRead.objects.filter(tenant=tenant, state=ReadState.DONE).order_by("-ended_at")
    took = [
        (ended - asked).total_seconds() for asked, ended in done.values_list("asked_at", "ended_at")[:MEASURED] if ended
    ]
    return median(took) if took else FIRST_GUESS_SECONDS


def read_error(read: VendorRead) -> errors.BooksError:
    """Return the error that a read ended with, in the words in which it was recorded."""
    kind = getattr(errors, read.error, errors.OwnFault)
    said = {"code": read.code, "request_id": read.request_id, "next_step": read.next_step}
    error: errors.BooksError = kind(read.error_message, **said)
    error.books = registry.get_description(read.tenant).name
    return error


def list_known(read: VendorRead) -> list[tuple[str, str | datetime]]:
    """Return the labels and values of an ACCOUNT's or a SETUP's answer."""
    return [(label, _load(value)) for label, value in read.answer.get("known", [])]


@task(queue_name="reads")
def read_wanted(tenant_id: int) -> None:
    """Carry out the first thing that the pages of a company have asked for, and queue the next."""
    under_way = VendorRead.objects.filter(tenant=tenant_id, state=ReadState.RUNNING)
    if any(not _is_lost(read) for read in under_way):
        return
    if read := _claim_next(tenant_id):
        _carry_out(read)
        if VendorRead.objects.filter(tenant=tenant_id, state=ReadState.QUEUED).exists():
            _queue_task(read.tenant)


def requeue_interrupted(companies: Collection[int] | None = None) -> None:
    """Let every read (of these companies) be done again that is noted as being under way, where none can be."""
    reads = VendorRead.objects.all() if companies is None else VendorRead.objects.filter(tenant__in=companies)
    reads.filter(state=ReadState.RUNNING).update(state=ReadState.QUEUED, process="")
    for tenant in Tenant.objects.filter(pk__in=reads.filter(state=ReadState.QUEUED).values("tenant")):
        _queue_task(tenant)


def clear_old(most: int) -> int:
    """Delete questions that nobody has asked for a day; return how many."""
    old = VendorRead.objects.filter(ended_at__lt=timezone.now() - KEPT).values_list("pk", flat=True)
    return VendorRead.objects.filter(pk__in=list(old[:most])).delete()[0]


def _queue_task(tenant: Tenant) -> None:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=read_wanted.module_path)
    if not ready.filter(args_kwargs__args=[tenant.pk]).exists():
        read_wanted.enqueue(tenant.pk)


def _is_lost(read: VendorRead) -> bool:
    """Whether a read is under way that no process works on any more."""
    if read.state != ReadState.RUNNING:
        return False
    is_old = read.began_at is None or timezone.now() - read.began_at > LOST_AFTER
    return is_old or processes.is_process_gone(read.process)


def _find_company_failure(tenant: Tenant, now: datetime) -> VendorRead | None:
    """Return the failure that says that the company cannot be asked now, if nothing has been answered since."""
    ended = VendorRead.objects.filter(tenant=tenant, state__in=_ENDED).exclude(purpose__in=_OF_SERVICE)
    last = ended.order_by("-ended_at").first()
    return last if last and last.error in _OF_COMPANY and last.ended_since(now - REST) else None


def _claim_next(tenant_id: int) -> VendorRead | None:
    waiting = VendorRead.objects.filter(tenant=tenant_id, state=ReadState.QUEUED).order_by("asked_at", "pk")
    while read := waiting.select_related("tenant").first():
        claim = {"state": ReadState.RUNNING, "process": processes.get_process_mark(), "began_at": timezone.now()}
        if VendorRead.objects.filter(pk=read.pk, state=ReadState.QUEUED).update(**claim):
            return read
    return None


def _carry_out(read: VendorRead) -> None:
    try:
        answer = _READS[Purpose(read.purpose)](read)
    except errors.BooksError as error:
        _note_failure(read, error)
    except Error as error:
        log.warning("%s was read but could not be stored: %s", read, error)
        _note_failure(read, errors.NotStored())
    except Exception:  # of any kind: it is logged, and whoever waits must hear of an end
        log.exception("%s failed.", read)
        _note_failure(read, errors.OwnFault())
    else:
        _filter_own(read).update(state=ReadState.DONE, process="", ended_at=timezone.now(), answer=answer)


def _filter_own(read: VendorRead) -> QuerySet[VendorRead]:
    """Return the read, unless another worker has taken it over."""
    return VendorRead.objects.filter(pk=read.pk, process=processes.get_process_mark())


def _note_failure(read: VendorRead, error: errors.BooksError) -> None:
    """Note why it failed. What says that the company cannot be asked ends its other waiting reads of records too."""
    said = {"error": type(error).__name__, "error_message": error.error_message, "next_step": error.next_step}
    said |= {"code": error.code, "request_id": error.request_id}
    facts = {**said, "state": ReadState.FAILED, "process": "", "ended_at": timezone.now()}
    if not _filter_own(read).update(**facts):
        return
    if type(error).__name__ in _OF_COMPANY and read.purpose != Purpose.ACCESS:  # the company's own key may work
        waiting = VendorRead.objects.filter(tenant=read.tenant, purpose=Purpose.RECORD, state=ReadState.QUEUED)
        waiting.update(**facts)


def _read_record(read: VendorRead) -> dict[str, Json]:
    refresh.read_record(read.tenant, registry.get_table(read.tenant, read.kind), read.remote_id)
    return {}


def _try_connection(read: VendorRead) -> dict[str, Json]:
    watch = find_status(read.tenant)
    if watch is not None and watch.setting_up_since:
        return _try_setup(read)
    took = refresh.check_connection(read.tenant)
    refresh.request_refresh(read.tenant, "person")
    return {"milliseconds": took}


def _try_setup(read: VendorRead) -> dict[str, Json]:
    """Ask how far connecting has come. Once the company answers, its records are read and saved from then on.

    Raises KeyRefused if the key is of another account than the one that the company was connected with.
    """
    client = registry.make_client(read.tenant, RequestPriority.PERSON, any_file=True)
    survey = client.survey()
    known: dict[str, Json] = {
        "known": [[label, _dump(value)] for label, value in survey.known],
        "advice": survey.advice,
    }
    if not survey.has_begun:
        return {**known, "has_begun": False}
    _filter_own(read).update(answer={**known, "has_begun": True})  # also shown if it does not answer
    company_file.check_account(read.tenant, survey.account)
    took = client.health()
    if not refresh.note_connected(read.tenant):
        raise errors.Busy("The connection was changed while it was tried.", next_step="Try again.")
    return {**known, "has_begun": True, "milliseconds": took}


def _try_access(read: VendorRead) -> dict[str, Json]:
    """Try the key and address that a working company was offered; only if they work they take the place of its own."""
    offered = OfferedAccess.objects.select_related("tenant", "offered_by").filter(tenant=read.tenant).first()
    if offered is None:
        return {}
    company_file.learn_account(read.tenant)
    candidate = Tenant.objects.get(pk=read.tenant.pk)
    for name, value in offered.columns.items():
        setattr(candidate, name, value)
    client = registry.make_client(candidate, RequestPriority.PERSON, any_file=True)
    company_file.check_account(read.tenant, client.survey().account)
    client.health()
    if not take_access(offered, "Replaced after it was tried"):
        raise errors.Busy("Another key was entered while this one was tried.", next_step="Wait for that one.")
    SyncStatus.objects.filter(tenant=read.tenant).update(next_try_at=None)
    refresh.request_refresh(Tenant.objects.get(pk=read.tenant.pk), "person")
    return {"replaced": True}


def _list_end_users(read: VendorRead) -> dict[str, Json]:
    return {"end_users": [one.dump() for one in registry.make_project(read.tenant).list_end_users()]}


def _read_account(read: VendorRead) -> dict[str, Json]:
    with exchanges.collect() as made:
        about = registry.make_client(read.tenant, RequestPriority.PERSON, any_file=True).about()
    off = [seconds for one in made if (seconds := _compare_clocks(one)) is not None]
    return {"known": [[label, _dump(value)] for label, value in about], "server_ahead": off[-1] if off else None}


def _compare_clocks(exchange: exchanges.Exchange) -> float | None:
    """Return by how many seconds the clock of the vendor's server is ahead of ours; None if it does not tell it."""
    try:
        told = parsedate_to_datetime(exchange.date)
    except ValueError:
        return None
    return round((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() - exchange.ended, 1)


def _dump(value: Any) -> Json:
    return {"moment": value.astimezone(UTC).isoformat()} if isinstance(value, datetime) else str(value or "")


def _load(value: Any) -> str | datetime:
    return parse_datetime(value["moment"]) or "" if isinstance(value, dict) else str(value)


_READS: Mapping[Purpose, Callable[[VendorRead], dict[str, Json]]] = {
    Purpose.RECORD: _read_record,
    Purpose.CONNECTION: _try_connection,
    Purpose.ACCOUNT: _read_account,
    Purpose.SETUP: _try_setup,
    Purpose.ACCESS: _try_access,
    Purpose.END_USERS: _list_end_users,
}
_OF_SERVICE = (Purpose.ACCOUNT, Purpose.SETUP, Purpose.ACCESS, Purpose.END_USERS)  # not of the company's own file
_BLANK = {"error": "", "code": "", "error_message": "", "next_step": "", "request_id": "", "answer": {}, "process": ""}
# The errors that say nothing of one record: no answer came, or the company cannot be asked now.
_OF_COMPANY = {
    kind.__name__
    for kind in (
        errors.NoAnswer,
        errors.NotSetUp,
        errors.NotActive,
        errors.Closed,
        errors.OtherCompany,
        errors.OtherOrganization,
        errors.Resting,
        errors.TooMany,
        errors.KeyRefused,
        errors.NotReached,
        errors.WrongAddress,
    )
}
