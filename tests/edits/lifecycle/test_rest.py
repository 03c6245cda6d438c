"""Of a company at rest nothing is sent and nothing is read, by nobody, and every page says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books import registry
from books.mirror import lookup
from books.models import Purpose, ReadState, Record, SyncRun, SyncStatus, VendorRead
from books.providers import errors
from books.providers.lock import RequestPriority
from books.sync import refresh, scheduler, tasks, vendor_reads
from edits.lifecycle import queue, reread, settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
from edits.tasks import queue_due_edits
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, EDIT, PAGE, sent
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.markup import one_line as join_lines
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

BANNER = "This company is paused: nothing is read from QuickBooks or saved to it."
NOTHING = "Nothing is read from QuickBooks and nothing is sent to it."


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


def rest(tenant: Tenant) -> None:
    """Put the company to rest, as the command does first."""
    SyncStatus.objects.update_or_create(tenant=tenant, defaults={"resting_since": timezone.now()})


def one_line(answer: Any) -> str:
    return " ".join(join_lines(answer.content.decode()).split())


def type_phone(author: Member, job: Record) -> Edit:
    return saving.accept(author, job, lookup.get_content(job).replace(phone="1"))


def read_record(tenant: Tenant) -> None:
    table = registry.get_table(tenant, "customers")
    refresh.read_record(tenant, table, "80000001-1234567890")


CALLERS: dict[str, Callable[[Tenant], object]] = {
    "a record": read_record,
    "the connection": refresh.check_connection,
    "what the service knows": lambda tenant: vendor_reads._read_account(VendorRead(tenant=tenant)),
    "a question of a page": lambda tenant: vendor_reads.ask(tenant, Purpose.CONNECTION),
}


@pytest.mark.parametrize("what", CALLERS)
def test_what_somebody_asks_for_is_refused(sandbox: Sandbox, abc: Tenant, what: str) -> None:
    rest(abc)
    with pytest.raises(errors.Resting) as refused:
        CALLERS[what](abc)
    assert (refused.value.title, refused.value.error_message) == ("This company is paused", NOTHING)
    assert (sandbox.requests(ABC), SyncStatus.objects.get(tenant=abc).failing_since) == ([], None)


def test_a_client_from_before_asks_no_more(sandbox: Sandbox, abc: Tenant) -> None:
    client = registry.make_client(abc, RequestPriority.SYNC)
    rest(abc)
    with pytest.raises(errors.Resting):
        list(client.pages(registry.get_table(abc, "customers")))
    assert sandbox.requests(ABC) == []


def test_a_change_is_not_accepted(author: Member, job: Record, sandbox: Sandbox) -> None:
    rest(job.tenant)
    with pytest.raises(errors.Resting) as refused:
        type_phone(author, job)
    assert refused.value.next_step == "Ask an administrator to end the pause, then save again."
    assert (Edit.objects.count(), sandbox.requests(ABC)) == (0, [])


def test_the_worker_does_not_send_what_was_queued(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = type_phone(author, job)
    rest(job.tenant)
    edit = carry_out(edit)
    assert (edit.state, edit.error, edit.error_message) == (State.NOT_SENT, "Resting", NOTHING)
    assert sandbox.requests(ABC) == []


def test_the_timetable_ends_what_was_queued(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = type_phone(author, job)
    rest(job.tenant)
    queue_due_edits()
    run_queued_tasks("saves")
    edit.refresh_from_db()
    assert (edit.state, edit.error_message) == (State.NOT_SENT, "The company was paused before this change was sent.")
    assert sandbox.requests(ABC) == []


def test_what_another_company_has_queued_is_left_alone(author: Member, job: Record, harbor: Tenant) -> None:
    edit = type_phone(author, job)
    rest(harbor)
    assert queue.end_resting() == 0
    edit.refresh_from_db()
    assert edit.state == State.QUEUED


def test_a_save_without_an_answer_stays_open_and_is_settled_afterwards(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    sandbox.fault(endUserId=ABC, operation="update", fault="cut_after")
    sandbox.fault(endUserId=ABC, operation="retrieve", fault="timeout")
    edit = carry_out(type_phone(author, job))
    rest(job.tenant)
    sandbox.clear_requests()
    Edit.objects.update(look_at=None)
    assert (settle.settle_edit(edit).state, sandbox.requests(ABC)) == (State.UNKNOWN, [])
    SyncStatus.objects.update(resting_since=None)
    assert settle.settle_edit(edit).state == State.SAVED
    assert [body["phone"] for body in sent(sandbox)] == []


def test_the_record_of_a_conflict_is_not_read(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = type_phone(author, job)
    Edit.objects.filter(pk=edit.pk).update(state=State.CONFLICT, refused_at=timezone.now())
    rest(job.tenant)
    reread.read_again(Edit.objects.select_related("tenant").get(pk=edit.pk))
    assert sandbox.requests(ABC) == []


def test_a_question_that_waits_ends_with_the_reason(sandbox: Sandbox, abc: Tenant) -> None:
    read = vendor_reads.ask(abc, Purpose.CONNECTION)
    rest(abc)
    run_queued_tasks("reads")
    read = VendorRead.objects.get(pk=read.pk)
    assert (read.state, read.error, read.error_message, sandbox.requests(ABC)) == ("failed", "Resting", NOTHING, [])


@pytest.mark.parametrize("priority", ["sync", "person"])
def test_nothing_is_read_whatever_is_due_and_whoever_asks(sandbox: Sandbox, abc: Tenant, priority: str) -> None:
    refresh.queue_stale(abc)
    SyncStatus.objects.create(tenant=abc, looked_at=timezone.now(), resting_since=timezone.now())
    SyncRun.objects.update(is_asked=True)
    assert refresh.request_refresh(abc, priority) is False
    scheduler.run_round()
    DBTaskResult.objects.exclude(args_kwargs__args=[abc.pk]).delete()
    run_queued_tasks("sync", "reads", "saves")
    assert (sandbox.requests(ABC), SyncStatus.objects.get(tenant=abc).state) == ([], ReadState.DONE)


def test_a_reading_that_was_queued_before_asks_nothing_and_fails_nothing(sandbox: Sandbox, abc: Tenant) -> None:
    refresh.request_refresh(abc, "person")
    rest(abc)
    run_queued_tasks("sync")
    watch = SyncStatus.objects.get(tenant=abc)
    assert (sandbox.requests(ABC), watch.state, watch.failing_since) == ([], ReadState.DONE, None)


def test_a_company_put_to_rest_amid_its_reading_is_left_at_the_next_page(sandbox: Sandbox, larch: Tenant) -> None:
    refresh.queue_stale(larch)
    SyncRun.objects.exclude(kind="customers").delete()
    watch = SyncStatus.objects.create(tenant=larch)
    pages = registry.make_client(larch, RequestPriority.SYNC).pages(registry.get_table(larch, "customers"))
    next(pages)
    rest(larch)
    with pytest.raises(errors.Resting):
        next(pages)
    assert (tasks._read_piece(watch), len(sandbox.requests(larch.end_user_id))) == (False, 1)


def test_a_company_put_to_rest_between_two_pages_has_no_failure_and_no_gap(sandbox: Sandbox, larch: Tenant) -> None:
    refresh.queue_stale(larch)
    SyncRun.objects.filter(tenant=larch).exclude(kind="customers").delete()
    watch = SyncStatus.objects.create(tenant=larch, file_asked_at=timezone.now())
    tasks._read_piece(watch)  # its first page shows that the list is long, and cuts it

    def rest_after_a_page(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        done = execute(sql, *more)
        if sql.startswith('UPDATE "books_syncrun"'):
            SyncStatus.objects.filter(tenant=larch).update(resting_since=timezone.now())
        return done

    with connection.execute_wrapper(rest_after_a_page), pytest.raises(errors.Resting):
        tasks._read_piece(watch)
    watch, run = SyncStatus.objects.get(tenant=larch), SyncRun.objects.get(tenant=larch)
    assert (watch.failing_since, run.failing_since, run.has_gaps) == (None, None, False)
    assert run.rows > 0


def test_a_new_company_at_rest_is_not_read(sandbox: Sandbox, abc: Tenant) -> None:
    Tenant.objects.exclude(pk=abc.pk).delete()
    rest(abc)
    scheduler.start_new_companies()
    call_command("load_companies")
    assert (SyncRun.objects.filter(state=ReadState.RUNNING).count(), sandbox.requests(ABC)) == (0, [])


def test_every_page_of_the_company_says_so(as_bob: Client, job: Record) -> None:
    paths = ["/t/abc/", "/t/abc/customers/", "/t/abc/bills/", PAGE, "/t/abc/edits/"]
    assert [path for path in paths if BANNER in one_line(as_bob.get(path))] == []
    rest(job.tenant)
    pages = {path: one_line(as_bob.get(path)) for path in paths}
    found = {path: (BANNER in page, "paused" in page.partition("<main")[0]) for path, page in pages.items()}
    assert found == dict.fromkeys(paths, (True, True))


def test_the_form_says_so_before_anybody_types(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    rest(job.tenant)
    answer = as_bob.get(EDIT)
    page = one_line(answer)
    assert (answer.status_code, "data-save" in page, "<h1>This company is paused</h1>" in page) == (503, False, True)
    assert "Ledgerdesk's data has not changed." in page.replace("&#x27;", "'")
    assert [EDIT in one_line(as_bob.get(path)) for path in (PAGE, "/t/abc/customers/")] == [False, False]


def test_a_form_that_was_open_comes_back_and_is_kept_as_a_draft(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    rest(job.tenant)
    answer = as_bob.post(EDIT, form)
    assert (answer.status_code, inputs(answer)["phone"]) == (503, "555-0100")
    assert NOTHING in one_line(answer)
    assert (list(Edit.objects.values_list("state", flat=True)), sandbox.requests(ABC)) == ([State.DRAFT], [])


@pytest.mark.parametrize("path", ["/t/abc/connection/check/", "/t/abc/refresh/"])
def test_trying_the_connection_and_refreshing_say_why_they_do_nothing(
    as_bob: Client, job: Record, sandbox: Sandbox, path: str
) -> None:
    rest(job.tenant)
    answer = as_bob.post(path)
    run_queued_tasks("sync", "reads")
    assert (answer.status_code, NOTHING in one_line(answer), sandbox.requests(ABC)) == (503, True, [])


def test_the_connection_page_offers_neither(as_alice: Client, job: Record, sandbox: Sandbox) -> None:
    rest(job.tenant)
    page = one_line(as_alice.get("/t/abc/connection/"))
    shown = [text in page for text in ("Paused since", "Try now", "Refresh now", "Load details")]
    assert (shown, sandbox.requests(ABC)) == ([True, False, False, False], [])


def test_a_list_offers_no_refresh(as_bob: Client, job: Record) -> None:
    offers = ["Refresh</button>" in one_line(as_bob.get("/t/abc/customers/"))]
    rest(job.tenant)
    offers.append("Refresh</button>" in one_line(as_bob.get("/t/abc/customers/")))
    assert offers == [True, False]


def test_a_look_at_a_record_says_why_it_is_not_read(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    Record.objects.update(read_at=timezone.now() - timedelta(hours=1))
    rest(job.tenant)
    page = one_line(as_bob.get(f"/t/abc/edits/presence/customers/{job.remote_id}/"))
    run_queued_tasks("reads")
    assert ("This company is paused." in page, sandbox.requests(ABC)) == (True, [])


def test_the_age_of_a_list_says_why_it_is_old(as_bob: Client, job: Record) -> None:
    rest(job.tenant)
    page = one_line(as_bob.get("/t/abc/customers/"))
    assert "Not loaded yet · Paused: nothing is read from QuickBooks" in page
    assert 'hx-get="/t/abc/connection/customers' not in page
