"""The signs of a change that the books cannot store, by text. Names no field, and of a provider knows its encoding."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from records.content import Content
from records.folding import name_script
from records.formatting import join_words
from records.text import TEXTS

from .changed_values import walk_changes

# A letter with its accents, a picture with what changes it: one sign to the eye.
SIGN = re.compile(
    "(?:[^\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|^)"
    "(?:[\u0300-\u036f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*",
    re.DOTALL,
)
NAMED = 8  # signs and places that a warning names


class Lost(NamedTuple):
    """Signs of one text: where it is in words, the input that it is about, and what is stored as `?`."""

    where: str
    spot: str
    signs: Sequence[str]


def list_lost_texts(base: Content, edited: Content, encoding: str) -> list[Lost]:
    """Return the texts of `edited` with signs that `encoding` lacks and that were not in the same text of `base`."""
    return list(_list_lost(base, edited, encoding))


def list_lost_signs(text: str, encoding: str) -> list[str]:
    """Return each sign of a text that an encoding lacks, once."""
    if text.isascii():
        return []
    found = (sign for sign in SIGN.findall(text) if not _can_encode(sign, encoding))
    return list(dict.fromkeys(found))


def _can_encode(sign: str, encoding: str) -> bool:
    return "?" not in sign.replace("?", "").encode(encoding, "replace").decode(encoding)


def _list_lost(base: Content, edited: Content, encoding: str) -> Iterator[Lost]:
    for one in walk_changes(base, edited):
        if one.field.kind in TEXTS:
            known = list_lost_signs(one.was, encoding)
            if signs := [sign for sign in list_lost_signs(one.now, encoding) if sign not in known]:
                yield Lost(one.where, one.spot, signs)


def describe_sign(sign: str) -> str:
    """Return a sign, with its script if people take it for a Latin letter: С (Cyrillic)."""
    script = name_script(sign)
    return f"{sign} ({script})" if script else sign


def join_some(found: Iterable[str]) -> str:
    """Ł, 北 and 京; of many the first; "" of none."""
    words = list(dict.fromkeys(found))
    more = [f"{len(words) - NAMED} more"] if len(words) > NAMED else []
    return join_words([*words[:NAMED], *more])
