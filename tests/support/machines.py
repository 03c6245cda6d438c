"""Two machines with one PostgreSQL: each has its own folder, sees no process of the other, and its clock is ahead."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from config.processes.services import Services, find_free_port
from tests.kills.killing import COMPANIES, KilledDesk

from . import networks
from .running import RunningDesk, make_desk, prepare, wait_until
from .supervised import PostgresThatGoesAway
from .vendor import Sandbox

CLOCKS_APART = 3  # seconds


class Machines(KilledDesk):
    """People who save at both machines in turn."""

    def __init__(self, run: RunningDesk, other: Services, database: PostgresThatGoesAway) -> None:
        self.database = database
        self.workers = {"a": run.desk.children["worker"], "b": other.children["worker"]}
        self._urls = cycle([run.url, other.url])
        super().__init__(run)

    def _read_customers(self) -> None:
        """Wait until the workers have read some customers of each company; they read on while people save."""
        enough = "SELECT tenant_id FROM books_record WHERE kind = 'customers' GROUP BY 1 HAVING count(*) > 13"
        wait_until(lambda: len(self.rows(enough)) == len(COMPANIES), within=60)

    def browser(self) -> httpx.Client:
        found = super().browser()
        found.base_url = httpx.URL(next(self._urls))
        found.cookies = httpx.Cookies({one.name: one.value or "" for one in self.cookies.jar})  # for either host
        return found

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Query the database as SQLite would be."""
        found = self.database.rows(sql.replace("?", "%s"), *values)
        return [tuple(json.dumps(one) if isinstance(one, list) else one for one in row) for row in found]

    def is_sending(self, machine: str) -> bool:
        """Whether the machine's worker sends an edit now."""
        asked = "SELECT 1 FROM edits_edit WHERE state = 'sending' AND process LIKE ?"
        return bool(self.rows(asked, f"%/{machine}:%"))

    def freeze(self, machine: str) -> datetime:
        """Suspend the worker of a machine, and return when."""
        self.workers[machine].send(signal.SIGSTOP)
        return datetime.now(UTC)

    def thaw(self, machine: str) -> None:
        """Let it go on."""
        self.workers[machine].send(signal.SIGCONT)

    def kill_worker(self, machine: str) -> datetime:
        """Kill the worker of a machine without warning, return when, and start another one."""
        self.workers[machine].kill()
        killed = datetime.now(UTC)
        self.workers[machine].start()
        return killed

    def list_overlaps(self, *moments: datetime) -> list[tuple[str, str]]:
        """Return the requests of a company that overlap, except with one that was open at one of these moments."""
        found, last = [], dict[str, tuple[datetime, datetime, str]]()
        for one in self.sandbox.requests():
            company = one["endUserId"] or one["organizationId"]
            began, until = (datetime.fromisoformat(one[name] or one["at"]) for name in ("at", "until"))
            before = last.get(company)
            was_open = before is not None and any(before[0] <= moment <= before[1] for moment in moments)
            if before is not None and began < before[1] and not was_open:
                found.append((f"{company} {before[2]}", one["path"]))
            last[company] = max(filter(None, [before, (began, until, one["path"])]), key=lambda seen: seen[1])
        return found


@contextmanager
def two_machines(home: Path, database: PostgresThatGoesAway, *options: str, **environment: str) -> Iterator[Machines]:
    """Two sets of web and worker over one database and one vendor."""
    port = find_free_port()
    desk = make_desk(home / "a", port, *options)
    shared = {"DATABASE_URL": database.url, "WEB_PROCESSES": "1", **environment}
    desk.environment |= {**shared, "MACHINE": "a"}
    ahead = {"MACHINE": "b", "CLOCK_OFFSET": str(CLOCKS_APART)}
    other = Services(find_free_port(), home / "b", {**desk.environment, **ahead})
    other.add_desk()
    del other.children["timetable"]  # one is enough
    with _serving(desk, other, database, port) as machines:
        yield machines


@contextmanager
def two_networks(home: Path, database: PostgresThatGoesAway, *options: str, **environment: str) -> Iterator[Machines]:
    """The same, and the second one is in a network of its own."""
    port = find_free_port()
    desk = make_desk(home / "a", port, *options)
    desk.environment |= {"DATABASE_URL": database.url, "WEB_PROCESSES": "1", **environment, "MACHINE": "a"}
    with networks.made(), networks.relayed(("127.0.0.1", port)) as vendor, networks.relayed(database.socket) as server:
        there = {
            "MACHINE": "b",
            "DATABASE_URL": f"postgres://postgres@{networks.HERE}:{server}/desk?keepalives_idle=2&tcp_user_timeout=4000",
            "CONDUCTOR_BASE_URL": f"http://{networks.HERE}:{vendor}/v1",
            "BIGCAPITAL_BASE_URL": f"http://{networks.HERE}:{vendor}/api",
            "ALLOWED_HOSTS": networks.THERE,
        }
        other = Services(find_free_port(), home / "b", {**desk.environment, **there}, networks.THERE)
        other.add_desk()
        del other.children["timetable"]
        for child in other.children.values():
            child.command = networks.run_inside([*child.command])
        with _serving(desk, other, database, port) as machines:
            yield machines


@contextmanager
def _serving(desk: Services, other: Services, database: PostgresThatGoesAway, port: int) -> Iterator[Machines]:
    """Serve both until the end of the block."""
    try:
        prepare(desk)
        database.keep_companies(COMPANIES)
        other.make_home()
        desk.start()
        other.start()
        with closing(Sandbox(f"http://127.0.0.1:{port}", names_peers=True)) as sandbox:
            yield Machines(RunningDesk(desk, sandbox), other, database)
            assert sandbox.list_calls_of_pages() == []
    finally:
        other.stop()
        desk.stop()
