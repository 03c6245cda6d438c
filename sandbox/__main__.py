"""`python -m sandbox --port N`: creates the data if there is none, serves, and stops at once on a signal."""

import argparse
import signal
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

from .bigcapital.limits import Limit, Limits
from .bigcapital.routes import Bigcapital
from .companies import fill, fill_organizations
from .conductor.http.routes import Conductor
from .control import Control
from .faults import Faults
from .messages import Journal
from .server import SandboxServer
from .store import Store


def main() -> int:
    """Runs the server until a signal; returns the exit code."""
    options = _options()
    # Before it serves, a signal takes the normal exit, so that the temporary folder is removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    signal.signal(signal.SIGINT, lambda number, frame: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        try:
            store = Store(options.data or str(Path(folder) / "data.sqlite3"))
        except (OSError, ValueError, sqlite3.Error) as problem:
            return _give_up(f"The data file cannot be used: {problem}")
        faults, journal = Faults(), Journal()
        conductor = Conductor(store, faults, options.delay, options.cursor_seconds)
        bigcapital = Bigcapital(store, faults, _limits(options))
        control = Control(store, faults, journal, conductor, bigcapital)
        try:
            server = SandboxServer(
                options.port, conductor, bigcapital, control, journal, names_peers=options.name_peers
            )
        except OSError as problem:
            return _give_up(f"Port {options.port} cannot be used: {problem.strerror}.")
        if store.is_new:
            fill(store, options.customers, options.bills, options.companies, options.company_customers)
        fill_organizations(store)
        _serve(server)
        store.close()
    return 0


def _give_up(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _serve(server: SandboxServer) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        # From another thread: shutdown waits for the loop that this thread runs.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"Sandbox on http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    server.socket.close()


def _limits(options: argparse.Namespace) -> Limits:
    if options.rate_limit == 0:
        return Limits(Limit(None), Limit(None))
    return Limits(auth=Limit(options.rate_limit, options.rate_seconds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="An imitation of the vendors' servers.")
    parser.add_argument("--port", type=int, required=True, help="port on loopback; 0 picks a free one")
    parser.add_argument("--customers", type=int, default=600, help="customers of the wholesaler")
    parser.add_argument("--bills", type=int, default=800, help="bills of the wholesaler")
    parser.add_argument("--companies", type=_count, default=0, help="how many small companies there are besides")
    parser.add_argument("--company-customers", type=_count, default=20, help="customers of each small company")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds QuickBooks takes for each request")
    parser.add_argument("--data", help="file that keeps the data across restarts")
    parser.add_argument(
        "--cursor-seconds", type=float, default=10.0, help="seconds a list's cursor is valid after a page"
    )
    limit_help = "Bigcapital's limit of calls per handler and address; 0 removes all limits"
    parser.add_argument("--rate-limit", type=_count, default=10, help=limit_help)
    parser.add_argument(
        "--rate-seconds", type=float, default=60.0, help="the window of that limit, and the block after it"
    )
    parser.add_argument("--name-peers", action="store_true", help="look up the command line of each caller's process")
    return parser.parse_args()


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
