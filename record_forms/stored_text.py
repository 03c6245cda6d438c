"""The signs of a change that the books cannot store, by text. Names no field, and of a provider knows its encoding."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from records.content import Content
from records.fields import Field, FieldKind
from records.text import TEXTS

# A letter with its accents, a picture with what changes it: one sign to the eye.
SIGN = re.compile(
    "(?:[^\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|^)"
    "(?:[\u0300-\u036f\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*",
    re.DOTALL,
)
NAMED = 8  # signs and places that a warning names


class Lost(NamedTuple):
    """Signs of one text: where it is in words, the input or line that it is about, and what is stored as `?`."""

    where: str
    spot: str
    signs: Sequence[str]


def list_lost_texts(base: Content, edited: Content, encoding: str) -> list[Lost]:
    """Return the texts of `edited` with signs that `encoding` lacks and that were not in the same text of `base`."""
    return list(_list_lost(base, edited, encoding, "", "", ""))


def list_lost_signs(text: str, encoding: str) -> list[str]:
    """Return each sign of a text that an encoding lacks, once."""
    if text.isascii():
        return []
    found = (sign for sign in SIGN.findall(text) if not _can_encode(sign, encoding))
    return list(dict.fromkeys(found))


def _can_encode(sign: str, encoding: str) -> bool:
    return "?" not in sign.replace("?", "").encode(encoding, "replace").decode(encoding)


def _list_lost(base: Content, edited: Content, encoding: str, where: str, path: str, line: str) -> Iterator[Lost]:
    """Yield what is lost of each changed text. `line` is the id of the line that holds it, "" for the record."""
    for f in edited.shape.writable:
        was, now, label = base[f.name], edited[f.name], f"{where}{f.label.lower() if where else f.label}"
        if now == was:
            continue
        if f.kind is FieldKind.GROUP:
            yield from _list_lost(was, now, encoding, f"{label}, ", f"{path}{f.name}-", line)
        elif f.kind is FieldKind.LIST:
            yield from _list_lost_in_entries(f, was, now, encoding, label)
        elif f.kind in TEXTS:
            known = list_lost_signs(was, encoding)
            if signs := [sign for sign in list_lost_signs(now, encoding) if sign not in known]:
                yield Lost(label, line or f"{path}{f.name}", signs)


def _list_lost_in_entries(
    f: Field, was: Sequence[Content], now: Sequence[Content], encoding: str, label: str
) -> Iterator[Lost]:
    stored, blank = {entry[f.key]: entry for entry in was}, Content(f.shape, {})
    for number, entry in enumerate(now, 1):
        before = stored.get(entry[f.key], blank)
        if entry != before:
            yield from _list_lost(before, entry, encoding, f"{label}, {f.one} {number}, ", "", str(entry[f.key]))


def join_some(found: Iterable[str]) -> str:
    """Ł, 北 and 京; of many the first."""
    words = list(dict.fromkeys(found))
    more = [f"{len(words) - NAMED} more"] if len(words) > NAMED else []
    *first, last = [*words[:NAMED], *more]
    return f"{', '.join(first)} and {last}" if first else last
