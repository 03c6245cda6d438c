"""The processes of one installation: which they are, how they start, are kept running, and stop.

Knows nothing of the settings.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.environment.addresses import spell
from config.environment.variables import Variables

from .children import Child, stop_children
from .logs import bound, clear_older
from .private_files import restrict_home
from .watchdog import Guard, Probe, Sign, ask, time_of

ROOT = Path(__file__).resolve().parent.parent.parent
ALIVE = "/healthz"
BEATING = ("worker", "timetable")  # the processes that touch a heartbeat file of their name
NOT_RELOADED = "Not reloaded"
LIMITS = {"HUNG_SECONDS": 30.0, "LOG_MEGABYTES": 10.0, "LOG_DAYS": 30.0}  # as far as the environment does not say
RELOADED = "Reloaded: new requests and all work go to the new code."


class CannotServe(Exception):
    """Why Ledgerdesk cannot be served, in one sentence for the person who started it."""


def find_free_port() -> int:
    """Return a port that is free right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Services:
    """The processes of one installation, their environment, and the folder of their logs."""

    port: int
    home: Path
    environment: dict[str, str]
    host: str = "127.0.0.1"
    children: dict[str, Child] = field(default_factory=dict)
    is_asked_to_reload: bool = False

    @property
    def url(self) -> str:
        return f"http://{spell(self.host, self.port)}"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def heartbeats(self) -> Path:
        return self.home / "heartbeats"

    def limit(self, name: str) -> float:
        """Return one of LIMITS. Raises ImproperlyConfigured if it is not a number."""
        return Variables(self.environment).number(name, LIMITS[name])

    def add(self, name: str, *command: str) -> None:
        """Declare a process; `start` starts it."""
        log = self.logs / f"{name}.log"
        self.environment["HEARTBEAT_FOLDER"] = str(self.heartbeats)
        self.children[name] = Child(name, [sys.executable, *command], log, self.environment, ROOT)

    def add_desk(self) -> None:
        """Declare the processes of every installation: the web, the worker and the timetable."""
        # Else each of the worker's hundreds of threads may keep a heap of its own, most of it free.
        self.environment.setdefault("MALLOC_ARENA_MAX", "2")
        manage = str(ROOT / "manage.py")
        self.add("web", "-m", "config.processes.web", spell(self.host, self.port))
        self.add("worker", manage, "worker")
        self.add("timetable", manage, "timetable")

    def add_sandbox(self, port: int, *options: str) -> None:
        """Declare the sandbox, and let Ledgerdesk connect to it only."""
        self.add("sandbox", "-m", "sandbox", "--port", str(port), *options)
        self.environment |= {
            "CONDUCTOR_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "BIGCAPITAL_BASE_URL": f"http://127.0.0.1:{port}/api",
            "BIGCAPITAL_KEY_JUNIPER": f"bc_{'5a4db0c5' * 12}",
            "BIGCAPITAL_KEY_KAWARA": f"bc_{'70c10ea5' * 12}",
        }

    def manage(self, *arguments: str, within: float | None = None) -> str:
        """Run a management command and return its output.

        Raises CannotServe with its last line, or if it cannot be run or takes longer. An interrupt ends it too.
        """
        try:
            status, output = self._run(arguments, within)
        except OSError as error:
            raise CannotServe(f"manage.py {arguments[0]} could not be run. {error}") from None
        if status:
            said = output.strip().splitlines() or ["it said nothing"]
            reason = said[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")
            raise CannotServe(f"manage.py {arguments[0]} failed. {reason}")
        return output

    def _run(self, arguments: Sequence[str], within: float | None) -> tuple[int, str]:
        """Return the exit status of a management command, and its output, or its complaint if it failed.

        Raises OSError if it cannot be run, and CannotServe if it takes longer.
        """
        with subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as command:
            try:
                output, trouble = command.communicate(timeout=within)
            except BaseException as error:
                command.kill()
                command.wait()  # else it may outlive this process
                if isinstance(error, subprocess.TimeoutExpired):
                    late = f"manage.py {arguments[0]} did not end within {within:.0f} seconds."
                    raise CannotServe(late) from None
                raise
        return command.returncode, output if not command.returncode else trouble or output

    def prepare(self) -> str:
        """Migrate the database and collect the static files; return what is left to do. Raises CannotServe."""
        self.make_home()
        return self.manage("prepare")

    def make_home(self) -> None:
        """Create the folder for data and logs, for nobody but its owner. Raises CannotServe."""
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise CannotServe(f"The folder {self.home} (DESK_HOME) cannot be used: {error.strerror}.") from None
        restrict_home(self.home)

    def start(self, *, within: float = 30) -> None:
        """Start every process that does not run yet, and return when the web answers.

        Raises CannotServe if it does not.
        """
        try:
            self._start_all()
        except OSError as error:
            raise CannotServe(f"The processes cannot be started. {error}") from None
        deadline = time.monotonic() + within
        while not self.answers():
            for child in self.children.values():
                if not child.running:
                    raise CannotServe(f"{child.name} ended at once: {child.last_line()} (all of it: {child.log})")
            if time.monotonic() > deadline:
                raise CannotServe(f"The web did not answer within {within:.0f} seconds; see {self.logs}.")
            time.sleep(0.1)  # a starting server sends no signal when it is ready: it has to be polled

    def _start_all(self) -> None:
        for left in self.heartbeats.glob("*"):
            left.unlink()
        for child in self.children.values():
            if not child.running:
                child.start()

    def answers(self) -> bool:
        """Whether the web answers; that does not include the database."""
        return ask(self.host, self.port, ALIVE, 5)

    def watch(self, report: Callable[[str], None]) -> None:
        """Restart every process that ends or hangs, report it, and limit the logs, until this process ends."""
        guards = self.guards(report)
        while True:
            time.sleep(0.5)  # polls all children and Ctrl-C alike, which waiting for one child would not
            self.look_after(guards, report)
            self.bound_logs()

    def look_after(self, guards: Sequence[Guard], report: Callable[[str], None]) -> None:
        """Check every process, and let all reload if that was asked for; called about twice a second."""
        if self.is_asked_to_reload:
            self.is_asked_to_reload = False
            report(self._reload(guards))
        for guard in guards:
            guard.look(time.monotonic())

    def _reload(self, guards: Sequence[Guard]) -> str:
        """Let the processes go over to the code that is there now while people work, and return what came of it.

        The web replaces its own program. Nobody waits for the others: what they had begun is continued.
        """
        try:
            self.manage("prepare", "--while-serving")
        except CannotServe as reason:
            return f"{NOT_RELOADED}. {reason}"
        if (web := self.children["web"].process) is not None:
            web.send_signal(signal.SIGHUP)
        others = [guard for guard in guards if guard.child.name in BEATING]
        stop_children(guard.child for guard in others)
        for guard in others:
            guard.start(time.monotonic())
        return RELOADED

    def guards(self, report: Callable[[str], None]) -> list[Guard]:
        """Return one guard per process. Worker and timetable touch a heartbeat file, the web is polled."""
        hung_seconds = self.limit("HUNG_SECONDS")
        signs: dict[str, Sign] = {name: time_of(self.heartbeats / f"{name}.beat") for name in BEATING}
        if web := self.children.get("web"):
            probe = Probe(self.host, self.port, ALIVE, hung_seconds, lambda: not web.stopped)
            probe.start()
            signs["web"] = probe.sign
        return [Guard(child, report, signs.get(name), hung_seconds) for name, child in self.children.items()]

    def bound_logs(self) -> None:
        """Limit each log to LOG_MEGABYTES plus one older file of that size, kept for LOG_DAYS."""
        for child in self.children.values():
            bound(child.log, int(self.limit("LOG_MEGABYTES") * 1_000_000))
        clear_older(self.logs, self.limit("LOG_DAYS"))

    def stop(self) -> None:
        """Stop all within 10 seconds: Ledgerdesk first, so that its open requests still reach the sandbox."""
        sandbox = self.children.get("sandbox")
        stop_children((child for child in self.children.values() if child is not sandbox), grace=6)
        stop_children([sandbox] if sandbox else [], grace=1)

    def kill(self) -> None:
        """Kill all at once."""
        for child in self.children.values():
            child.kill()
