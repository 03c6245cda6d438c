"""Follows each guide of `docs/adding-a-….md` in a copy of the project, and runs the test that the guide adds.

A comment before each block of a guide says which file it goes into and where; a block of commands is run.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", ".venv", "var", "staticfiles", "bench", ".*_cache", ".hypothesis", "*.png", "e2e")
STEP = re.compile(
    r"<!-- (?P<file>\S+)(?:, (?P<where>\w+)(?:: (?P<line>[^\n]+))?)? -->\n```\w+\n(?P<block>(?:.*?\n)??)```$",
    re.M | re.S,
)
TRY = "python -m pytest -n 0 "
GUIDES = sorted((ROOT / "docs").glob("adding-a-*.md"))
LONGEST_GUIDE = 60  # lines, without the code


def follow(guide: str, tree: Path) -> list[str]:
    """Do what the guide says in a copy of the project, step by step; return the tests that it names."""
    tests = []
    for step in STEP.finditer(guide):
        if step["file"] != "run":
            put(tree, step["file"], step["where"], step["line"], step["block"])
            continue
        for command in step["block"].splitlines():
            if command.startswith(TRY):
                tests.append(command.removeprefix(TRY))
            else:
                done = run(tree, command)
                assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return tests


def put(tree: Path, name: str, where: str, line: str, block: str) -> None:
    """Write a block into a file: as the whole file, at its end, or by the one line that contains `line`.

    A replacement extends from that line to the next line that begins with the text after " … ", if there is any.
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


def run(tree: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run one of the project's Python commands in the copy."""
    program, *words = shlex.split(command)
    assert program == "python"
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(
        [sys.executable, *words], cwd=tree, env=env, capture_output=True, text=True, timeout=300, check=False
    )


class Followed(NamedTuple):
    """The tests that each guide adds, by its name, and pytest's output for all of them."""

    tests: dict[str, list[str]]
    said: str


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """Follow all guides in one copy of the project, and run their tests together, which is quicker."""
    tree = tmp_path_factory.mktemp("guides") / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
    tests = {path.stem: follow(path.read_text(), tree) for path in GUIDES}
    done = run(tree, f"{TRY}-rA {' '.join(chain(*tests.values()))}")
    return Followed(tests, done.stdout + done.stderr)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_following_a_guide_makes_its_test_pass(path: Path, followed: Followed) -> None:
    (test,) = followed.tests[path.stem]
    assert f"PASSED {test}\n" in followed.said, followed.said


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_is_short_and_each_block_of_it_is_followed(path: Path) -> None:
    guide = path.read_text()
    assert len(STEP.sub("", guide).splitlines()) <= LONGEST_GUIDE
    assert len(STEP.findall(guide)) == len(re.findall(r"^```\w+$", guide, re.M)) > 0


def test_there_are_four_guides() -> None:
    kinds = [path.stem.removeprefix("adding-a-") for path in GUIDES]
    assert kinds == ["column", "field", "kind", "provider"]
