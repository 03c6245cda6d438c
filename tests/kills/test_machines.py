"""Two machines over one PostgreSQL: a worker is killed or frozen, the database goes away; nothing is lost or twice."""

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.figures import Note
from tests.support.machines import Machines, two_machines
from tests.support.running import wait_until
from tests.support.supervised import PostgresThatGoesAway

from .killing import COMPANIES, Save

pytestmark = [
    pytest.mark.starts_first,
    pytest.mark.sqlite_only("starts a PostgreSQL of its own"),
    pytest.mark.at_length("two desks take half a minute; tests/books/engine tries each guard by itself"),
]
SOAK = "SOAK" in os.environ
SAVES = 200 if SOAK else 40
LEASE_SECONDS = 20 if SOAK else 6
AWAY_SECONDS = 60
WORKS = 0.25  # seconds that the vendor works on a write


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two machines whose companies are all still to be read, so that both workers read while people save."""
    limits = {"CONDUCTOR_WRITE_TIMEOUT": "2", "BIGCAPITAL_TIMEOUT": "2", "LEASE_SECONDS": str(LEASE_SECONDS)}
    options = ("--customers", str(SAVES), "--bills", "20")
    home = tmp_path_factory.mktemp("machines")
    with PostgresThatGoesAway.started() as server, two_machines(home, server, *options, **limits) as found:
        yield found


@pytest.fixture
def saves(machines: Machines) -> Iterator[list[Save]]:
    """Forms that are typed in, at a vendor that works on each write for a while."""
    machines.sandbox.fault(fault="slow", operation="update", seconds=WORKS, count=None)
    slugs = [slug for _ in range(SAVES) for slug in COMPANIES]
    yield [machines.typed(slug) for slug in slugs[:SAVES]]
    machines.sandbox.fault(clear=True)


def test_saves_and_a_drain_survive_a_killed_and_a_frozen_worker(machines: Machines, saves, figure: Note) -> None:
    first, second = saves[::2], saves[1::2]
    machines.pressed(first, machines.at_vendor(len(first) // 3, answered=False))
    killed = machines.kill_worker("a")
    machines.pressed(second, lambda: wait_until(lambda: machines.is_sending("b")))
    frozen = machines.freeze("b")
    wait_until(lambda: has_taken_over(machines), within=3 * LEASE_SECONDS)
    time.sleep(LEASE_SECONDS / 3)  # the frozen worker stays away for longer than its lease, which nothing signals
    machines.thaw("b")
    machines.until_settled()
    wait_until(lambda: list_unread(machines) == [], within=60)
    ends = Counter(machines.ended(save) for save in saves)
    figure(f"two machines, one worker killed, one frozen, amid {SAVES} saves and a drain: {dict(ends)}")
    assert (ends.total(), machines.list_overlaps(killed, frozen)) == (SAVES, [])


def list_unread(machines: Machines) -> list[tuple[str, str]]:
    """Return the lists that are still to be read, of companies that answer."""
    asked = """SELECT slug, kind FROM books_syncrun run JOIN tenants_tenant tenant ON tenant.id = run.tenant_id
        JOIN books_watch watch ON watch.tenant_id = tenant.id WHERE as_of IS NULL AND watch.failing_since IS NULL"""
    return machines.rows(asked)


def has_taken_over(machines: Machines) -> bool:
    """Whether no job is left to the frozen worker."""
    late = "last_heartbeat < now() - make_interval(secs => ?)"
    held = f"""SELECT 1 FROM procrastinate_jobs job JOIN procrastinate_workers worker ON worker.id = worker_id
        WHERE status = 'doing' AND {late}"""
    frozen = machines.rows(f"SELECT 1 FROM procrastinate_workers WHERE {late}", LEASE_SECONDS)
    return bool(frozen) and machines.rows(held, LEASE_SECONDS) == []


def test_saves_survive_a_database_that_is_away(machines: Machines, saves, figure: Note) -> None:
    machines.pressed(saves, machines.at_vendor(len(saves) // 4, answered=False))
    machines.database.stop()
    time.sleep(AWAY_SECONDS)  # the fault under test: an outage that lasts longer than any connection waits
    machines.database.start()
    began = time.monotonic()
    machines.until_settled()
    ends = Counter(machines.ended(save) for save in saves)
    seconds = time.monotonic() - began
    figure(f"PostgreSQL away for {AWAY_SECONDS} s amid {SAVES} saves: settled {seconds:.1f} s after: {dict(ends)}")
    assert ends.total() == SAVES
