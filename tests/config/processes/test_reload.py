"""The command that asks the supervisor of a folder to reload. The reload itself: test_web.py and test_outages.py."""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.processes import reload
from config.processes.services import NOT_RELOADED, RELOADED, Services
from tests.support.running import wait_until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = signal.getsignal(reload.ASK)
    monkeypatch.setenv("DESK_HOME", str(tmp_path))
    yield tmp_path
    signal.signal(reload.ASK, before)


def test_where_nothing_is_served_it_says_so(home, capsys):
    assert reload.main() == 1
    (home / reload.NUMBER).write_text("1")  # of a supervisor that was killed: nobody has locked it
    assert reload.main() == 1
    assert capsys.readouterr().err == 2 * f"No Ledgerdesk is served with the folder {home}. Start it with make serve.\n"


@pytest.mark.parametrize(("answer", "status"), [(RELOADED, 0), (f"{NOT_RELOADED}. Why not.", 1)])
def test_it_prints_what_came_of_it(home, capsys, answer, status):
    desk, said = Services(0, home, {}), list[str]()
    reload.listen(desk)

    def serve() -> None:
        wait_until(lambda: desk.is_asked_to_reload)
        reload.report(desk, "worker died and is started again.", said.append)
        reload.report(desk, answer, said.append)

    supervisor = threading.Thread(target=serve)
    supervisor.start()
    found = reload.main()
    supervisor.join()
    assert (found, capsys.readouterr().out) == (status, f"{answer}\n")


def test_an_answer_that_the_disk_has_no_room_for_ends_nothing(home):
    (home / f"{reload.ANSWER}.new").symlink_to("/dev/full")
    said: list[str] = []
    reload.report(Services(0, home, {}), f"{NOT_RELOADED}. Why not.", said.append)
    assert said == [f"{NOT_RELOADED}. Why not."]


def test_a_command_that_cannot_be_run_is_the_answer(home):
    desk, said = Services(0, home, {"TOO_LONG": "x" * 200_000}, is_asked_to_reload=True), list[str]()
    desk.look_after([], said.append)
    why = f"[Errno 7] Argument list too long: {sys.executable!r}"
    assert said == [f"{NOT_RELOADED}. manage.py prepare could not be run. {why}"]
