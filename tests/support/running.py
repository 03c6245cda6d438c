"""A complete desk as real processes, for tests that need a browser, a worker or a killed process."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from config.processes.children import stop_children
from config.processes.services import Services, find_free_port
from config.processes.supervisor import make_demo

from . import databases, postgres
from .vendor import Sandbox, announced_url

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


DATABASE, SANDBOX_DATA = "demo.sqlite3", "sandbox.sqlite3"
PREPARED = "prepared"  # on PostgreSQL
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


def prepare(desk: Services, *, is_filled: bool = False) -> None:
    """Prepare a desk, and load its companies if asked for; one process at a time, as they share the static files.

    In a run of tests a new database is a copy of the first one: to migrate, and to load, takes longest.
    """
    (ROOT / "var").mkdir(exist_ok=True)
    shared = os.environ.get("DESK_TEST_SHARED", "")
    with (ROOT / "var" / "collecting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url = desk.environment["DATABASE_URL"]
        if shared and url == f"sqlite:///{desk.home / DATABASE}":
            desk.make_home()
            _make_once(desk, Path(shared), _migrate_and_prepare, DATABASE)
            if is_filled:
                _make_once(desk, Path(shared), _load, DATABASE, SANDBOX_DATA)
        elif postgres.is_asked() and postgres.has(url):
            desk.make_home()
            if not postgres.make_like(url, PREPARED):
                _migrate_and_prepare(desk)
                postgres.keep_copy(url, PREPARED)
        else:
            desk.prepare()


def _make_once(desk: Services, shared: Path, make: Callable[[Services], object], *names: str) -> None:
    """Let `make` make these files of a desk for the first one of a run, and copy them for the others."""
    copies = {desk.home / name: shared / f"{make.__name__}.{name}" for name in names}
    if all(copy.exists() for copy in copies.values()):
        for file, copy in copies.items():
            shutil.copy(copy, file)
    else:
        make(desk)
        for file, copy in copies.items():
            databases.keep_copy(file, copy)


def _migrate_and_prepare(desk: Services) -> None:
    database = desk.environment["DATABASE_URL"]

    def migrate() -> str:
        desk.manage("migrate", "--verbosity", "0", "--skip-checks")
        return database

    databases.migrate_once(database, migrate)
    desk.prepare()


def _load(desk: Services) -> None:
    sandbox = desk.children["sandbox"]
    sandbox.start()
    announced_url(sandbox)
    desk.manage("load_companies")
    stop_children([sandbox], grace=2)


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
        served.environment["DATABASE_URL"] = postgres.new_database()
    try:
        prepare(served, is_filled=True)
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
