"""Processes are kept running: one that ends or hangs is restarted with growing pauses, and that is reported once."""

import socket
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from config.processes.watchdog import PAUSES, Guard, ask
from tests.support.running import wait_until

from .test_children import program

LIVES = "import time; time.sleep(60)"  # it only has to be alive until the watchdog or the test ends it
ENDS = "raise SystemExit('no such table')"


def guarded(folder: Path, source: str, **more) -> tuple[Guard, list[str]]:
    """A guard of a started program, and its reports."""
    said: list[str] = []
    guard = Guard(program(folder, source, "saves"), said.append, **more)
    guard.child.start()
    return guard, said


def starts(guard: Guard, until: float) -> list[float]:
    """Look twice a second by a simulated clock; return the times at which the program was restarted."""
    found: list[float] = []
    number = guard.child.process
    for tick in range(int(until * 2)):
        wait_until(lambda: not guard.child.running)
        guard.look(tick / 2)
        if guard.child.process is not number:
            found, number = [*found, tick / 2], guard.child.process
    return found


def test_a_process_that_keeps_ending_is_restarted_with_growing_pauses(tmp_path):
    guard, _ = guarded(tmp_path, ENDS)
    moments = starts(guard, 82)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert [round(pause - 0.5) for pause in pauses] == [*PAUSES[1:], PAUSES[-1]]


def test_it_is_reported_three_times_and_then_no_more(tmp_path):
    guard, said = guarded(tmp_path, ENDS)
    starts(guard, 60)
    assert said == [
        "saves died and is started again: no such table",
        "saves died and is started again: no such table",
        f"saves died again and again and is tried every 30 seconds: no such table ({guard.child.log})",
    ]


def test_one_whose_log_cannot_be_opened_is_tried_again(tmp_path):
    said: list[str] = []
    guard = Guard(program(tmp_path, LIVES, "saves"), said.append)
    guard.child.log.mkdir(parents=True)
    guard.start(0)  # as a reload does
    guard.look(1)
    guard.child.log.rmdir()
    guard.look(3)
    assert guard.child.running
    guard.child.kill()
    why = f"saves could not be started and is started again: [Errno 21] Is a directory: '{guard.child.log}'"
    assert said == [why] * 2


def test_one_whose_log_cannot_be_read_is_started_again(tmp_path):
    guard, said = guarded(tmp_path, ENDS)
    wait_until(lambda: not guard.child.running)
    guard.child.log.unlink()
    guard.child.log.mkdir()
    guard.look(0)
    assert said[0] == "saves died and is started again: its log cannot be read: Is a directory"


def test_a_process_that_has_run_for_a_minute_has_recovered(tmp_path):
    guard, said = guarded(tmp_path, LIVES, ends=5, started=0.0)
    for tick in range(62):
        guard.look(float(tick))
    guard.child.kill()
    assert (said, guard.ends) == (["saves runs again."], 0)


def test_a_process_without_a_sign_of_life_is_restarted(tmp_path):
    guard, said = guarded(tmp_path, LIVES, sign=lambda: 1, hung_seconds=3.0)
    hung = guard.child.process
    for tick in range(6):
        guard.look(float(tick))
    assert guard.child.process is not hung
    assert said == ["saves does not respond and is started again."]
    guard.child.kill()


def test_a_process_that_is_still_starting_is_given_more_time(tmp_path):
    guard, said = guarded(tmp_path, LIVES, sign=lambda: None, hung_seconds=3.0)
    for tick in range(30):
        guard.look(float(tick))
    guard.child.kill()
    assert said == []


def test_a_watchdog_that_was_suspended_considers_no_process_hung(tmp_path):
    guard, said = guarded(tmp_path, LIVES, sign=lambda: 1, hung_seconds=3.0)
    for now in (1.0, 2.0, 3600.0, 7200.0):
        guard.look(now)
    guard.child.kill()
    assert said == []


def test_a_program_that_cannot_be_started_ends_no_other(tmp_path):
    guard, said = guarded(tmp_path, ENDS)
    wait_until(lambda: not guard.child.running)
    guard.child.command = [str(tmp_path / "nowhere")]
    for tick in range(8):
        guard.look(float(tick))
    assert said[0] == "saves died and is started again: no such table"
    assert said[2].startswith("saves could not be started again and again and is tried every 30 seconds: [Errno 2]")


@pytest.mark.parametrize(
    ("answer", "lives"),
    [(b"HTTP/1.1 200 OK\r\n\r\n", True), (b"HTTP/1.1 500 No\r\n\r\n", False), (b"nonsense\r\n", False), (b"", False)],
)
def test_a_web_is_alive_if_it_answers_without_a_server_error(answer, lives):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line:
                line.recv(1000)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert ask("127.0.0.1", server.getsockname()[1], "/healthz", 5) is lives
        thread.join()
