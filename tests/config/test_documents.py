"""Every document that the project cites exists: citations in the code with their sections, and links in documents."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CITING = (".py", ".html", ".js", "Makefile")
SECTION = r"\d+(?:\.\d+)*"
AND = r",? and |, | to "
CITATION = re.compile(rf"(docs/[\w./-]+\.md)(?:,? sections? ({SECTION}(?:(?:{AND}){SECTION})*))?")
BREAK = re.compile(r"\s*\n\s*(?:(?:#|//|\*) ?)?")  # includes the comment sign of the next line
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?: +\"[^\"]*\")?\)|^\[[^\]]+\]: +(\S+)", re.MULTILINE)
OUTSIDE = re.compile(r"[a-z][a-z+.-]*:|//")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|html|js|css|md|toml))`")
MADE = re.compile(r"^<!-- (\S+), new -->$", re.MULTILINE)  # by following a guide
UNNAMED = re.compile(r"\bfact[\s-]+sheet", re.IGNORECASE)


def files(*endings: str) -> list[Path]:
    """The project's own files, without environments, artifacts, and this file, which has wrong citations on purpose."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in ("var", "staticfiles"))
        found += [Path(folder, name) for name in sorted(names) if name.endswith(endings)]
    return [path for path in found if path != Path(__file__).resolve()]


def flat(text: str) -> str:
    """The text on one line, so that a citation may contain line breaks."""
    return BREAK.sub(" ", text)


def citations(text: str) -> Iterator[tuple[str, list[str]]]:
    """Return each document that a text cites, and the sections of it."""
    for found in CITATION.finditer(flat(text)):
        yield found[1], sections(found[2] or "")


def sections(cited: str) -> list[str]:
    """`4, 8 and 9` → 4, 8, 9; `8.2 to 8.4` → 8.2, 8.3, 8.4."""
    numbers: list[str] = []
    for joint, number in re.findall(rf"({AND})?({SECTION})", cited):
        if joint == " to ":
            above, _, first = numbers.pop().rpartition(".")
            last = number.rpartition(".")[2]
            numbers += [f"{above}.{n}".lstrip(".") for n in range(int(first), int(last) + 1)]
        else:
            numbers.append(number)
    return numbers


def numbered(document: str) -> set[str]:
    """Return the numbers of a document's headings."""
    starts = (re.match(rf"({SECTION})\.?\s", heading) for heading in HEADING.findall(CODE.sub("", document)))
    return {start[1] for start in starts if start}


def anchors(document: str) -> set[str]:
    """Return a document's link targets: its headings as GitHub spells them, a repeated one with `-1`."""
    slugs: list[str] = []
    for heading in HEADING.findall(re.sub(r"^(```|~~~).*?^\1", "", document, flags=re.MULTILINE | re.DOTALL)):
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slugs.append(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return {slug if not (seen := slugs[:n].count(slug)) else f"{slug}-{seen}" for n, slug in enumerate(slugs)}


def wrong_citations(text: str) -> list[str]:
    """Return the citations in a text whose target is missing."""
    wrong = []
    for path, cited in citations(text):
        document = ROOT / path
        if not document.is_file():
            wrong.append(path)
            continue
        known = numbered(document.read_text())
        wrong += [f"{path}, section {number}" for number in cited if number not in known]
    return wrong


def wrong_links(document: str, folder: Path) -> list[str]:
    """Return the links of a document in `folder` whose file or heading is missing."""
    links = [inline or defined for inline, defined in LINK.findall(CODE.sub("", document))]
    return [link for link in links if not OUTSIDE.match(link) and not is_there(link, document, folder)]


def wrong_files(document: str) -> list[str]:
    """Return the files that a document names with their folder and that are not in the project."""
    there = [f"/{path.relative_to(ROOT).as_posix()}" for path in files(*CITING, ".css", ".md", ".toml")]
    names = set(FILE.findall(document)) - set(MADE.findall(document))
    return sorted(name for name in names if not any(path.endswith(f"/{name}") for path in there))


def is_there(link: str, document: str, folder: Path) -> bool:
    """Whether a link of a document in `folder` leads to a file, and to a heading in it if it names one."""
    path, _, anchor = unquote(link).partition("#")
    target = folder / path
    if path and not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text() if path else document)


def named(paths: list[Path], wrong: Callable[[Path], list[str]]) -> list[str]:
    """Return the faults in these files, each with the name of its file."""
    return [f"{path.relative_to(ROOT)}: {fault}" for path in paths for fault in wrong(path)]


def test_every_document_cited_in_the_code_exists_with_its_sections():
    assert named(files(*CITING), lambda path: wrong_citations(path.read_text())) == []


def test_every_link_of_a_document_has_a_target():
    assert named(files(".md"), lambda path: wrong_links(path.read_text(), path.parent)) == []


def test_every_file_that_a_document_names_exists():
    assert named(files(".md"), lambda path: wrong_files(path.read_text())) == []


def test_a_source_is_cited_by_its_documents_name():
    assert named(files(*CITING, ".css", ".md"), lambda path: UNNAMED.findall(flat(path.read_text()))) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("See docs/nowhere.md.", ["docs/nowhere.md"]),
        ("(docs/vendors/conductor.md, section 8.99)", ["docs/vendors/conductor.md, section 8.99"]),
        ("# docs/vendors/conductor.md, sections 8.9\n    # and 13", ["docs/vendors/conductor.md, section 13"]),
        (
            "docs/vendors/bigcapital.md, sections 8 to 10.",
            [f"docs/vendors/bigcapital.md, section {n}" for n in (9, 10)],
        ),
        ("docs/vendors/bigcapital.md, sections 5.2 to 5.4", ["docs/vendors/bigcapital.md, section 5.4"]),
        ("docs/vendors/bigcapital.md,\n# section 77", ["docs/vendors/bigcapital.md, section 77"]),
        ("docs/vendors/bigcapital.md, section 4 as the map, and 99", []),
        ("docs/vendors/conductor.md, sections 4, 8.9 and 9", []),
    ],
)
def test_a_missing_cited_document_is_found(text, wrong):
    assert wrong_citations(text) == wrong


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ("[a](nowhere.md) ![b](nowhere.png)", ["nowhere.md", "nowhere.png"]),
        ("[a](vendors/conductor.md#nowhere)", ["vendors/conductor.md#nowhere"]),
        ("[a](vendors/conductor.md#88-lines-of-a-bill) [b](vendors) [c](https://example.com/x.md)", []),
        ("# One `x`, two\n# Twice\n# Twice\n[a](#one-x-two) [b](#twice-1) [c](#twice-2)", ["#twice-2"]),
        ("[a]: nowhere.md", ["nowhere.md"]),
        ("`[a](nowhere.md)`\n```\n[a](nowhere.md)\n```\n", []),
    ],
)
def test_a_link_without_a_target_is_found(document, wrong):
    assert wrong_links(document, ROOT / "docs") == wrong


def test_a_citation_without_its_document_is_found():
    assert UNNAMED.findall(flat("(fact\n# sheet, section 4)")) == ["fact sheet"]
