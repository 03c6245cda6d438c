"""Child processes end when asked, when they ignore that, and when their parent is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.processes.children import Child, end_of, stop_children
from tests.support.running import ROOT, wait_until

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); "
    "time.sleep(60)"  # it only has to be alive until a signal ends it; if a test fails to, it ends by itself
)


def program(folder: Path, source: str, name: str = "child") -> Child:
    return Child(name, [sys.executable, "-c", source], folder / "log" / f"{name}.log", os.environ, ROOT)


def exists(pid: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_that_handles_the_signal_ends_at_once(tmp_path):
    child = program(tmp_path, "import time; time.sleep(60)")  # sleeps so that only the signal ends it
    child.start()
    assert child.running
    stop_children([child], grace=5)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


def test_a_child_that_ignores_the_signal_ends_after_the_grace(tmp_path):
    child = program(tmp_path, DEAF)
    child.start()
    wait_until(lambda: child.last_line() == "deaf")
    began = time.monotonic()
    stop_children([child], grace=0.3)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
    assert 0.3 <= time.monotonic() - began < 5


def test_grandchildren_end_too(tmp_path):
    source = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {DEAF!r}]).pid, flush=True); input"
    child = program(tmp_path, source)
    child.start()
    wait_until(lambda: "deaf" in child.log.read_text())
    grandchild = int(child.log.read_text().split()[0])
    stop_children([child], grace=0.1)
    wait_until(lambda: not exists(grandchild))


@pytest.mark.skipif(  # only Linux can end a child with its parent (PR_SET_PDEATHSIG)
    sys.platform != "linux",
    reason="`tie_to_parent` needs prctl(PR_SET_PDEATHSIG), which only Linux has, and does nothing elsewhere",
)
def test_a_child_ends_when_its_parent_is_killed(tmp_path):
    source = (
        "import sys, time; from pathlib import Path; from tests.config.processes.test_children import DEAF, program\n"
        f"child = program(Path({str(tmp_path)!r}), DEAF); child.start(); print(child.process.pid, flush=True)\n"
        "time.sleep(60)"  # the parent only has to be alive until it is killed; nobody waits for its end
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert exists(pid)
        parent.kill()
        wait_until(lambda: not exists(pid))


def test_the_last_line_says_why_it_died(tmp_path):
    child = program(tmp_path, "raise SystemExit('no database here')")
    assert child.last_line() == "it said nothing"
    child.start()
    wait_until(lambda: not child.running)
    assert child.last_line() == "no database here"


def test_the_last_line_of_a_large_log_is_found_without_reading_all_of_it(tmp_path):
    child = program(tmp_path, "")
    child.log.parent.mkdir()
    child.log.write_text("x" * 20_000 + "\nthe last\n")
    assert (child.last_line(), len(end_of(child.log))) == ("the last", 10_000)


@pytest.mark.skipif(  # only Linux has /proc, where a halted process is told apart
    sys.platform != "linux",
    reason="`Child.stopped` reads /proc, which only Linux has, and is always False elsewhere",
)
def test_a_halted_child_is_distinguished_from_a_running_one(tmp_path):
    child = program(tmp_path, "import time; time.sleep(60)")  # it only has to be alive until the test ends it
    assert not child.stopped
    child.start()
    assert not child.stopped
    child.send(signal.SIGSTOP)
    wait_until(lambda: child.stopped)
    child.kill()
