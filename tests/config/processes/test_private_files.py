"""Only their owner can read Ledgerdesk's files: those of a running desk, and those that earlier runs left readable."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.processes.private_files import restrict, restrict_home
from config.processes.services import Services, find_free_port
from tests.support.running import ROOT, prepare, wait_until


def readable(home: Path) -> list[str]:
    """Return what others may read, write or enter of a folder and everything below it."""
    return [str(path) for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]


def opened(path: Path, mode: int) -> Path:
    path.chmod(mode)
    return path


@pytest.mark.sqlite_only("about its files")
def test_only_the_owner_can_read_a_running_desks_files(desk):
    wait_until(lambda: (desk.home / "demo.sqlite3-wal").exists())
    names = {path.name for path in desk.home.rglob("*")}
    assert {"demo.sqlite3", "demo.sqlite3-wal", "sandbox.sqlite3", "log", "web.log", "worker.log"} <= names
    assert readable(desk.home) == []


@pytest.mark.sqlite_only("about its files")
def test_files_that_earlier_runs_left_readable_are_restricted_at_the_start(desk, tmp_path):
    database = opened(Path(shutil.copy(desk.home / "demo.sqlite3", tmp_path / "elsewhere.sqlite3")), 0o644)
    home = tmp_path / "home"
    (home / "log").mkdir(parents=True)
    (home / "log" / "web.log").touch()
    (home / "desk.sqlite3-wal").touch()
    prepare(Services(find_free_port(), home, desk.desk.environment | {"DATABASE_URL": f"sqlite:///{database}"}))
    assert (readable(home), oct(database.stat().st_mode & 0o777)) == ([], "0o600")


def test_the_owners_own_rights_stay(tmp_path):
    program = tmp_path / "log" / "rotate"
    program.parent.mkdir()
    program.touch()
    opened(program, 0o755)
    restrict_home(tmp_path)
    assert oct(program.stat().st_mode & 0o777) == "0o700"


def test_a_shared_folder_is_unchanged(tmp_path):
    restrict(opened(tmp_path, 0o1777))
    assert oct(tmp_path.stat().st_mode & 0o7777) == "0o1777"


def test_a_key_file_that_others_can_read_is_reported_at_the_start(tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    keys = tmp_path / ".env"
    keys.write_text("SECRET_KEY=x\n")
    environment = {"PATH": os.environ["PATH"], "PORT": str(find_free_port()), "DESK_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "config.processes.supervisor", "serve"]
    said = []
    for mode in (0o640, 0o600):
        opened(keys, mode)
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
        said.append(done.stdout)
    assert said == [f"Others on this machine can read {keys}, which holds keys. Run: chmod 600 {keys}\n", ""]


def test_a_management_command_writes_for_its_owner_alone(desk, tmp_path):
    written = tmp_path / "written"
    desk.manage("shell", "-c", f"open({str(written)!r}, 'w').close()")
    assert oct(written.stat().st_mode & 0o777) == "0o600"
