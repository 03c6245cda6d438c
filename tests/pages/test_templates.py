"""Templates are wrapped and have names of their own. djlint leaves a line long where a tag cannot be broken."""

from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
LONGEST = 120


def test_no_line_is_longer_than_the_formatters_limit() -> None:
    files = [file for file in TEMPLATES.rglob("*") if file.is_file()]
    numbered = [(file, number, line) for file in files for number, line in enumerate(file.read_text().split("\n"), 1)]
    long = [f"{file.relative_to(TEMPLATES)}:{number}" for file, number, line in numbered if len(line) > LONGEST]
    assert long == []
