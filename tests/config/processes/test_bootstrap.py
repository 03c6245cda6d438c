"""What `make .venv` reports on a machine that lacks something: one sentence and a failure, never a traceback."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running import ROOT

TOOLS = ("make", "sh", "mkdir", "grep", "tail", "touch")
WITHOUT_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; *) exit 0;; esac\n'
TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with only the basic tools on the PATH."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    (tmp_path / "config").mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-extras.txt", "config/bootstrap.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(checkout: Path, **environment: str) -> tuple[int, list[str]]:
    """Run `make .venv` and return its status with the lines that are not make's own."""
    done = subprocess.run(
        [checkout / "bin" / "make", ".venv"],
        cwd=checkout,
        env={"PATH": str(checkout / "bin"), "HOME": str(checkout), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, [line for line in done.stdout.splitlines() if not line.startswith("make: ")]


def fake(checkout: Path, name: str, script: str) -> None:
    (checkout / "bin" / name).write_text(script)
    (checkout / "bin" / name).chmod(0o755)


def test_it_says_that_python_is_missing(checkout):
    status, said = make(checkout)
    assert status != 0
    assert said == ["Ledgerdesk needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python"]


def test_it_says_that_python_is_too_old(checkout):
    fake(checkout, "python3", TOO_OLD)
    status, said = make(checkout)
    assert (status != 0, len(said)) == (True, 1)
    assert said[0].startswith("Ledgerdesk needs Python 3.11 or newer")


def test_it_says_that_the_venv_module_is_missing(checkout):
    fake(checkout, "python3", WITHOUT_VENV)
    status, said = make(checkout)
    assert status != 0
    assert said == ["python3 comes without its venv module; on Debian and Ubuntu: apt-get install python3-venv"]


def test_the_quickest_of_several_is_taken(checkout):
    for name, microseconds in (("python3.13", 900), ("python3.11", 600), ("python3", 700)):
        measured = f'*timeit*) echo {microseconds};; "-m venv"*) exit 1;;'
        fake(checkout, name, f'#!/bin/sh\ncase "$*" in {measured} esac\n')
    status, said = make(checkout)
    assert (status != 0, said) == (
        True,
        [f"{checkout / 'bin' / 'python3.11'} could not make the folder .venv. All messages: var/log/install.log"],
    )


def test_it_says_that_the_folder_cannot_be_written_to(checkout):
    fake(checkout, "python3", TOO_OLD)
    (checkout / "var").write_text("in the way of the folder")
    status, said = make(checkout)
    assert status != 0
    assert said == [
        f"This folder cannot be written to, and the desk keeps its packages and data in it: {checkout.resolve()}"
    ]


def test_it_says_the_same_if_the_folder_has_another_owner(checkout):
    fake(checkout, "python3", TOO_OLD)
    (checkout / "var" / "log" / "install.log").mkdir(parents=True)  # root could write over a plain file
    status, said = make(checkout)
    assert (status != 0, [line[:36] for line in said]) == (True, ["This folder cannot be written to, an"])


def test_it_says_that_there_is_no_network(checkout):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    status, said = make(checkout, PYTHON=sys.executable, **nowhere)
    assert status != 0
    assert said[-1] == (
        "The packages could not be fetched from the package index: is there a network?"
        " All messages: var/log/install.log"
    )
    assert not (checkout / ".venv" / ".running").exists()


@pytest.mark.parametrize(
    ("installed", "file"),
    [("psycopg", "requirements-extras.txt"), ("redis", "requirements-extras.txt"), ("django", "requirements.txt")],
)
def test_packages_for_postgresql_and_redis_are_updated_where_they_are_installed(checkout, installed, file):
    (checkout / ".venv" / "bin").mkdir(parents=True)
    script = (
        f'#!/bin/sh\ncase "$*" in *"import {installed}"|*version_info*|*install*|*compileall*) exit 0;; esac\nexit 1\n'
    )
    fake(checkout / ".venv", "python", script)
    status, said = make(checkout)
    count = sum("==" in line for line in (ROOT / file).read_text().splitlines())
    assert (status, said) == (0, [f"Installing {count} packages from {file} into .venv …"])
