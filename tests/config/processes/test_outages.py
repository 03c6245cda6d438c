"""Failures of Ledgerdesk's own parts, on running processes: everything recovers by itself and nothing is lost."""

import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import httpx
import pytest

from config.processes.services import RELOADED
from config.unavailable import TITLE
from tests.kills.killing import COMPANIES, KilledDesk, Save
from tests.support.figures import Note
from tests.support.inputs import inputs
from tests.support.running import wait_until
from tests.support.supervised import PostgresThatGoesAway, Watched, family, full_disk, locked, watched

pytestmark = [
    pytest.mark.starts_first,
    pytest.mark.skipif(  # only Linux has /proc, where the desk's processes are found
        sys.platform != "linux",
        reason="finds the processes of a desk, and sees that they are gone, in /proc, which only Linux has",
    ),
]
PROCESSES = ("web", "worker", "timetable")
SAYS_SO = "</strong> Ledgerdesk's database is busy or cannot be written to. Nothing was sent to QuickBooks."
AWAY_SECONDS = 60 if "SOAK" in os.environ else 3


@pytest.fixture(scope="module")
def hanging_cache() -> Iterator[str]:
    """A cache that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, hanging_cache: str) -> Iterator[KilledDesk]:
    """A desk with short limits and a hanging cache, and people who save there."""
    limits = {"HUNG_SECONDS": "5", "SQLITE_TIMEOUT": "1", "WEB_IDLE_SECONDS": "1", "CONDUCTOR_WRITE_TIMEOUT": "3"}
    with watched(tmp_path_factory.mktemp("outages"), CACHE_URL=hanging_cache, **limits) as running:
        yield KilledDesk(running, is_filled=True)


@pytest.fixture
def running(people: KilledDesk) -> Watched:
    assert isinstance(people.run, Watched)
    people.run.forget()
    return people.run


def saved(people: KilledDesk, save: Save) -> bool:
    """Save the typed values again, like a person who was told to; return whether it worked and the vendor has them."""
    people._post(save)
    if save.answer == 303:
        wait_until(lambda: people.phones(save) == [save.phone], within=60)
    return save.answer == 303


def goes_on(people: KilledDesk, running: Watched) -> float:
    """Return the seconds until all is well again: ready, a save succeeds and the lists are read."""
    began = time.monotonic()
    wait_until(lambda: running.ready()["ready"], within=60)
    assert saved(people, people.typed("larch"))
    before = last_read(people)
    refresh(people, running)
    wait_until(lambda: last_read(people) > before, within=60)
    return time.monotonic() - began


def refresh(people: KilledDesk, running: Watched) -> None:
    """Request a refresh of a company now."""
    with people.browser() as browser:
        typed = {"csrfmiddlewaretoken": people.cookies["desk_csrf"]}
        headers = {"Referer": f"{running.url}/t/larch/customers/"}
        assert browser.post("/t/larch/refresh/", data=typed, headers=headers).status_code < 400


def last_read(people: KilledDesk) -> str:
    """Return when a read was last carried out."""
    asked = "SELECT MAX(finished_at) FROM django_tasks_database_dbtaskresult WHERE status = 'SUCCESSFUL'"
    return people.rows(asked)[0][0] or ""


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_is_restarted(people, running, figure: Note, name):
    os.kill(running.pid(name), signal.SIGKILL)
    wait_until(lambda: running.said, within=60)
    assert running.said[0].startswith(f"{name} died and is started again")
    figure(f"{name} killed: all well after {goes_on(people, running):.1f} s")


def test_each_frozen_process_is_detected_and_restarted(people, running, figure: Note):
    running.wait_for_signs()
    frozen = {name: running.pid(name) for name in PROCESSES}
    for name in PROCESSES:
        running.freeze(name)
    wait_until(lambda: all(running.pid(name) != frozen[name] for name in PROCESSES), within=60)
    wait_until(lambda: len(running.said) >= len(PROCESSES), within=10)  # it is said after the start
    assert sorted(running.said) == sorted(f"{name} does not respond and is started again." for name in PROCESSES)
    figure(f"all frozen: all well {goes_on(people, running):.1f} s after they were started again")


def test_a_web_whose_first_process_alone_is_frozen_is_restarted(people, running):
    running.wait_for_signs()
    frozen = running.pid("web")
    os.kill(frozen, signal.SIGSTOP)  # its workers keep answering, and nobody would replace them
    wait_until(lambda: running.pid("web") != frozen, within=60)
    wait_until(lambda: running.ready()["ready"], within=60)


def test_a_frozen_process_of_the_web_server_is_replaced(people, running, figure: Note):
    running.wait_for_signs()
    _, worker = family(running.pid("web"))
    os.kill(worker, signal.SIGSTOP)
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), within=60)
    figure(f"web worker frozen: all well {goes_on(people, running):.1f} s after it was ended")


def test_a_locked_database_ends_no_process(people, running, figure: Note):
    before = {name: running.pid(name) for name in PROCESSES}
    save = people.typed("larch")
    with locked(running.home / "demo.sqlite3"):
        people._post(save)
        assert save.answer is not None
        assert save.answer >= 500
        log = running.desk.children["timetable"].log
        wait_until(lambda: "The database does not answer: database is locked" in log.read_text(), within=60)
    seconds = goes_on(people, running)
    wait_until(lambda: saved(people, save), within=60)
    assert ({name: running.pid(name) for name in PROCESSES}, running.said) == (before, [])
    figure(f"SQLite locked: all well after {seconds:.1f} s")


def test_saves_that_are_under_way_while_the_database_is_away_are_settled(people, running, figure: Note):
    running.sandbox.fault(fault="slow", operation="update", seconds=0.3, count=None)
    saves, late = [people.typed(slug) for slug in COMPANIES for _ in range(4)], people.typed("larch")
    people.pressed(saves, people.at_vendor(2, answered=False))
    with locked(running.home / "demo.sqlite3"), people.browser() as browser:
        ends = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < ends:
            refused = browser.post(late.url, data=late.inputs, headers={"Referer": f"{running.url}{late.url}"})
            assert (refused.status_code, SAYS_SO in unescape(refused.text)) == (503, True)
    began = time.monotonic()
    people.until_settled()
    running.sandbox.fault(clear=True)
    ends_of = Counter(people.ended(save) for save in saves)
    took = f"settled {time.monotonic() - began:.1f} s later: {dict(ends_of)}"
    figure(f"SQLite away {AWAY_SECONDS} s amid {len(saves)} saves: {took}")
    assert (ends_of.total(), people.edits(late), saved(people, late)) == (len(saves), [], True)


def test_a_read_that_lost_its_database_continues(people, running, figure: Note):
    running.sandbox.fault(fault="slow", seconds=1, count=None)
    refresh(people, running)
    wait_until(lambda: people.rows("SELECT 1 FROM books_watch WHERE state = 'running'"), within=60)
    running_task = "SELECT id FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING' AND queue_name = 'sync'"
    ((held,),) = people.rows(f"{running_task} ORDER BY started_at DESC LIMIT 1")
    log = running.desk.children["worker"].log
    before = log.read_text().count("does not answer")
    with locked(running.home / "demo.sqlite3"):
        wait_until(lambda: log.read_text().count("does not answer") > before, within=60)
    running.sandbox.fault(clear=True)
    wait_until(lambda: (held,) not in people.rows(running_task), within=60)
    figure(f"reading cut off: all well after {goes_on(people, running):.1f} s")


def test_a_full_disk_ends_no_process(people, running, figure: Note):
    before = {name: running.pid(name) for name in PROCESSES}
    save = people.typed("larch")
    everyone = [pid for name in PROCESSES for pid in family(running.pid(name))]
    with full_disk(*everyone):
        people._post(save)
        assert save.answer is not None
        assert save.answer >= 500
        with people.browser() as browser:
            assert browser.get("/healthz").status_code == 200
    seconds = goes_on(people, running)
    wait_until(lambda: saved(people, save), within=60)
    assert ({name: running.pid(name) for name in PROCESSES}, running.said) == (before, [])
    figure(f"disk full: all well after {seconds:.1f} s")


def test_new_code_takes_over_amid_requests_and_a_save(people, running, figure: Note):
    before = {name: running.pid(name) for name in PROCESSES}
    serving, save, statuses = family(running.pid("web"))[1:], people.typed("larch"), list[int]()
    running.sandbox.fault(fault="slow", operation="update", seconds=2, count=1)
    people._post(save)
    running.desk.is_asked_to_reload = True
    with people.browser() as connected:
        while not (running.said and set(family(before["web"])).isdisjoint(serving)):
            statuses += [
                connected.get("/healthz").status_code,
                httpx.get(f"{running.url}/healthz", trust_env=False, verify=False).status_code,
            ]
            time.sleep(0.02)  # else the requests leave the processes that start hardly any of the machine
    people.until_settled()
    after = {name: running.pid(name) for name in PROCESSES}
    assert (set(statuses), people.ended(save), running.said) == ({200}, "saved", [RELOADED])
    assert {name for name in PROCESSES if after[name] != before[name]} == {"worker", "timetable"}
    figure(f"code reloaded: {statuses.count(200)} of {len(statuses)} requests answered, a save amid it saved once")


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresThatGoesAway]:
    with PostgresThatGoesAway.started() as server:
        yield server


@pytest.fixture(scope="module")
def desk_on_postgres(postgres: PostgresThatGoesAway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    home = tmp_path_factory.mktemp("on_postgres")
    with watched(home, lambda: postgres.keep_companies(["abc"]), DATABASE_URL=postgres.url) as running:
        yield running


@pytest.fixture
def on_postgres(desk_on_postgres: Watched) -> Watched:
    """A desk on PostgreSQL with which all is well, and whose logs and reports of earlier tests are gone."""
    for name in PROCESSES:
        os.truncate(desk_on_postgres.desk.children[name].log, 0)  # a process appends to its log
    desk_on_postgres.forget()
    return desk_on_postgres


def test_a_database_outage_ends_no_process(postgres, on_postgres, figure: Note):
    running = on_postgres
    with closing(signed_in(running)) as browser:
        before = {name: running.pid(name) for name in PROCESSES}
        assert browser.get("/t/abc/customers/").status_code == 200
        postgres.stop()
        wait_until(lambda: noted_by_all(running, "does not answer"), within=60)
        wait_until(lambda: browser.get("/readyz").status_code == 503)  # its last answer serves for a second
        away = [browser.get(path).status_code for path in ("/t/abc/", "/healthz", "/readyz")]
        assert (away, TITLE in browser.get("/t/abc/").text) == ([503, 200, 503], True)
        postgres.start()
        began = time.monotonic()
        wait_until(lambda: browser.get("/t/abc/").status_code == 200 and running.ready()["ready"], within=60)
        figure(f"PostgreSQL away: pages back after {time.monotonic() - began:.1f} s")
        wait_until(lambda: noted_by_all(running, "answers again"), within=60)
        assert ({name: running.pid(name) for name in PROCESSES}, running.said) == (before, [])


def test_a_save_whose_database_goes_away_while_the_vendor_works_is_written_once_and_known(
    postgres, on_postgres, figure: Note
):
    form, phone = "/t/abc/customers/80000001-1234567890/edit", "555-0177"
    running = on_postgres
    with closing(signed_in(running)) as browser:
        wait_until(lambda: browser.get(form).status_code == 200, within=60)
        typed = inputs(browser.get(form)) | {"phone": phone, "save": "1"}
        running.sandbox.fault(fault="slow", seconds=4, operation="update", count=None)
        running.sandbox.clear_requests()
        assert browser.post(form, data=typed, headers={"Referer": running.url}).status_code == 303
        wait_until(
            lambda: [state for (state,) in postgres.rows("SELECT state FROM edits_edit")] == ["sending"], within=60
        )
        time.sleep(1.5)  # the vendor is working on it by now, which nothing signals
        postgres.stop()
        postgres.start()
        began = time.monotonic()
        wait_until(
            lambda: [state for (state,) in postgres.rows("SELECT state FROM edits_edit")] == ["saved"], within=60
        )
        writes = [one for one in running.sandbox.requests() if one["method"] == "POST"]
        assert len(writes) == 1
        wait_until(lambda: phone in browser.get(form).text, within=60)  # the web has to find its database again too
        figure(f"PostgreSQL away amid a save: known to be saved {time.monotonic() - began:.1f} s after its return")


def signed_in(running: Watched) -> httpx.Client:
    """Bob's browser."""
    browser = httpx.Client(base_url=running.url, trust_env=False, timeout=30)
    browser.get("/accounts/login/")
    typed = {"login": "bob", "password": "demo", "csrfmiddlewaretoken": browser.cookies["desk_csrf"]}
    assert browser.post("/accounts/login/", data=typed).status_code == 302
    return browser


def noted_by_all(running: Watched, words: str) -> bool:
    """Return whether the worker and the timetable have logged that."""
    return all(words in running.desk.children[name].log.read_text() for name in PROCESSES[1:])
