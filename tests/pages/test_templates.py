"""Templates are wrapped and have names of their own. djlint leaves a line long where a tag cannot be broken."""

import re
from collections import Counter
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
LONGEST = 120
LONGEST_TEMPLATE = 120
INCLUDE = re.compile(r"""(?:\{% include |\{% from |\{% draw |_more=)"([^"]+)""")


def test_no_line_is_longer_than_the_formatters_limit() -> None:
    files = [file for file in TEMPLATES.rglob("*") if file.is_file()]
    numbered = [(file, number, line) for file in files for number, line in enumerate(file.read_text().split("\n"), 1)]
    long = [f"{file.relative_to(TEMPLATES)}:{number}" for file, number, line in numbered if len(line) > LONGEST]
    assert long == []


def test_no_two_templates_share_a_name() -> None:
    """A page is named after its view, as in bills/bill_list.html. allauth fixes the names of its own."""
    files = [file for file in TEMPLATES.rglob("*.html") if "allauth" not in file.parts]
    names = Counter(file.name for file in files)
    assert sorted(str(file.relative_to(TEMPLATES)) for file in files if names[file.name] > 1) == []


def test_what_several_folders_include_is_a_component() -> None:
    folders: dict[str, set[str]] = {}
    for file in TEMPLATES.rglob("*.html"):
        for part in INCLUDE.findall(file.read_text()):
            folders.setdefault(part, set()).add(file.relative_to(TEMPLATES).parts[0])
    shared = {part for part, users in folders.items() if len(users - {"styleguide"}) > 1}
    assert sorted(part for part in shared if not part.startswith("components/")) == []


def test_a_part_that_is_used_once_is_in_its_page_as_long_as_that_stays_short() -> None:
    """Short: the page with all such parts in it has at most as many lines as CONTRIBUTING.md allows a template."""
    texts = {str(file.relative_to(TEMPLATES)): file.read_text() for file in TEMPLATES.rglob("*.html")}
    users = Counter(part for text in texts.values() for part in INCLUDE.findall(text))
    python = "".join(file.read_text() for file in TEMPLATES.parent.glob("[a-z]*/**/*.py"))
    foldable: dict[str, list[str]] = {}
    for page, text in texts.items():
        once = [
            part for part in INCLUDE.findall(text) if users[part] == 1 and part in texts and f'"{part}' not in python
        ]
        if once and sum(texts[name].count("\n") for name in (page, *once)) <= LONGEST_TEMPLATE:
            foldable[page] = once
    assert foldable == {}
