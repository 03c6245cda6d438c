"""What SQLite's index of three-letter pieces is asked for: the records of a company that hold the words of a search.

The migrations make the index and mark each text in it with its company, list and activity. Knows no field.
"""

from collections.abc import Sequence
from typing import NamedTuple

from records.searching import STARTS, Term

PIECE = 3  # letters of an entry of the index
SHORTEST = PIECE - 1  # letters of a word that the index finds, by all the pieces that start with it
LAST = chr(0x10FFFF)
# A text is marked by three letters that no folded text holds: the first says the list and whether it is active, the
# others which company. Of lists without a number of their own the index tells only the company.
LISTS = {"customers": 3, "bills": 5, "vendors": 7}
ANY_LIST, COMPANIES, FIRST_COMPANY = 1, 50_000, 0x100

# All pieces that start with a word; where there are none, one that no text holds.
_STARTING = (
    """COALESCE((SELECT '(' || group_concat('"' || replace(term, '"', '""') || '"', ' OR ') || ')'"""
    """ FROM books_search_pieces WHERE term >= %s AND term <= %s), '"' || char(8, 8, 8) || '"')"""
)
_WORD = "\0"  # around a word inside a query that stands for those pieces


class Match(NamedTuple):
    """A query for the index, as an expression in SQL with its values."""

    sql: str
    values: Sequence[str]


def match_terms(marks: Sequence[str], terms: Sequence[Term]) -> Match:
    """Return the query for all pieces of each term in any order, which the caller checks, in texts with these marks.

    Without marks, in the texts of all companies.
    """
    return _spell([*_mark(marks), *(f"({' OR '.join(map(_list_pieces, term))})" for term in terms)])


def match_starts(marks: Sequence[str], terms: Sequence[Term]) -> Match | None:
    """Return the query for a word that starts with the only word of a search; None where the index finds none."""
    word = terms[0][0][0] if len(terms) == 1 else ""
    if len(word) < SHORTEST or not word.isalpha():
        return None
    starts = " OR ".join(_quote(f"{sign}{word[:SHORTEST]}") for sign in STARTS.replace("\t", ":"))
    return _spell([*_mark(marks), f"({starts})", *([_list_pieces([word])] if len(word) >= PIECE else [])])


def list_marks(company: int, kinds: Sequence[str], is_active: bool = False) -> list[str]:
    """Return the marks of a company's lists: of what is active alone, or of all that is not deleted."""
    owner = chr(FIRST_COMPANY + company % COMPANIES) + chr(FIRST_COMPANY + company // COMPANIES)
    firsts = sorted({LISTS.get(kind, ANY_LIST) for kind in kinds})
    return [chr(first + other) + owner for first in firsts for other in ((0,) if is_active else (0, 1))]


def is_indexed(term: Term) -> bool:
    """Return whether the index finds a term, perhaps with others."""
    return all(any(len(word) >= SHORTEST for word in way) for way in term)


def is_sure(term: Term) -> bool:
    """Return whether the index finds just what holds a term, so that nothing is to be checked."""
    return len(term) == 1 and len(term[0]) == 1 and SHORTEST <= len(term[0][0]) <= PIECE


def _mark(marks: Sequence[str]) -> list[str]:
    return [f"({' OR '.join(map(_quote, marks))})"] if marks else []


def _list_pieces(words: Sequence[str]) -> str:
    pieces = {word[at : at + PIECE] for word in words for at in range(len(word) - PIECE + 1)}
    starting = {word for word in words if len(word) == SHORTEST}
    return f"({' AND '.join([*map(_quote, sorted(pieces)), *(_WORD + word + _WORD for word in sorted(starting))])})"


def _quote(piece: str) -> str:
    return '"' + piece.replace('"', '""') + '"'


def _spell(conditions: Sequence[str]) -> Match:
    parts: list[str] = []
    values: list[str] = []
    for number, text in enumerate(" AND ".join(conditions).split(_WORD)):
        is_word = number % 2
        parts.append(_STARTING if is_word else "%s")
        values += [text, text + LAST] if is_word else [text]
    return Match(f"({' || '.join(parts)})", values)
