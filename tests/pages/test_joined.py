"""One style sheet and one script for each kind of page, small enough to arrive at once."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from config.processes.static import ALONE, ENTRIES, IMPORT, joined, parts, smallest

STATIC = Path(__file__).parents[2] / "static"
HTMX = "django_htmx/htmx-2.min.js"


def _paths() -> dict[str, tuple[FileSystemStorage, str]]:
    storage = FileSystemStorage(location=STATIC)
    files = [path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()]
    return {name: (storage, name) for name in files}


def test_every_part_is_in_a_joined_file() -> None:
    files = [path for folder in ("css", "js") for path in (STATIC / folder).iterdir()]
    imported = {(path.parent / name) for path in files for name in IMPORT.findall(path.read_text())}
    assert {path.relative_to(STATIC).as_posix() for path in set(files) - imported} == {*ENTRIES, *ALONE}


@pytest.mark.parametrize("entry", ENTRIES)
def test_nothing_is_left_to_import(entry: str) -> None:
    text = joined(entry, _paths())
    assert [found for found in ("@import", "import ") if found in text] == []


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.endswith(".css")])
def test_joining_keeps_the_space_that_means_a_descendant(entry: str) -> None:
    """Inside a rule, `.line :is(.badge)` looks to the minifier like a declaration."""
    inside = re.compile(r"[\w\])] :(?:is|has|not|where)\(")
    whole = "".join(parts(entry, _paths()))
    assert len(inside.findall(joined(entry, _paths()))) == len(inside.findall(whole))


def test_no_has_makes_each_new_line_restyle_the_whole_bill() -> None:
    """A browser tests a `:has()` with `+`, `*` or `:not()` anew, for every row, whenever anything is inserted."""
    found = re.findall(r":has\(((?:[^()]|\([^()]*\))*)\)", joined("css/desk-lines.css", _paths()))
    assert [inside for inside in found if re.search(r"[+*]|:not|\bt[rd]\b", inside)] == []


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("desk", 30_000),
        ("desk-record", 30_000),
        ("desk-list", 34_000),
        ("desk-form", 34_000),
        ("desk-lines", 40_000),
    ],
)
def test_the_styles_and_scripts_of_a_page_stay_within_its_share(kind: str, most: int) -> None:
    htmx = finders.find(HTMX)
    assert isinstance(htmx, str)
    texts = [joined(f"css/{kind}.css", _paths()).encode(), joined(f"js/{kind}.js", _paths()).encode()]
    assert sum(len(smallest(text)) for text in [*texts, Path(htmx).read_bytes()]) <= most


def nested(source: str) -> list[str]:
    """The templates with blanks inside a `${…}` of another, whose blanks the minifier drops."""
    found: list[str] = []
    around: list[tuple[str, int]] = []  # where each template or placeholder that is open began
    strings = re.compile(r"""//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\\.|`|\$\{|[{}]""")
    at = 0
    while match := strings.search(source, at):
        sign, at = match[0], match.end()
        in_text = bool(around) and around[-1][0] == "`"
        if in_text and sign not in ("`", "${"):
            at = match.start() + (2 if sign.startswith("\\") else 1)
        elif in_text and sign == "`":
            start = around.pop()[1]
            is_nested = any(sign == "`" for sign, _ in around)
            found += [source[start:at]] if is_nested and re.search(r"\s", source[start:at]) else []
        elif sign in ("`", "${", "{"):
            around.append((sign, match.start()))
        elif sign == "}" and around:
            around.pop()
    return found


def test_a_template_inside_a_template_is_noticed() -> None:
    source = 'say(`${rows} lines${lost ? `, ${lost} cells` : ""}`, `${a ? b : `x`}${`${c} d`}`)'
    assert nested("// it's `\n" + source) == ["`, ${lost} cells`", "`${c} d`"]


@pytest.mark.parametrize("script", sorted((STATIC / "js").iterdir()), ids=lambda path: path.name)
def test_no_template_stands_inside_another_as_its_blanks_would_be_lost(script: Path) -> None:
    assert nested(script.read_text()) == []
