"""Each state of a connection, brought about by a fault of the vendor, told in the same words by page and command."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books.health.states import ConnectionState, KnownHealth, find_states, name_failure
from books.management.commands import check_company
from books.models import Purpose, ReadState, SyncRun, SyncStatus, VendorRead
from books.providers import errors
from books.sync import company_file, tasks, vendor_reads
from tenants.models import Tenant
from tests.support.running import ROOT, RunningDesk
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import KEY, Sandbox

JOB = "80000001-1234567890"
NOT_CONNECTED = "This company is not connected yet."
Break = Callable[[Sandbox, Settings, Tenant], object]


def check(slug: str) -> tuple[int, list[str]]:
    """Return the exit status of the command and what it prints."""
    out = io.StringIO()
    try:
        call_command("check_company", slug, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def read_page(client: Client, slug: str) -> str:
    html = client.get(f"/t/{slug}/connection/").content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def fail(**fault: Any) -> Break:
    """Let the vendor answer so, whatever it is asked."""
    return lambda sandbox, settings, tenant: sandbox.fault(endUserId=tenant.end_user_id, count=None, **fault)


def close_with(hresult: str) -> Break:
    return fail(fault="closed", hresult=hresult, message="It could not be opened.")


def set_key(sandbox: Sandbox, settings: Settings, tenant: Tenant) -> None:
    settings.CONDUCTOR_SECRET_KEY = "sk_conductor_of_nobody"


def cut_off(sandbox: Sandbox, settings: Settings, tenant: Tenant) -> None:
    settings.CONDUCTOR_BASE_URL = "http://127.0.0.1:9/v1"


# The fault, the title of the state, and a word of what to do.
FAILURES: list[tuple[Break, str, str]] = [
    (fail(fault="not_set_up"), "Not connected yet", "connection link"),
    (fail(fault="not_active"), "PC off or Web Connector closed", "Web Connector"),
    (fail(fault="closed"), "QuickBooks is closed", "Open this company in QuickBooks"),
    (close_with("0x80040408"), "QuickBooks is closed", "Start it by hand"),
    (close_with("0x8004040A"), "Another company file is open", "open this company's file"),
    (close_with("0x80040414"), "A dialog is open in QuickBooks", "Answer or close it"),
    (close_with("0x80040410"), "The company file cannot be opened", "single-user and multi-user"),
    (close_with("0x80040409"), "The company file cannot be opened", "version of QuickBooks"),
    (close_with("0x80040418"), "Access refused", "as Admin once"),
    (close_with("0x80040420"), "Access refused", "Integrated Applications"),
    (fail(fault="forbidden"), "Key not accepted", "administrator can fix this"),
    (set_key, "Key not accepted", "administrator can fix this"),
    (cut_off, "The connection service cannot be reached", "Try again in a minute"),
    (fail(fault="says", status=404, body="<h1>Not here</h1>"), "Wrong address", "base URL"),
]


@pytest.mark.parametrize(("break_it", "title", "step"), FAILURES)
def test_a_company_that_does_not_answer_is_told_by_page_and_command(
    sandbox: Sandbox, settings: Settings, as_bob: Client, abc: Tenant, break_it: Break, title: str, step: str
) -> None:
    break_it(sandbox, settings, abc)
    as_bob.post("/t/abc/connection/check/")
    run_queued_tasks()
    since = timezone.localtime(SyncStatus.objects.get(tenant=abc).failing_since)
    (code, lines), page = check("abc"), read_page(as_bob, "abc")
    assert (code, lines[1]) == (1, f"{title}, since {since:%d %b %Y %H:%M}.")
    assert [step in text for text in ("\n".join(lines), page)] == [True, True]
    was_there = title != str(ConnectionState.NEVER)
    silence = f"{title}. QuickBooks has not answered since {since:%H:%M}." if was_there else NOT_CONNECTED
    assert silence in page


@pytest.fixture
def read(sandbox: Sandbox, abc: Tenant) -> Callable[[], None]:
    """A company of which the customers were read; returns what reads them again, whatever comes of it."""
    SyncStatus.objects.create(tenant=abc)
    SyncRun.objects.create(tenant=abc, kind="customers")

    def again() -> None:
        SyncRun.objects.filter(tenant=abc).update(state=ReadState.QUEUED, slices_done=0)
        SyncStatus.objects.filter(tenant=abc).update(next_try_at=None)
        try:
            tasks.read_at_once(abc)
        except errors.BooksError:
            return

    again()
    return again


def test_a_company_that_answers_is_connected_since_the_first_answer_after_a_failure(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    SyncStatus.objects.update(answering_since=timezone.now() - timedelta(days=2))
    read()
    kept = SyncStatus.objects.get().answering_since
    sandbox.fault(endUserId=abc.end_user_id, fault="not_active")
    for _ in range(2):
        read()
    since = timezone.localtime(SyncStatus.objects.get().answering_since)
    assert kept is not None
    assert timezone.now() - kept > timedelta(days=1)
    assert timezone.now() - since < timedelta(minutes=1)
    assert (check("abc")[0], check("abc")[1][1]) == (0, f"Connected, since {since:%d %b %Y %H:%M}.")
    assert "QuickBooks Connected" in read_page(as_bob, "abc")


def test_a_company_that_was_never_contacted_is_never_connected(as_bob: Client, abc: Tenant) -> None:
    assert check("abc")[1][1:3] == ["Not connected yet.", "  QuickBooks has not been contacted yet."]
    assert "Not connected yet" in read_page(as_bob, "abc")


def test_quickbooks_that_does_not_answer_in_time_is_busy(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    sandbox.fault(endUserId=abc.end_user_id, fault="timeout", resource="customers", count=None)
    read()
    (code, lines), page = check("abc"), read_page(as_bob, "abc")
    assert (code, lines[1].split(",")[0]) == (1, "QuickBooks is busy")
    assert lines[2:4] == [
        "  1 list cannot be updated. QuickBooks did not answer in time.",
        "  - Is a report, a backup or an update running in QuickBooks?",
    ]
    assert ("QuickBooks is busy, since" in page, "Let it end." in page) == (True, True)


def test_a_connection_without_the_right_to_read_a_list_is_refused_access(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    sandbox.fault(endUserId=abc.end_user_id, fault="refuse", integrationCode="3261", resource="customers", count=None)
    read()
    assert (check("abc")[0], check("abc")[1][1].split(",")[0]) == (1, "Access refused")
    assert "Access refused, since" in read_page(as_bob, "abc")


def test_a_vendor_that_asks_to_wait_is_no_fault(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    sandbox.fault(endUserId=abc.end_user_id, fault="rate_limited", seconds=300, count=None)
    read()
    code, lines = check("abc")
    titles = [line.split(", since")[0] for line in lines if not line.startswith(" ")][1:3]
    assert (code, titles) == (0, ["Connected", "QuickBooks asks us to wait."])
    assert "QuickBooks asks us to wait, continues in" in read_page(as_bob, "abc")


def test_another_company_file_than_the_one_that_was_set_up_is_named(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    sandbox.control("company-file", endUserId=abc.end_user_id, company={"companyName": "Elsewhere Inc"})
    company_file.ask_soon(abc)
    read()
    code, lines = check("abc")
    assert (code, lines[1].split(",")[0]) == (1, "Different company")
    assert "Elsewhere Inc" in lines[2]
    page = read_page(as_bob, "abc")
    assert [text in page for text in ("Different company", "Elsewhere Inc")] == [True, True]


def test_a_wrong_clock_is_told_with_the_moment_when_it_was_noticed(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    sandbox.control("clock", endUserId=abc.end_user_id, seconds=3 * 3600 + 90)
    sandbox.change(endUserId=abc.end_user_id, resource="customers", id=JOB, changes={"phone": "555-5"})
    read()
    first = SyncStatus.objects.get().clock_off_since
    sandbox.control("clock", endUserId=abc.end_user_id, seconds=5 * 3600 + 90)
    sandbox.change(endUserId=abc.end_user_id, resource="customers", id=JOB, changes={"phone": "555-6"})
    read()
    code, lines = check("abc")
    assert (code, lines[1]) == (1, f"The clock of the PC is wrong, since {timezone.localtime(first):%d %b %Y %H:%M}.")
    assert lines[2].startswith("  It is 5 hours ahead.")
    assert "The clock of the PC with QuickBooks is 5 hours ahead" in read_page(as_bob, "abc")
    sandbox.control("clock", endUserId=abc.end_user_id, seconds=0)
    sandbox.change(endUserId=abc.end_user_id, resource="customers", id=JOB, changes={"phone": "555-7"})
    read()
    assert (check("abc")[0], SyncStatus.objects.get().clock_off_since) == (0, None)


def test_records_kept_aside_are_counted_with_their_first_moment(
    sandbox: Sandbox, as_bob: Client, abc: Tenant, read: Callable[[], None]
) -> None:
    sandbox.fault(
        endUserId=abc.end_user_id, fault="altered", resource="customers", id=JOB, changes={"balance": "x"}, count=None
    )
    SyncRun.objects.update(full_at=None)  # so that all is read, not only what has changed
    read()
    code, lines = check("abc")
    assert (code, lines[1].split(",")[0], lines[2]) == (
        1,
        "Records kept aside",
        "  1 record came in a form that cannot be read. All others are up to date.",
    )
    assert "Records kept aside, since" in read_page(as_bob, "abc")


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"resting_since": timezone.now()}, "Paused"),
        ({"requests_per_day": 0}, "Not read at the moment"),
    ],
)
def test_what_somebody_has_set_is_told_and_is_no_fault(
    as_bob: Client, abc: Tenant, columns: dict[str, object], title: str
) -> None:
    SyncStatus.objects.create(tenant=abc, answered_at=timezone.now(), **columns)
    code, lines = check("abc")
    assert (code, title in "\n".join(lines)) == (0, True)


def test_an_archived_company_is_told_as_that(abc: Tenant) -> None:
    Tenant.objects.filter(pk=abc.pk).update(archived_at=timezone.now())
    assert (check("abc")[0], check("abc")[1][1].split(",")[0]) == (0, "Archived")


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        ({"fault": "not_built"}, "Not connected yet"),
        ({"fault": "rate_limited", "seconds": 60}, "Connected"),
        ({"fault": "internal"}, "Not answering"),
    ],
)
def test_bigcapital_has_the_states_that_its_answers_mean(
    sandbox: Sandbox, juniper: Tenant, fault: dict[str, Any], title: str
) -> None:
    SyncStatus.objects.create(tenant=juniper, answered_at=timezone.now())
    SyncRun.objects.create(tenant=juniper, kind="customers", state=ReadState.QUEUED)
    sandbox.fault(organizationId="org_junipergrove01", count=None, **fault)
    with pytest.raises(errors.BooksError):
        tasks.read_at_once(juniper)
    known = KnownHealth(SyncStatus.objects.get(), list(SyncRun.objects.filter(failing_since__isnull=False)))
    assert find_states(juniper, known)[0].title == title


def test_a_wrong_key_of_bigcapital_is_told(sandbox: Sandbox, juniper: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIGCAPITAL_KEY_JUNIPER")
    SyncStatus.objects.create(tenant=juniper)
    SyncRun.objects.create(tenant=juniper, kind="customers", state=ReadState.QUEUED)
    with pytest.raises(errors.KeyRefused):
        tasks.read_at_once(juniper)
    assert (check("juniper")[0], check("juniper")[1][1].split(",")[0]) == (1, "Key not accepted")


def test_an_error_that_nobody_has_named_is_said_to_be_no_answer() -> None:
    assert name_failure("", "") is name_failure("OwnFault", "17") is ConnectionState.SILENT


def test_the_command_knows_no_other_company(db: None) -> None:
    with pytest.raises(CommandError, match="There is no company 'nowhere'"):
        call_command("check_company", "nowhere")


def test_the_command_contacts_nobody_without_a_worker(sandbox: Sandbox, abc: Tenant) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_company", "abc", "--now", stdout=out)
    assert out.getvalue().startswith("Not contacted: no worker is running.")
    assert sandbox.requests() == []


def test_a_company_that_nobody_has_begun_to_connect_is_told_so(
    sandbox: Sandbox, garnet: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_and_work(tenants: list[Tenant], purpose: Purpose, seconds: float) -> list[VendorRead]:
        """Do the worker's part at once."""
        vendor_reads.ask(tenants[0], purpose)
        run_queued_tasks()
        return list(VendorRead.objects.filter(tenant=tenants[0], purpose=purpose))

    asked = {"companyName": "Garnet", "sourceId": "garnet-2", "email": "ann@garnet.example"}
    made = sandbox.http.post("/v1/end-users", headers={"Authorization": f"Bearer {KEY}"}, json=asked)
    Tenant.objects.filter(pk=garnet.pk).update(end_user_id=made.raise_for_status().json()["id"])
    SyncStatus.objects.create(tenant=garnet, setting_up_since=timezone.now())
    monkeypatch.setattr(check_company, "is_worker_alive", lambda: True)
    monkeypatch.setattr(check_company, "ask_and_wait", ask_and_work)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_company", "garnet", "--now", stdout=out)
    assert out.getvalue().startswith("Nobody has begun to connect it.")


def test_with_a_worker_the_command_contacts_the_company_and_waits_for_its_answer(desk: RunningDesk) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "check_company", "larch", "--now"]
    done = subprocess.run(command, env=desk.desk.environment, capture_output=True, text=True, check=False)
    first, second, *_ = done.stdout.splitlines()
    assert (re.sub(r"[0-9.]+ s", "0 s", first), second) == ("Answered in 0 s.", "Larch Street Supply (larch)")
