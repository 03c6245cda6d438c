"""The web as processes that share one port: starts them, replaces one that ends or hangs, and stops them together.

At SIGHUP it goes over to the code that is there now: see `config/processes/succession.py`. Requests and their time
limits are in `config/processes/http_server.py`.
"""

import logging
import os
import resource
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import FrameType

from django.db import connections

from config.environment.addresses import resolve
from config.environment.variables import Variables

from . import succession
from .children import tie_to_parent
from .garbage import collect_seldom, load_undisturbed
from .http_server import Limits, Server
from .private_files import keep_private

log = logging.getLogger(__name__)
FORK = get_context("fork")  # the application is loaded once, and its memory shared
# Loaded before the processes are forked: so they share its memory, and all serve pages of the same code.
SERVED = ("config.wsgi", "config.urls")
PAUSE = 0.2  # seconds between the end of a process and its successor, in case a fault ends each at once


@dataclass
class Worker:
    """One serving process, and the time of its last sign of life."""

    process: ForkProcess
    pipe: Connection
    beat: float
    has_given_sign: bool = False


class Web:
    """The serving processes of one listening socket; a process hangs if it gives no sign of life for `hung_seconds`."""

    def __init__(
        self, listener: socket.socket, limits: Limits, processes: int, hang_seconds: float, environment: dict[str, str]
    ) -> None:
        self.listener, self.limits, self.processes, self.hang_seconds = listener, limits, processes, hang_seconds
        self.environment = environment  # what the program at a reload starts with
        self.workers: list[Worker] = []
        self.stopping = self.is_asked_to_reload = False
        self.predecessors = succession.take_over()

    def run(self) -> None:
        """Keep the processes running until asked to stop."""
        self.workers = [self._started() for _ in range(self.processes)]
        while not self.stopping:
            self._listen()
            self.workers = [self._kept(worker) for worker in self.workers]
            if self.predecessors and all(worker.has_given_sign for worker in self.workers):
                self.predecessors.retire()
            if self.is_asked_to_reload:
                self.is_asked_to_reload = False
                pids = [worker.process.pid for worker in self.workers if worker.process.pid]
                self.predecessors.hand_over(self.listener, pids, self.environment)
        self._stop()

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Signal handler that asks to stop."""
        self.stopping = True

    def ask_to_reload(self, number: int, frame: FrameType | None) -> None:
        """Signal handler that asks for the code that is there now."""
        self.is_asked_to_reload = True

    def _started(self) -> Worker:
        close_connections()  # opened while Django was loaded: a child would share their sockets
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=serve, args=(self.listener, self.limits, theirs))
        process.start()
        theirs.close()
        return Worker(process, ours, time.monotonic())

    def _listen(self) -> None:
        """Receive signs of life; return at once when a process ends, which closes its pipe."""
        for pipe in wait([worker.pipe for worker in self.workers], timeout=PAUSE):
            worker = next(worker for worker in self.workers if worker.pipe is pipe)
            with suppress(EOFError):
                worker.pipe.recv_bytes()
                worker.beat, worker.has_given_sign = time.monotonic(), True

    def _kept(self, worker: Worker) -> Worker:
        """Return the worker, or its successor if it has ended or hangs."""
        silent = time.monotonic() - worker.beat > self.hang_seconds
        if self.stopping or (worker.process.is_alive() and not silent):
            return worker
        log.error("Web process %s is replaced: it %s", worker.process.pid, _fate(worker.process))
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        time.sleep(PAUSE)  # the reason is at PAUSE; nothing else has to be done meanwhile
        return self._started()

    def _stop(self) -> None:
        """Let the processes finish their responses; each has its own deadline for that."""
        for worker in self.workers:
            worker.process.terminate()
        self.predecessors.stop()
        deadline = time.monotonic() + self.limits.stop_seconds + 0.5
        for worker in self.workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            worker.process.kill()


def close_connections() -> None:
    """Close this process's connections before it forks: a child would share their sockets, without a pool's threads."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def _fate(process: ForkProcess) -> str:
    return "hangs" if process.is_alive() else f"ended with {process.exitcode}"


def serve(listener: socket.socket, limits: Limits, pipe: Connection) -> None:
    """Serve in this forked process until its parent or the operator ends it."""
    from books.providers.serving import forbid_in_process
    from config.wsgi import application

    forbid_in_process()
    tie_to_parent()
    server = Server(application, listener, limits)
    signal.signal(signal.SIGTERM, lambda number, frame: server.stop())
    signal.signal(succession.RETIRE, lambda number, frame: server.retire())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # only the first process reloads
    os.set_blocking(pipe.fileno(), False)
    server.serve(lambda: give_sign(pipe))
    os._exit(0)  # busy threads would delay the end of the interpreter too long


def give_sign(pipe: Connection) -> None:
    """Tell the parent that the loop runs; never block if the parent does not read, or has a successor."""
    with suppress(BlockingIOError, BrokenPipeError):
        pipe.send_bytes(b".")


def limits_of(env: Variables) -> Limits:
    """Return the limits from the operator's environment and the settings. Raises ImproperlyConfigured."""
    from django.conf import settings

    threads = env.whole("WEB_THREADS", Limits.threads)
    return Limits(
        body_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        header_seconds=env.number("WEB_HEADER_SECONDS", Limits.header_seconds),
        body_seconds=env.number("WEB_BODY_SECONDS", Limits.body_seconds),
        answer_seconds=env.number("WEB_ANSWER_SECONDS", Limits.answer_seconds),
        idle_seconds=env.number("WEB_IDLE_SECONDS", Limits.idle_seconds),
        connections=_connections(env.whole("WEB_CONNECTIONS", Limits.connections), threads),
        threads=threads,
    )


def _connections(wanted: int, threads: int) -> int:
    """Return the maximum of connections: the open files allowed, less four per thread and a reserve."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        soft = min(hard, 65536)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, max(100, soft - 4 * threads - 100))


def listening(address: str) -> socket.socket:
    """Return a socket that listens at `host:port`, the one that was handed over if there is one.

    Raises OSError if it cannot.
    """
    if inherited := succession.take_listener():
        return inherited
    host, _, port = address.rpartition(":")
    family, bound = resolve(host.strip("[]"), int(port))
    return socket.create_server(bound, family=family)


def main(address: str) -> int:
    """Serve until asked to stop. Returns the exit status."""
    load_undisturbed()
    before = dict(os.environ)  # the settings add what .env says, which may say something else at a reload
    for module in SERVED:
        import_module(module)
    collect_seldom()  # a forked process would copy the memory that a collection writes to
    env = Variables(os.environ)
    processes, hang_seconds = env.whole("WEB_PROCESSES", 2), env.number("HUNG_SECONDS", 30)
    web = Web(listening(address), limits_of(env), processes, hang_seconds, before)
    signal.signal(signal.SIGTERM, web.ask_to_stop)
    signal.signal(signal.SIGINT, web.ask_to_stop)
    signal.signal(signal.SIGHUP, web.ask_to_reload)
    web.run()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m config.processes.web HOST:PORT")
    keep_private()
    sys.exit(main(sys.argv[1]))
