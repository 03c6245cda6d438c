"""What people read keeps to plain English: no banned phrase in a template, a script or a sentence in Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "administration",
    "bills",
    "books",
    "config",
    "customers",
    "edits",
    "overview",
    "record_forms",
    "records",
    "tenants",
)
# Figures of speech, actors that are none, and the phrases that plain ones have replaced.
BANNED = [
    *("the desk", "this desk", "desk's", "the copy is", "the copies of", "the books already", "the books hold"),
    *("lays over", "laid over", "lay it out", "comes home", "gives way", "speaks against", "stands here", "mend this"),
    *("Go on with it", "What became of it", "What was asked for", "What the history keeps", "What happened when"),
    *("Discard it", "Drop the search", "Drop the filters", "Bring it in", "Show these", "Look again", "Lay out"),
    *("Nothing to save yet", "Typed and not sent", "not taken over", "met another change", "Still to decide, of"),
    *("letters: shorten", "of at most", "is needed.", "gives no way", "no way to say so", "would be due", "works out"),
    *("How to reach", "Customer above", "By initials", "Follows the", "Follows as you", "on its own screens"),
    *("is in the books", "entered twice", "travel safely", "read so far", "not read yet", "being read", "to its end"),
    *("match,matches", "At the connection service", "Last asked", "Last answered", "not asked yet", "At the exchange"),
    *(
        "worked out",
        "of no kind",
        "Nothing to choose from",
        "as revision",
        "without end",
        "goes on without",
        "holds more",
    ),
    *("takes its part", "Whole history", "no underscore", "All keys", "Keys ?", "Alt. contact", "Owe the most"),
    *("Incl. the jobs", "none to show", "Decide later", "Type another", "Discard mine", "Back to what it was"),
    *("everything as it stands", "looks after", "look after", "stands, given", "laid out"),
    *("e-mail", "unwanted mail", "your operator", "is no date", "is no number", "said by whom", "say by whom"),
]
PHRASE = re.compile("|".join(rf"(?<!\w){re.escape(one)}" for one in BANNED), re.IGNORECASE)
NOT_READ = [  # what stands in files but is read by nobody
    re.compile(r"\{#.*?#\}", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"^\s*//.*$|(?<=[\s;{}])//\s.*$", re.MULTILINE),
]


def list_files(folder: str, suffix: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob(f"*{suffix}") if "migrations" not in path.parts)


def list_strings(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module with their lines; docstrings are for those who read the code."""
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def list_texts(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a template or a script without their comments."""
    text = path.read_text()
    for comment in NOT_READ:
        text = comment.sub(lambda found: "\n" * found[0].count("\n"), text)
    yield from enumerate(text.splitlines(), 1)


def list_banned(path: Path) -> list[str]:
    """Where the file says what it must not: file, line, phrase."""
    texts = list_strings(path) if path.suffix == ".py" else list_texts(path)
    where = path.relative_to(ROOT)
    return [f"{where}:{line}: {found[0]}" for line, text in texts for found in PHRASE.finditer(text)]


@pytest.mark.parametrize(
    ("folder", "suffix"), [*((name, ".py") for name in PRODUCT), ("templates", ""), ("static/js", ".js")]
)
def test_nobody_reads_a_banned_phrase(folder: str, suffix: str) -> None:
    files = [path for path in list_files(folder, suffix) if path.is_file()]
    assert (bool(files), [found for path in files for found in list_banned(path)]) == (True, [])


@pytest.mark.parametrize(
    ("text", "is_banned"), [("Read the desk's copy.", True), ("<b>Go on with it</b>", True), ("recommend this", False)]
)
def test_a_phrase_is_banned_as_words_and_not_inside_another(text: str, is_banned: bool) -> None:
    assert bool(PHRASE.search(text)) == is_banned
