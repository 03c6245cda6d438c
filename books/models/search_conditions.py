"""The conditions of a search in SQL: that a record holds every term, by its text or by SQLite's index of pieces.

In SQL, because the ORM takes longer to compose them than the database to search. Knows no field.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db import connection

from records.searching import Term
from tenants.joined import Part

from .word_index import Match, is_indexed, is_sure, match_starts, match_terms

JOINED = "books_search.rowid = books_record.id AND "
IN_INDEX = "SELECT rowid FROM books_search WHERE "

_database: Any = connection  # the stubs know no `operators`


class Hits(NamedTuple):
    """The condition that a record is found; `joined` if it names the index, as a table beside."""

    sql: str
    values: Sequence[Any]
    joined: bool = False


def read_through(terms: Sequence[Term], lines: Sequence[int] | None = None) -> Hits:
    """Return the condition by the records' texts; `lines` are the searched columns to look in, None for all."""
    if lines is not None and not lines:
        return Hits("1 = 0", ())
    return Hits(*join_parts([*_allow(terms, lines), *map(_write_term, terms)]))


def ask_index(
    marks: Sequence[str], terms: Sequence[Term], lines: Sequence[int] | None = None, *, walk: bool = False
) -> Hits:
    """Return the condition by the index, for records with these marks, as far as it finds the terms.

    `walk` is for a page of very many: it is asked whether a record is a hit. Otherwise it finds the records by a join:
    2.5 ms for 6,800; a set is sorted and takes 4.1.
    """
    found = [term for term in terms if is_indexed(term)]
    if not found or lines == []:
        return read_through(terms, lines)
    unsure = [*_allow(terms, lines), *(_write_term(term) for term in terms if not is_sure(term))]
    sql, values = _write_match(match_terms(marks, found))
    hit = f"books_record.id IN ({IN_INDEX}{sql})" if walk else JOINED + sql
    return Hits(*join_parts([(hit, values), *unsure]), joined=not walk)


def ask_starts(marks: Sequence[str], terms: Sequence[Term], lines: Sequence[int] | None = None) -> Hits:
    """Return the condition of `read_through`, by the index where it finds the words that start with the search.

    Then those may lack in which no word does.
    """
    match, hits = match_starts(marks, terms), read_through(terms, lines)
    if match is None or lines == []:
        return hits
    sql, values = _write_match(match)
    return Hits(*join_parts([(JOINED + sql, values), hits[:2]]), joined=True)


def count_in_index(marks: Sequence[str], terms: Sequence[Term]) -> Part | None:
    """Return the statement that counts in the index alone; None where that does not tell all."""
    if not all(map(is_sure, terms)):
        return None
    sql, values = _write_match(match_terms(marks, terms))
    return f"SELECT COUNT(*) FROM books_search WHERE {sql}", values  # noqa: S608 - constants, values are %s


def join_parts(parts: Sequence[Part]) -> Part:
    """Return the condition that all of these hold."""
    return " AND ".join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]


def _write_match(match: Match) -> Part:
    return f"books_search MATCH {match.sql}", match.values


def _allow(terms: Sequence[Term], lines: Sequence[int] | None) -> list[Part]:
    """Return the conditions that each term is in one of these lines."""
    if lines is None:
        return []
    return [_write_term(term, "regex", partial(_match_lines, lines=lines)) for term in terms]


def _write_term(term: Term, operator: str = "contains", spell: Callable[[str], str] | None = None) -> Part:
    """Return the condition that a record contains a term in one of its ways."""
    spell = spell or _write_like
    holds = f"books_record.search {_database.operators[operator]}"
    ways = [" AND ".join([holds] * len(way)) for way in term]
    return " OR ".join(f"({way})" for way in ways), [spell(word) for way in term for word in way]


def _write_like(word: str) -> str:
    return f"%{connection.ops.prep_for_like_query(word)}%"


def _match_lines(word: str, lines: Sequence[int]) -> str:
    """Return a pattern for a word in one of these lines."""
    places = "|".join(rf"(?:[^\n]*\n){{{line}}}" for line in lines)
    return rf"\A(?:{places})[^\n]*{re.escape(word)}"
