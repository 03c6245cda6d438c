"""What a search is made of, on both sides: folded words, and the digits of numbers however they are written.

Knows no database and no field. A caller finds a text by asking whether it contains a word.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from .folding import fold, fold_digits, fold_lines

LONGEST = 100  # characters of a search that a person types
INDEXED_LETTERS = 600  # of a text that rows are found by: an index of PostgreSQL takes 2,704 bytes of a row
FEWEST_DIGITS = 4  # a shorter number is found as it is written only
PHONE_DIGITS = 9  # a longer number may be one of a phone
COUNTRY = "1"  # of North America: a number may be stored with it or without it
COUNTRY_DIGITS = 11

# A search finds a text by a term if the text contains every word of one of its alternatives.
Alternative = tuple[str, ...]
Term = tuple[Alternative, ...]

SIGNS = "().+/-"  # between the digits of a number
# A phone number that is copied as a link, and the zero that people add to one with its country: +44 (0)20 7946 0958.
_LINK, _NATIONAL_ZERO = re.compile(r"^tel:\s*(?=[+(0-9])"), re.compile(r"\(0\)")
# Possessive only outside the group: Python 3.11.2 takes more than such a group has matched. A pattern that begins with
# a digit is found in a fifth of the time of one that begins by looking back.
_IN_GROUPS = re.compile("[0-9](?<![0-9][0-9])[0-9]*+(?:[ ().+/-]+[0-9]++)+")
_NUMBER = re.compile("[().+/-]*[0-9][0-9().+/-]*")
# What a number at either end of a word may go on with, in the word beside it or when more is typed.
_FIRST = re.compile("^[().+/-]*[0-9][0-9().+/-]*(?<=[0-9])")
_LAST = re.compile("[0-9][0-9().+/-]*$")
# As people write it: $1,240.00 is stored as 1240.00.
_AMOUNT = re.compile("[$€£¥₹]?([0-9]{1,3}(?:,[0-9]{3})+(?:[.][0-9]*)?|[0-9]+[.][0-9]*)")
# What is stored with a sign between its parts, typed without: INV-0042, and the postal codes SW1A 1AA and K1A 0B6.
_IN_PARTS = re.compile(
    "([a-z]{2,})([0-9]{3,})|([0-9]{3,})([a-z]{2,})"
    "|([a-z]{1,2}[0-9][0-9a-z]?)([0-9][a-z]{2})|([a-z][0-9][a-z])([0-9][a-z][0-9])"
)
_ONLY_DIGITS = str.maketrans("", "", " " + SIGNS)
# What comes before a word inside a name. The tab is the colon of a full name in a sort key.
STARTS = " \t-(/&.'\"[+#"


def explain_too_long(q: str) -> str:
    """Return why a search is not made, in words for a person; "" if it can be made."""
    length = len(q.strip())
    if length <= LONGEST:
        return ""
    return f"A search can have up to {LONGEST} characters. This one has {length}, so nothing was searched."


def split_search(q: str) -> list[Term]:
    """Return the terms of a search, all of which have to be found: words, and numbers in the ways they are stored."""
    words = _LINK.sub("", fold_search(q)).split()
    # A dash between two numbers is not stored.
    words = [word for word in words if word.strip(SIGNS)] or words
    terms: list[Term] = []
    for is_number, run in groupby(words, lambda word: bool(_NUMBER.fullmatch(word))):
        if is_number:
            terms.append(_make_number(list(run)))
        else:
            terms += [_make_word(word) for word in run]
    return terms


def fold_search(q: str) -> str:
    """Return a search folded, without the quotes around it that people know from searching the web."""
    folded = fold(q.replace("\0", " "))
    return folded[1:-1] if len(folded) > 2 and folded[0] == folded[-1] == '"' else folded


def make_search_text(texts: Iterable[str], exact: Iterable[str] = ()) -> str:
    """Return the text in which a record is searched: a line each, a number in several groups as its digits.

    The `exact` texts, which come last, are amounts: 12.34 is not to be found as 1234.
    """
    text = _IN_GROUPS.sub(_join_digits, fold_lines(texts))
    return "\n".join([text, *exact])


def make_sort_key(name: str) -> str:
    """Return what names are sorted by: folded, and a job right below its customer."""
    return fold(name).replace(":", "\t")


def rank_name(name: str, q: str) -> int:
    """Return how well a name matches: 0 starts with the search, 1 every word starts a word in it, 2 otherwise."""
    key, phrase = make_sort_key(name), make_sort_key(q)
    if key.startswith(phrase):
        return 0
    starts = all(key.startswith(word) or any(start + word in key for start in STARTS) for word in phrase.split())
    return 1 if starts else 2


def is_found(text: str, q: str) -> bool:
    """Return whether a search finds a text that is in no database."""
    held = make_search_text([text])
    return all(any(all(word in held for word in way) for way in term) for term in split_search(q))


def split_found(text: str, q: str) -> list[str]:
    """Return a text in pieces, of which every second one is what the words of a search have found."""
    folded, places = _fold_signs(text)
    pattern = "|".join(re.escape(word) for word in fold(q).split()) or r"(?!)"
    pieces, done = [], 0
    for found in re.finditer(pattern, folded):
        start, end = max(done, places[found.start()]), places[found.end() - 1] + 1
        pieces += [text[done:start], text[start:end]]
        done = end
    return [*pieces, text[done:]]


def _fold_signs(text: str) -> tuple[str, list[int]]:
    """Return a text folded sign by sign, and which sign of it each sign of that comes from."""
    folded, places = "", []
    for place, sign in enumerate(text):
        plain = fold(sign) or (" " if sign.isspace() else "")
        folded += plain
        places += [place] * len(plain)
    return folded, places


def _make_number(words: list[str]) -> Term:
    """Return the ways to find a run of words that are numbers: as written, by the digits of each, or as one number."""
    digits = [fold_digits(word) for word in words]
    joined = "".join(digits)
    ways = [tuple(words), tuple(digits)]
    if len(joined) >= FEWEST_DIGITS:
        ways.append((_strip_prefix(joined),))
    if _NATIONAL_ZERO.search(whole := " ".join(words)) and len(joined) >= PHONE_DIGITS:
        ways.append((_strip_prefix(fold_digits(_NATIONAL_ZERO.sub("", whole))),))
    if len(joined) == COUNTRY_DIGITS and joined.startswith(COUNTRY):
        ways.append((joined.removeprefix(COUNTRY),))
    return tuple(dict.fromkeys(ways))


def _strip_prefix(digits: str) -> str:
    """Return a phone number without 0 or 00, which no number has behind the code of its country."""
    return re.sub("^00?", "", digits) if len(digits) >= PHONE_DIGITS else digits


def _make_word(word: str) -> Term:
    """Return the ways to find a word that may hold a number: INV-2024-001, of which the start may be typed so far."""
    first, last = _FIRST.sub(_take_digits, word), _LAST.sub(_take_digits, word)
    both = _LAST.sub(_take_digits, first)
    ways = [word, *(_IN_GROUPS.sub(_join_digits, way) for way in (word, first, last, both))]
    if amount := _AMOUNT.fullmatch(word):
        ways.append(amount[1].replace(",", ""))
    parts = _IN_PARTS.fullmatch(word)
    return (*((way,) for way in dict.fromkeys(ways)), *([tuple(filter(None, parts.groups()))] if parts else []))


def _take_digits(number: re.Match[str]) -> str:
    return number[0].translate(_ONLY_DIGITS)


def _join_digits(number: re.Match[str]) -> str:
    digits = number[0].translate(_ONLY_DIGITS)
    return digits if len(digits) >= FEWEST_DIGITS else number[0]
