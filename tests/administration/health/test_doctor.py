"""What `manage.py doctor` finds: each thing that can be wrong is wrong once, and named with what to do."""

import io
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from administration.health import machine_checks, settings_checks, vendor_checks
from administration.health.diagnosis import Diagnosis, Examination
from books.models import EngineLease, Purpose, SyncStatus
from books.providers import processes
from books.sync import tasks, vendor_reads
from tenants.models import Tenant
from tests.support.running import ROOT, RunningDesk
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

GOOD_KEY = "q7Jm2xW9vT4kLpZ8cR5nB1hY6dF3gS0aUeIoKjNt"


def look(examine: Examination) -> dict[str, Diagnosis]:
    return {one.subject: one for one in examine()}


def wrong(examine: Examination) -> dict[str, str]:
    """Return what is not right, by its subject."""
    return {one.subject: one.words for one in examine() if not one.is_fine}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("short-but-random-x9", "It has 19 characters, 14 different ones: too few."),
        ("abab" * 20, "It has 80 characters, 2 different ones: too few."),
        ("only-for-a-demo-or-development-on-this-machine", "It looks like an example, which others know."),
        (f"django-insecure-{GOOD_KEY}", "It looks like an example, which others know."),
    ],
)
def test_a_secret_key_that_can_be_guessed_is_named_and_never_printed(settings: Settings, key: str, words: str) -> None:
    settings.SECRET_KEY = key
    (one,) = settings_checks.examine_key()
    assert (one.words, "secrets.token_urlsafe" in one.next_step, key in one.words) == (words, True, False)


def test_a_long_random_key_is_right(settings: Settings) -> None:
    settings.SECRET_KEY = GOOD_KEY
    assert wrong(settings_checks.examine_key) == {}


@pytest.mark.parametrize("name", ["DEMO", "DEBUG"])
def test_a_demo_and_debug_pages_are_named(settings: Settings, name: str) -> None:
    settings.DEMO = settings.DEBUG = False
    assert wrong(settings_checks.examine_modes) == {}
    setattr(settings, name, True)
    assert set(wrong(settings_checks.examine_modes)) == {name}


@pytest.mark.parametrize(
    ("hosts", "site", "named"),
    [
        (["desk.example.com"], "https://desk.example.com", set()),
        ([".example.com"], "https://desk.example.com", set()),
        (["*"], "https://desk.example.com", {"ALLOWED_HOSTS"}),
        (["localhost", "127.0.0.1"], "http://127.0.0.1:8000", {"ALLOWED_HOSTS", "SITE_URL"}),
        (["desk.example.com"], "https://elsewhere.example.com", {"SITE_URL"}),
        (["desk.example.com"], "http://desk.example.com", {"SITE_URL"}),
    ],
)
def test_addresses_that_do_not_fit_are_named(settings: Settings, hosts: list[str], site: str, named: set[str]) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL, settings.SECURE_HTTPS = hosts, site, True
    assert set(wrong(settings_checks.examine_addresses)) == named


def test_cookies_without_https_are_named_where_others_than_this_machine_get_in(settings: Settings) -> None:
    settings.SITE_URL, settings.SECURE_HTTPS = "http://127.0.0.1:8000", False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert set(wrong(settings_checks.examine_addresses)) == {"ALLOWED_HOSTS"}
    settings.ALLOWED_HOSTS = ["127.0.0.1", "desk.example.com"]
    assert set(wrong(settings_checks.examine_addresses)) == {"SECURE_HTTPS"}


class MailServer(socketserver.StreamRequestHandler):
    """A mail server that knows one password, and notes what it is told."""

    heard: list[str] = []

    def handle(self) -> None:
        self._say("220 mail")
        for line in self.rfile:
            word = line.decode().strip()
            self.heard.append(word.split(" ")[0].upper())
            if word.upper().startswith("EHLO"):
                self._say("250-mail\r\n250 AUTH PLAIN")
            elif word.upper().startswith("AUTH"):
                self._say("235 Welcome" if word.endswith("AGJvYgBnb29k") else "535 No")  # bob, good
            elif word.upper().startswith("QUIT"):
                self._say("221 Bye")
                return
            else:
                self._say("250 OK")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(settings: Settings, password: str) -> Iterator[list[str]]:
    """Let mails go to a server of this test; yield the commands that it hears."""
    MailServer.heard = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.HAS_MAIL, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "bob", password
        yield MailServer.heard
        server.shutdown()


def test_a_mail_server_is_signed_in_to_and_sent_nothing(settings: Settings) -> None:
    with mail_server(settings, "good") as heard:
        assert wrong(settings_checks.examine_mail) == {}
        assert heard == ["EHLO", "AUTH", "QUIT"]


def test_a_mail_server_that_refuses_the_password_is_named(settings: Settings) -> None:
    with mail_server(settings, "bad"):
        assert "does not accept the name and password" in wrong(settings_checks.examine_mail)["mail"]


def test_a_mail_server_that_is_not_there_is_named(settings: Settings) -> None:
    settings.HAS_MAIL, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert "127.0.0.1:9 cannot be used" in wrong(settings_checks.examine_mail)["mail"]


def test_without_a_mail_server_nothing_is_wrong(settings: Settings) -> None:
    settings.HAS_MAIL = False
    assert wrong(settings_checks.examine_mail) == {}


def test_a_database_that_works_is_right(db: None) -> None:
    found = look(machine_checks.examine_database)
    assert (list(found), [one.is_fine for one in found.values()]) == (
        ["database", "database writes", "database tables"],
        [True] * 3,
    )


def test_a_database_that_cannot_be_written_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("SET TRANSACTION READ ONLY")
    try:
        assert list(wrong(machine_checks.examine_database)) == ["database"]
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA query_only = OFF")


def test_a_migration_that_was_not_applied_is_named(db: None) -> None:
    graph = MigrationLoader(connection, replace_migrations=False).graph
    newest = max(name for app, name in graph.leaf_nodes() if app == "books")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'books' AND name = %s", [newest])
    said = wrong(machine_checks.examine_database)
    assert said == {"database tables": "1 migration of this version is not applied."}


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (4.0, "It agrees with the clock of this machine."),
        (90.4, "It is 90 s ahead of the clock of this machine."),
        (-3600.0, "It is 3600 s behind the clock of this machine."),
    ],
)
def test_a_clock_is_judged_by_how_far_it_is_off(ahead: float, words: str) -> None:
    one = machine_checks.judge_clock("clock", ahead)
    assert (one.words, one.is_fine) == (words, abs(ahead) < 5)


def test_a_disk_without_room_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong(machine_checks.examine_disk) == {}
    monkeypatch.setattr(machine_checks, "LEAST_FREE", 10**18)
    assert list(wrong(machine_checks.examine_disk)) == ["disk"]


def test_a_cache_that_keeps_nothing_is_named(settings: Settings) -> None:
    assert wrong(machine_checks.examine_cache) == {}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert list(wrong(machine_checks.examine_cache)) == ["cache"]


@pytest.fixture
def alive(db: None, settings: Settings, tmp_path: Path) -> Path:
    """A worker and a timetable that have just given a sign; returns the file of the timetable."""
    EngineLease.objects.update_or_create(
        pk=1, defaults={"holder": processes.get_process_mark(), "until": timezone.now() + timedelta(minutes=1)}
    )
    settings.HEARTBEAT_FOLDER = str(tmp_path)
    (tmp_path / "timetable.beat").touch()
    return tmp_path / "timetable.beat"


def test_processes_that_run_are_right(alive: Path) -> None:
    assert wrong(machine_checks.examine_processes) == {}


@pytest.mark.parametrize(
    "lease",
    [
        {"holder": ""},
        {"until": timezone.now() - timedelta(minutes=1)},
        {"holder": f"{processes.get_process_mark().rpartition(':')[0]}:1"},
    ],
)
@pytest.mark.sqlite_only("there a worker holds a lease; on PostgreSQL its engine gives heartbeats")
def test_a_worker_that_has_ended_is_named(alive: Path, lease: dict[str, Any]) -> None:
    EngineLease.objects.update(**lease)
    assert list(wrong(machine_checks.examine_processes)) == ["worker"]


def test_a_timetable_that_gives_no_sign_is_named(alive: Path, settings: Settings) -> None:
    settings.HUNG_SECONDS = -1.0
    assert list(wrong(machine_checks.examine_processes)) == ["timetable"]
    alive.unlink()
    assert list(wrong(machine_checks.examine_processes)) == ["timetable"]


def test_tasks_that_people_wait_for_in_vain_are_named(alive: Path, abc: Tenant) -> None:
    vendor_reads.read_wanted.enqueue(abc.pk)
    tasks.read_books.enqueue(abc.pk)
    assert wrong(machine_checks.examine_processes) == {}
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))
    assert list(wrong(machine_checks.examine_processes)) == ["queue"]


def test_vendors_are_not_asked_without_a_worker(sandbox: Sandbox, abc: Tenant) -> None:
    assert wrong(vendor_checks.examine_vendors) == {"vendors": "They were not asked, as no worker runs."}
    assert sandbox.requests() == []


def test_without_a_company_there_is_nothing_to_ask(db: None) -> None:
    (one,) = vendor_checks.examine_vendors()
    assert (one.words, one.is_fine) == ("No company is set up.", True)


def test_a_vendor_that_does_not_answer_in_time_is_named(alive: Path, abc: Tenant) -> None:
    Tenant.objects.exclude(pk=abc.pk).delete()
    assert wrong(lambda: vendor_checks.examine_vendors(0)) == {"Conductor account of abc": "No answer within 0 s."}


def test_one_company_in_quickbooks_is_asked_and_each_in_bigcapital_but_none_at_rest(
    companies: dict[str, Tenant],
) -> None:
    in_quickbooks = [tenant for tenant in companies.values() if tenant.provider == "conductor"]
    first, second = sorted(in_quickbooks, key=lambda tenant: tenant.pk)[:2]
    SyncStatus.objects.create(tenant=first, resting_since=timezone.now())
    Tenant.objects.create(slug="new", name="New", provider="bigcapital")  # it has no key yet
    found = [tenant.slug for tenant in vendor_checks.list_asked()]
    assert found == [second.slug, *(tenant.slug for tenant in companies.values() if tenant.provider == "bigcapital")]


def ask(tenant: Tenant) -> dict[str, Diagnosis]:
    """Have the worker's task ask the vendor for its record of a company, and return what doctor says of that."""
    vendor_reads.ask(tenant, Purpose.ACCOUNT)
    run_queued_tasks()
    read = vendor_reads.find(tenant, Purpose.ACCOUNT)
    assert read is not None
    return look(lambda: vendor_checks.judge_read(read, 60))


def test_a_vendor_that_accepts_the_key_is_right_and_so_is_its_clock(sandbox: Sandbox, abc: Tenant) -> None:
    found = ask(abc)
    assert {subject: one.words for subject, one in found.items()} == {
        "Conductor account of abc": "It is reached and accepts the key.",
        "clock of the Conductor account": "It agrees with the clock of this machine.",
    }


def test_a_key_that_is_not_accepted_is_named_with_the_base_url(
    sandbox: Sandbox, abc: Tenant, settings: Settings
) -> None:
    settings.CONDUCTOR_SECRET_KEY = "sk_conductor_of_nobody"
    (one,) = ask(abc).values()
    assert one.words == f"Ledgerdesk's key was not accepted. The base URL is {sandbox.url}/v1."
    assert "sk_conductor" not in one.words + one.next_step


def test_a_base_url_that_is_not_reached_is_named(abc: Tenant, settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.CONDUCTOR_BASE_URL = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        (one,) = ask(abc).values()
    assert one.words.startswith("The connection service cannot be reached.")
    assert settings.CONDUCTOR_BASE_URL in one.words


def test_an_address_at_which_another_server_answers_is_named(sandbox: Sandbox, juniper: Tenant) -> None:
    sandbox.fault(organizationId="org_junipergrove01", fault="says", status=404, body="<h1>Elsewhere</h1>")
    (one,) = ask(juniper).values()
    assert one.words.startswith("Something other than Bigcapital answered.")


def test_a_vendors_server_with_another_time_is_named(sandbox: Sandbox, juniper: Tenant) -> None:
    an_hour_ago = format_datetime(timezone.now() - timedelta(hours=1), usegmt=False)
    sandbox.fault(
        organizationId="org_junipergrove01", fault="says", body={"metadata": {}}, headers={"Date": an_hour_ago}
    )
    clock = ask(juniper)["clock of the Bigcapital account"]
    assert (clock.is_fine, clock.words.endswith("s behind the clock of this machine.")) == (False, True)


def test_the_command_ends_with_1_and_counts_what_is_to_be_looked_at(sandbox: Sandbox, abc: Tenant) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--wait", "0", stdout=out)
    lines = out.getvalue().splitlines()
    marked = [line for line in lines if line.startswith("LOOK AT THIS")]
    assert (ended.value.code, lines[-1]) == (1, f"{len(marked)} to look at.")
    assert any(line.startswith("OK            database tables: ") for line in lines)


def test_on_a_running_desk_it_finds_only_that_this_is_a_demo(desk: RunningDesk) -> None:
    environment = {**desk.desk.environment, "SECRET_KEY": GOOD_KEY}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    marked = [line.split(": ")[0] for line in done.stdout.splitlines() if line.startswith("LOOK")]
    assert (marked, done.returncode) == (["LOOK AT THIS  DEMO", "LOOK AT THIS  ALLOWED_HOSTS"], 1), done.stdout
    assert "accepts the key." in done.stdout
