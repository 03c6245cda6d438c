"""Serves Ledgerdesk as processes that start and stop together: `demo` with the sandbox, or `serve`.

`python -m config.processes.supervisor serve` is configured by the environment variables of `config/settings.py`; `demo`
uses its own environment, with a separate database and the sandbox in place of the vendors.
"""

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from config.environment.addresses import is_port_free
from config.environment.variables import Variables

from . import demo, reload
from .children import tie_to_parent
from .private_files import is_open, keep_private
from .services import LIMITS, ROOT, CannotServe, Services, find_free_port

WELCOME = """
Ledgerdesk is running at {url}
Sign in there with one click, or with the password "demo" as
  alice  administrator   bob   bookkeeper
  carol  viewer          dave  no company
Ctrl-C stops everything. The logs are in {home}/log.
"""


def print_line(text: str) -> None:
    """Print to the terminal without buffering, also if the output is not a terminal.

    What cannot be printed is lost: on a full disk, or when nobody reads the output any more, the processes go on.
    """
    with suppress(OSError, ValueError):  # ValueError: the output's encoding has not all letters
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def read_port(environment: Mapping[str, str], host: str) -> int:
    """Return the requested port. Raises CannotServe if it is invalid or taken, or the host is not of this machine."""
    text = Variables(environment).text("PORT", "8000")
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise CannotServe(f"PORT must be a number from 1 to 65535, not {text!r}.")
    if not is_port_free(0, host):
        raise CannotServe(f"HOST must be an address of this machine, not {host!r}.")
    if not is_port_free(int(text), host):
        raise CannotServe(f"Port {text} is in use or not allowed; choose another one, for example: make demo PORT=8080")
    return int(text)


def read_home() -> Path:
    """Return the folder for logs and the demo's data: $DESK_HOME, else `var` beside the code."""
    return Path(Variables(os.environ).text("DESK_HOME", str(ROOT / "var"))).resolve()


def make_demo(home: Path, port: int, sandbox_port: int, *sandbox_options: str) -> Services:
    """Return the services of a demo with invented companies: all data is in `home`, no real vendor is used."""
    own = {
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{home / 'demo.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    desk = Services(port, home, {**os.environ, **own})
    desk.add_sandbox(sandbox_port, "--data", str(home / "sandbox.sqlite3"), *sandbox_options)
    desk.add_desk()
    return desk


def describe_demo() -> Services:
    """Return the services of the demo that `make demo` serves.

    Raises CannotServe or ImproperlyConfigured if a variable is not understood.
    """
    tie_to_parent(signal.SIGTERM)
    port = read_port(os.environ, "127.0.0.1")
    sandbox_port = port + 1 if port < 65535 and is_port_free(port + 1) else find_free_port()
    delay = Variables(os.environ).number("SANDBOX_DELAY", 3)
    return make_demo(read_home(), port, sandbox_port, "--delay", str(delay))


def describe_real() -> Services:
    """Return the services of the installation that the operator's environment describes.

    Raises CannotServe if a variable is not understood.
    """
    host = Variables(os.environ).text("HOST", "127.0.0.1").strip("[]")
    warn_of_open_keys(ROOT / ".env")
    desk = Services(read_port(os.environ, host), read_home(), dict(os.environ), host)
    desk.add_desk()
    return desk


def warn_of_open_keys(file: Path) -> None:
    """Warn if other users of this machine can read the API keys. The file is the operator's: it is not changed."""
    if is_open(file):
        print_line(f"Others on this machine can read {file}, which holds keys. Run: chmod 600 {file}")


def raise_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def handle_signals() -> None:
    """Handle each signal that asks to stop in the same way; a signal that `nohup` ignores stays ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, raise_interrupt)


def stop_services(desk: Services) -> None:
    """Stop the processes in order, or at once when asked a second time."""
    try:
        desk.stop()
    except KeyboardInterrupt:
        desk.kill()


def main(what: str) -> int:
    """Serve until asked to stop. Returns the exit status."""
    desk: Services | None = None
    keep_private()
    handle_signals()
    try:
        desk = describe_demo() if what == "demo" else describe_real()
        for name in LIMITS:
            desk.limit(name)  # else it would be refused by what restarts the processes, and end them
        desk.make_home()
        reload.listen(desk)
        if what == "demo":
            print_line("Preparing Ledgerdesk …")
            demo.prepare_filled(desk, print_line)
        else:
            desk.prepare()
        desk.start()
        print_line(
            WELCOME.format(url=desk.url, home=desk.home) if what == "demo" else f"Ledgerdesk is running at {desk.url}"
        )
        desk.watch(lambda text: reload.report(desk, text, print_line))
    except (CannotServe, ImproperlyConfigured) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except KeyboardInterrupt:
        print_line("Stopping …")
    finally:
        if desk:
            stop_services(desk)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["demo"], ["serve"]):
        sys.exit("Usage: python -m config.processes.supervisor demo|serve")
    sys.exit(main(sys.argv[1]))
