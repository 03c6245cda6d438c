"""Splits a list's answer that is not valid JSON as a whole, so that one broken row does not affect the others.

Knows only JSON's brackets and strings; other modules decide whether a row can be read.
"""

import re
from typing import NamedTuple

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]', re.DOTALL)


class Split(NamedTuple):
    """The texts of a list's rows, and the answer without them."""

    others: str
    rows: list[str]


def split(text: str, member: str) -> Split | None:
    """Return the rows of the top-level array `member`, or None if the answer has no such complete array."""
    opened = re.compile(rf'"{re.escape(member)}"\s*:\s*\[')
    depth, start, began, rows = 0, 0, 0, []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if not start and depth == 1 and sign[0] == '"' and (found := opened.match(text, token.start())):
            start = began = found.end()
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if start and token.start() >= start and ((sign == "," and depth == 2) or (sign == "]" and depth == 1)):
            rows.append(text[began : token.start()].strip())
            began = token.end()
            if sign == "]":
                return Split(text[:start] + text[token.start() :], [row for row in rows if row])
    return None
