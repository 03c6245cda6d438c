"""Starting and ending the demo: one program whose processes start and end together."""

import fcntl
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from config.processes import demo as filling
from config.processes import reload
from config.processes.services import CannotServe, Services, find_free_port
from config.processes.supervisor import describe_real, make_demo
from tests.support.running import ROOT, wait_until

pytestmark = [
    pytest.mark.starts_first,
    pytest.mark.skipif(  # only Linux has /proc, where processes left behind are found
        sys.platform != "linux",
        reason="finds processes that a stopped desk has left behind in /proc, which only Linux has",
    ),
]
COMMAND = [sys.executable, "-m", "config.processes.supervisor"]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DESK_HOME": str(home), **more}


def processes(home: Path) -> dict[int, str]:
    """Return the command line of each process that was started for this demo, the supervisor included."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"DESK_HOME={home}\0" in (folder / "environ").read_text(errors="replace"):
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return {pid: command for pid, command in found.items() if command}


class FirstRun(NamedTuple):
    """The folder of a demo that was stopped, how it answered before that, with the command lines of its processes, its
    exit status, and which of its processes were left.
    """

    home: Path
    answer: int
    commands: str
    status: int
    left: dict[int, str]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """A demo that starts from nothing, and is stopped while a request is incomplete."""
    home = tmp_path_factory.mktemp("filled")
    with demo(home, SANDBOX_DELAY="20") as (started, url):
        answer = httpx.get(f"{url}/", follow_redirects=True, trust_env=False, verify=False).status_code
        commands = " ".join(processes(home).values())
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)) as line:
            line.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nlogin=")
            time.sleep(0.3)  # until the web has received the request and waits for its rest
            started.send_signal(signal.SIGTERM)
            return FirstRun(home, answer, commands, ended(started), processes(home))


@pytest.fixture(scope="module")
def filled(first_run: FirstRun) -> Path:
    """A folder in which a demo has run before, so that the next one starts quickly."""
    return first_run.home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    for file in filled.glob("*.sqlite3"):
        shutil.copy(file, tmp_path)
    return tmp_path


def start(home: Path, **more: str) -> subprocess.Popen[str]:
    """Start a demo."""
    return subprocess.Popen(
        [*COMMAND, "demo"],
        env=environment(home, **{"PORT": str(find_free_port()), "SANDBOX_DELAY": "0", **more}),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Under nohup the tests' own ignored signal would be inherited.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )


@contextmanager
def demo(home: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a demo, wait for its URL, and yield both; fails if any process is left after the supervisor."""
    started = start(home, **more)
    assert started.stdout is not None
    try:
        said = ""
        while not (address := re.search(r"http://\S+", said)):
            line = started.stdout.readline()
            assert line, f"The demo ended: {said}"
            said += line
        yield started, address[0]
    finally:
        started.kill()
        started.stdout.close()
        started.wait()
        wait_until(lambda: not processes(home))


def ended(started: subprocess.Popen[str]) -> int:
    """Return its exit status, once it has ended by itself; the time depends on how busy the machine is."""
    return started.wait(timeout=60)


def loaded_companies(home: Path) -> list[str]:
    """Return the companies of which every list was read completely."""
    with closing(sqlite3.connect(home / "demo.sqlite3")) as database:
        found = database.execute(
            "SELECT slug FROM tenants_tenant t JOIN books_syncrun r ON r.tenant_id = t.id"
            " GROUP BY slug HAVING count(*) = count(as_of) ORDER BY slug"
        )
        return [slug for (slug,) in found]


def test_the_companies_are_loaded_before_the_demo_says_that_it_is_ready(filled):
    # A request takes 20 seconds once it is ready, so that none of them was loaded after that.
    assert loaded_companies(filled) == ["abc", "harbor", "juniper", "kawara", "larch"]


@pytest.fixture
def unloaded(home: Path) -> Path:
    """The same folder, where nothing counts as loaded."""
    with closing(sqlite3.connect(home / "demo.sqlite3")) as database, database:
        database.execute("UPDATE books_syncrun SET as_of = NULL, full_at = NULL, state = 'queued'")
    return home


def test_a_terminal_that_closes_stops_the_loading_too(unloaded):
    with start(unloaded, SANDBOX_DELAY="3") as started:
        wait_until(lambda: " load_companies" in " ".join(processes(unloaded).values()), within=60)
        started.send_signal(signal.SIGHUP)
        assert started.communicate(timeout=60)[0] == "Preparing Ledgerdesk …\nStopping …\n"
    assert (started.returncode, processes(unloaded)) == (0, {})


def test_a_demo_whose_companies_are_not_loaded_in_time_says_so_and_goes_on(unloaded, monkeypatch):
    monkeypatch.setattr(filling, "FILLED_WITHIN", 0.01)
    said: list[str] = []
    desk = make_demo(unloaded, find_free_port(), find_free_port(), "--delay", "0")
    try:
        filling.prepare_filled(desk, said.append)
    finally:
        desk.stop()
    assert said == [
        "The companies are not loaded yet. manage.py load_companies did not end within 0 seconds."
        " They load while you use the demo."
    ]


def test_it_serves_with_a_process_for_each_part(first_run):
    assert first_run.answer == 200
    for part in ("config.processes.web", "manage.py worker", "timetable", "-m sandbox"):
        assert part in first_run.commands


def test_it_stops_in_time_while_a_request_is_incomplete(first_run):
    assert (first_run.status, first_run.left) == (0, {})


def test_a_process_that_dies_is_started_again_until_ctrl_c_ends_everything(home):
    with demo(home) as (started, _):
        first = next(pid for pid, command in processes(home).items() if "manage.py worker" in command)
        os.kill(first, signal.SIGKILL)
        assert started.stdout is not None
        said = next(line for line in started.stdout if "died" in line)
        assert said.startswith("worker died and is started again: ")
        wait_until(lambda: "manage.py worker" in " ".join(processes(home).values()))
        started.send_signal(signal.SIGINT)
        assert ended(started) == 0
        assert processes(home) == {}


def test_nothing_is_left_when_the_supervisor_itself_is_killed(home):
    with demo(home) as (started, _):
        assert len(processes(home)) > 4
        started.kill()
        started.wait()
        wait_until(lambda: not processes(home), within=10)


@pytest.mark.parametrize(("output", "encoding"), [("/dev/full", "utf-8"), ("/dev/null", "ascii")])
def test_words_that_cannot_be_printed_do_not_end_the_watch(tmp_path, output, encoding):
    starts = tmp_path / "starts"
    program = f"open({str(starts)!r}, 'a').write('.'); raise SystemExit('\u2026')"
    watch = (
        "from pathlib import Path\nfrom config.processes import reload, services, supervisor\n"
        f"desk = services.Services(0, Path({str(tmp_path)!r}), {{}})\ndesk.add('worker', '-c', {program!r})\n"
        "desk.watch(lambda text: reload.report(desk, text, supervisor.print_line))"
    )
    with Path(output).open("w") as unread:
        own = {**os.environ, "PYTHONIOENCODING": encoding}
        watching = subprocess.Popen([sys.executable, "-c", watch], env=own, cwd=ROOT, stdout=unread)
        try:
            wait_until(lambda: starts.exists() and len(starts.read_text()) == 3)
        finally:
            watching.kill()
            watching.wait()


def refusal(home: Path, what: str, **more: str) -> str:
    """Return the one line with which the supervisor refuses to serve."""
    done = subprocess.run(
        [*COMMAND, what], env=environment(home, **more), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert processes(home) == {}
    return done.stderr


def test_it_refuses_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert refusal(tmp_path, "demo", PORT=port) == (
            f"Port {port} is in use or not allowed; choose another one, for example: make demo PORT=8080\n"
        )


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "²"])
def test_it_refuses_an_invalid_port(tmp_path, port):
    assert refusal(tmp_path, "demo", PORT=port) == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


@pytest.mark.parametrize("what", ["serve", "demo"])
def test_it_refuses_a_folder_that_another_one_serves_and_leaves_it_as_it_was(tmp_path, what):
    beat = tmp_path / "heartbeats" / "worker.beat"
    beat.parent.mkdir()
    beat.touch()
    (tmp_path / reload.ANSWER).write_text("not read yet")
    with (tmp_path / reload.NUMBER).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711")
        held.flush()
        said = refusal(tmp_path, what, PORT=str(find_free_port()))
    assert said == (
        f"Ledgerdesk is served with the folder {tmp_path} already, by process 4711."
        " Stop that one, or choose another folder with DESK_HOME.\n"
    )
    left = sorted(file.name for file in tmp_path.iterdir())
    assert left == ["heartbeats", reload.ANSWER, reload.NUMBER]
    assert ((tmp_path / reload.NUMBER).read_text(), beat.exists()) == ("4711", True)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("LOG_MEGABYTES", "10MB", "LOG_MEGABYTES is a number, not '10MB'."),
        ("LOG_DAYS", "ten", "LOG_DAYS is a number, not 'ten'."),
        ("HUNG_SECONDS", "30s", "HUNG_SECONDS is a number, not '30s'."),
        ("HOST", "desk.invalid", "HOST must be an address of this machine, not 'desk.invalid'."),
        ("HOST", "192.0.2.1", "HOST must be an address of this machine, not '192.0.2.1'."),
    ],
)
def test_it_refuses_what_it_does_not_understand_before_it_starts_anything(tmp_path, name, text, said):
    assert refusal(tmp_path, "serve", PORT=str(find_free_port()), **{name: text}) == f"{said}\n"


def test_it_refuses_a_folder_that_cannot_be_made(tmp_path):
    home = tmp_path / "taken"
    home.touch()
    said = refusal(home, "serve", PORT=str(find_free_port()))
    assert said == f"The folder {home} (DESK_HOME) cannot be used: File exists.\n"


def test_a_process_that_cannot_be_started_is_named(tmp_path):
    desk = Services(0, tmp_path, {})
    desk.add("worker", "-c", "")
    desk.children["worker"].log.mkdir(parents=True)
    with pytest.raises(CannotServe, match=r"^The processes cannot be started\. .*Is a directory"):
        desk.start()


def test_a_blank_host_is_this_machine_alone(monkeypatch, tmp_path):
    for name, text in {"HOST": " ", "PORT": str(find_free_port()), "DESK_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, text)
    assert describe_real().host == "127.0.0.1"


def test_the_demo_refuses_a_real_key(tmp_path):
    said = refusal(tmp_path, "demo", PORT=str(find_free_port()), CONDUCTOR_SECRET_KEY="sk_live_1")
    assert said == (
        "manage.py prepare failed. DEMO=1 signs anybody in and so works only with the sandbox's key."
        " Unset one of the two.\n"
    )


def test_a_real_desk_refuses_to_start_without_its_secret(tmp_path):
    said = refusal(tmp_path, "serve", PORT=str(find_free_port()))
    assert said.startswith("manage.py prepare failed. SECRET_KEY is not set.")
