"""Follows each guide of `docs/adding-a-….md` in a copy of the project, and runs there the test that the guide adds.

A block of a guide says in a comment before it which file it goes into and where; a block of commands is run.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", ".venv", "var", "staticfiles", "bench", ".*_cache", ".hypothesis", "__pycache__", "*.png", "e2e")
STEP = re.compile(
    r"<!-- (?P<file>\S+)(?:, (?P<where>\w+)(?:: (?P<line>[^\n]+))?)? -->\n```\w+\n(?P<block>(?:.*?\n)??)```$",
    re.M | re.S,
)
LONGEST_GUIDE = 60  # lines, without the code


def follow(guide: str, tree: Path) -> None:
    """Do in a copy of the project what the guide says, step by step."""
    for step in STEP.finditer(guide):
        if step["file"] == "run":
            for command in step["block"].splitlines():
                run(tree, *shlex.split(command))
        else:
            put(tree, step["file"], step["where"], step["line"], step["block"])


def put(tree: Path, name: str, where: str, line: str, block: str) -> None:
    """Write a block into a file: as all of it, at its end, or by the one line in which `line` stands.

    What is replaced goes from that line to the next that begins with what stands behind " … ", if anything does.
    """
    if where == "new":
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        assert not (tree / name).exists(), f"{name} exists already"
        (tree / name).write_text(block)
        return
    (path,) = tree.glob(name)
    lines = path.read_text().splitlines(keepends=True)
    if where == "end":
        path.write_text("".join([*lines, "\n\n", block]))
        return
    line, _, last = line.partition(" … ")
    found = [number for number, text in enumerate(lines) if line in text]
    assert len(found) == 1, f"{name} has {len(found)} lines with {line}"
    end = next(number for number in range(found[0], len(lines)) if lines[number].startswith(last))
    first, behind = {"before": (found[0], found[0]), "after": (end + 1, end + 1), "replace": (found[0], end + 1)}[where]
    lines[first:behind] = [block]
    path.write_text("".join(lines))


def run(tree: Path, *command: str) -> None:
    """Run one of the project's Python commands in the copy; what it said is the failure."""
    assert command[0] == "python"
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command[1:]], cwd=tree, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project without what no guide needs."""
    return Path(shutil.copytree(ROOT, tmp_path / "tree", ignore=shutil.ignore_patterns(*LEFT_OUT)))


GUIDES = sorted((ROOT / "docs").glob("adding-a-*.md"))


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_who_follows_a_guide_has_what_it_promises(path: Path, tree: Path) -> None:
    """The last step of each guide runs the test that it adds."""
    guide = path.read_text()
    follow(guide, tree)
    assert [step["file"] for step in STEP.finditer(guide)][-1] == "run"


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_is_short_and_each_block_of_it_is_followed(path: Path) -> None:
    guide = path.read_text()
    assert len(STEP.sub("", guide).splitlines()) <= LONGEST_GUIDE
    assert len(STEP.findall(guide)) == len(re.findall(r"^```\w+$", guide, re.M)) > 0
