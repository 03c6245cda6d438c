"""A complete desk as real processes, for tests that need a browser, a worker or a killed process."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from config.processes.services import Services, find_free_port
from config.processes.supervisor import make_demo

from . import databases, postgres
from .vendor import Sandbox

ROOT = Path(__file__).resolve().parent.parent.parent


class RunningDesk:
    """A served desk: `url`, its `sandbox`, `manage(...)`, and control of each process by its name.

    It lives as long as the test process, so a test changes records of its own and never resets the sandbox.
    """

    def __init__(self, desk: Services, sandbox: Sandbox) -> None:
        self.desk = desk
        self.url = desk.url
        self.home = desk.home
        self.sandbox = sandbox
        self.manage: Callable[..., str] = desk.manage

    def kill(self, name: str) -> None:
        """Kill a process without warning: web, worker, timetable or sandbox."""
        self.desk.children[name].kill()

    def restart(self, name: str) -> None:
        """Start a process that was killed; return when the web answers."""
        self.desk.children[name].kill()
        self.desk.children[name].start()
        wait_until(self.desk.answers)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the last log lines of the processes beside a failed test that used a desk, its own one included."""
    report = yield
    used = getattr(item, "funcargs", {}).values() if report.failed else ()
    for running in {id(found): found for one in used if (found := find_desk(one))}.values():
        for child in running.desk.children.values():
            said = child.log.read_text(errors="replace").splitlines()[-40:] if child.log.exists() else []
            report.sections.append((f"log of {child.name}", "\n".join(said)))
    return report


def find_desk(fixture: object) -> RunningDesk | None:
    """Return the running desk that a fixture is or has as its `run`."""
    found = getattr(fixture, "run", fixture)
    return found if isinstance(found, RunningDesk) else None


ON_DEMAND = (
    "--queue-name",
    "saves",
    "--queue-name",
    "reads",
    "--queue-name",
    "batches",
)  # makes a worker read no lists


def wait_until(holds: Callable[[], object], *, within: float = 20) -> None:
    """Return as soon as `holds()` is true; fail after a time limit."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"This did not happen within {within:.0f} seconds: {holds}")
        time.sleep(0.05)  # the condition changes in another process, which sends no signal


def make_desk(home: Path, sandbox_port: int, *sandbox_options: str) -> Services:
    """A demo's desk over a sandbox that answers without delay, for tests of which none is about hashing."""
    served = make_demo(home, find_free_port(), sandbox_port, "--delay", "0", "--name-peers", *sandbox_options)
    served.environment["DJANGO_SETTINGS_MODULE"] = "tests.support.desk_settings"
    return served


def prepare(desk: Services) -> None:
    """Prepare a desk; one test process at a time, since they share the folder of collected static files.

    In a run of tests a new SQLite database begins as a copy of the first that was prepared, and that one as a copy of
    the one that was migrated for tests without a desk, or the other way round: to migrate takes longest.
    """
    (ROOT / "var").mkdir(exist_ok=True)
    shared, url = os.environ.get("DESK_TEST_SHARED", ""), desk.environment["DATABASE_URL"]
    prepared, database = Path(shared) / "prepared.sqlite3", Path(url.removeprefix("sqlite:///"))
    is_new = bool(shared) and url.startswith("sqlite:") and not database.exists()
    with (ROOT / "var" / "collecting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_new:
            desk.make_home()
            if not prepared.exists():
                databases.migrate_once(database, lambda: desk.manage("migrate", "--verbosity", "0"))
                desk.prepare()
                databases.keep_copy(database, prepared)
                return
            shutil.copy(prepared, database)
        desk.prepare()


SERVED = pytest.StashKey["RunningDesk"]()
USERS = pytest.StashKey[set[Path]]()  # the files that have a test with it
ITS_FIXTURE = "desk_server"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Stop the desk for a file that has no test with it: idle, it takes two hundredths of a processor."""
    running = item.config.stash.get(SERVED, None)
    if running is None:
        return
    runs = any(child.running for child in running.desk.children.values())
    if runs and item.path not in item.config.stash[USERS]:
        running.sandbox.note_calls_of_pages()
        running.desk.stop()
    elif not runs and uses_desk(item):
        running.desk.start()


def uses_desk(item: pytest.Item) -> bool:
    """Whether a test uses the desk of its process, most often through a page in a browser."""
    return ITS_FIXTURE in getattr(item, "fixturenames", ())


@pytest.fixture
def desk(desk_server: RunningDesk) -> RunningDesk:
    return desk_server


@pytest.fixture(scope="session")
def desk_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """One served desk per test process, with its own sandbox that answers without delay."""
    sandbox_port = find_free_port()
    served = make_desk(tmp_path_factory.mktemp("desk"), sandbox_port)
    if postgres.is_asked():
        request.getfixturevalue("django_db_setup")
        served.environment["DATABASE_URL"] = postgres.new_database(postgres.MIGRATED)
    try:
        prepare(served)
        served.start()
        request.config.stash[USERS] = {item.path for item in request.session.items if uses_desk(item)}
        sandbox = Sandbox(f"http://127.0.0.1:{sandbox_port}", names_peers=True)
        running = request.config.stash[SERVED] = RunningDesk(served, sandbox)
        yield running
        if served.children["sandbox"].running:
            sandbox.note_calls_of_pages()
        assert sandbox.seen_of_pages == []
        sandbox.close()
    finally:
        served.stop()
