"""A desk as its processes: what it consists of, how it starts, stays up and ends. Knows nothing of its settings."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.children import Child, stop
from config.private_files import restrict_home

ROOT = Path(__file__).resolve().parent.parent


class CannotServe(Exception):
    """Why the desk cannot be served, in one sentence for the person who started it."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Desk:
    """The processes of one desk, their environment, and the folder that their logs go to."""

    port: int
    home: Path
    environment: dict[str, str]
    host: str = "127.0.0.1"
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def add(self, name: str, *command: str) -> None:
        """Declare a process; `start` starts it."""
        log = self.home / "log" / f"{name}.log"
        self.children[name] = Child(name, [sys.executable, *command], log, self.environment, ROOT)

    def add_desk(self) -> None:
        """Declare what every desk consists of: the web, both workers and the timetable."""
        manage = str(ROOT / "manage.py")
        worker = (manage, "db_worker", "--no-startup-delay", "--queue-name")
        self.add("web", "-m", "config.web", f"{self.host}:{self.port}")
        self.add("saves", *worker, "saves", "--interval", "0.3")
        self.add("sync", *worker, "sync", "--interval", "0.5")
        self.add("timetable", manage, "timetable")

    def add_sandbox(self, port: int, *options: str) -> None:
        """Declare the stand-in for the vendors, and let the desk talk to it alone."""
        self.add("sandbox", "-m", "sandbox", "--port", str(port), *options)
        self.environment |= {
            "CONDUCTOR_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "BIGCAPITAL_BASE_URL": f"http://127.0.0.1:{port}/api",
            "BIGCAPITAL_KEY_JUNIPER": f"bc_{'5a4db0c5' * 12}",
            "BIGCAPITAL_KEY_KAWARA": f"bc_{'70c10ea5' * 12}",
        }

    def manage(self, *arguments: str) -> str:
        """Run a management command of this desk and return what it printed. Raises CannotServe with its last line."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            reason = said[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")
            raise CannotServe(f"manage.py {arguments[0]} failed. {reason}")
        return done.stdout

    def prepare(self) -> None:
        """Bring the database and the collected static files up to date. Raises CannotServe when that fails."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        restrict_home(self.home)
        self.manage("prepare")

    def start(self, *, within: float = 30) -> None:
        """Start every process and return when the web answers. Raises CannotServe when it does not."""
        for child in self.children.values():
            child.start()
        deadline = time.monotonic() + within
        while not self.answers():
            for child in self.children.values():
                if not child.running:
                    raise CannotServe(f"{child.name} ended at once: {child.last_line()} (all of it: {child.log})")
            if time.monotonic() > deadline:
                raise CannotServe(f"The web did not answer within {within:.0f} seconds; see {self.home / 'log'}.")
            time.sleep(0.1)  # a server in the making tells nobody that it is ready: it has to be asked

    def answers(self) -> bool:
        """Tell whether the web answers a request for the sign-in page."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def watch(self, report: Callable[[str], None]) -> None:
        """Start again whatever dies and report it, until it dies too often. Raises CannotServe then."""
        while True:
            time.sleep(0.5)  # looks at all children and at Ctrl-C alike, which waiting for one child would not
            for child in self.children.values():
                if child.running:
                    continue
                if child.died_too_often():
                    raise CannotServe(f"{child.name} keeps dying: {child.last_line()} (all of it: {child.log})")
                report(f"{child.name} died and is started again: {child.last_line()}")
                child.start()

    def stop(self) -> None:
        """End everything within 10 seconds: the desk first, so that requests under way still find the sandbox."""
        sandbox = self.children.get("sandbox")
        stop((child for child in self.children.values() if child is not sandbox), grace=6)
        stop([sandbox] if sandbox else [], grace=1)

    def kill(self) -> None:
        """End everything at once."""
        for child in self.children.values():
            child.kill()
