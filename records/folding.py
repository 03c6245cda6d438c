"""Text as it is compared: without case, accents, kinds of quotes and of blanks, and signs that nobody sees.

Both sides of every search, of the order of names and of checks for the same name are folded here. Knows no field.
"""

import re
import unicodedata
from collections.abc import Iterable

from .text import BLANKS, INVISIBLE

CACHED = 0x10000  # signs below are folded once; the others are rare, and the cache has an end
DIGITS = re.compile("[0-9]+")
REPLACEMENT = "\ufffd"  # for a half of a pair, which no database takes

# Marks that are accents or optional vowel points. In other scripts, as Devanagari and kana, marks make other letters.
ACCENTS = re.compile(
    "[\u0300-\u0344\u0346-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f]"
)
UNSEEN = re.compile(f"[{INVISIBLE}]")
_ALIKE = {
    "'": "`´ʹʻʼʽʾʿˈˊˋ՚׳‘’‚‛′‵‹›❛❜❮❯ꞌ＇｀",
    '"': "«»ʺ˝ˮ״“”„‟″‶❝❞〝〞〟＂",
    "-": "‐‑‒–—―⁃−﹘﹣－",
    "/": "⁄∕",
}
# Letters that look like Latin ones, small or large, by script. Searches and the order of names tell them apart, as a
# Greek or Russian name is one of its own; people cannot.
_LOOKALIKES = {"Cyrillic": "авекмнорстухіјѕԁԛԝһӏ", "Greek": "αβεζηικμνορτυχ"}
_SPELLED = {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d", "ı": "i", "ȷ": "j", "ĸ": "k", "ŋ": "n", "ə": "e"}
_LETTERS = _SPELLED | {sign: alike for alike, signs in _ALIKE.items() for sign in signs}
_BASE = re.compile("(LATIN|CYRILLIC) SMALL LETTER ([A-Z]+) WITH ")  # ł, ø, đ and ґ, which Unicode does not take apart


def fold(text: str) -> str:
    """Return a text as it is compared. Two texts that people read as the same are the same when folded."""
    if is_plain(text):
        return text.lower()
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_SIGNS))
    return " ".join(text.split())


def is_plain(text: str) -> bool:
    """Return whether a text is folded by making its letters small alone, as databases can."""
    is_single = "  " not in text and text.strip() == text
    return is_single and text.isascii() and "`" not in text and text.isprintable()


def name_script(sign: str) -> str:
    """Return the script of a letter that looks like a Latin one, and is none; "" for any other sign."""
    folded = fold(sign)
    return next((script for script, letters in _LOOKALIKES.items() if folded and folded in letters), "")


def fold_lines(texts: Iterable[str]) -> str:
    """Return texts folded, a line each. Most records are plain ASCII, and are folded as a whole."""
    kept = list(texts)
    joined = "\n".join(kept)
    if joined.isascii() and joined.count("\n") == len(kept) - 1 and joined.replace("\n", "").isprintable():
        is_folded = joined.strip(" ") == joined and not ("  " in joined or " \n" in joined or "\n " in joined)
        if is_folded and "`" not in joined:
            return joined.lower()
    return "\n".join(map(fold, kept))


def fold_digits(text: str) -> str:
    """Return the digits of a text alone, one after the other: 5551234567 for (555) 123-4567."""
    return "".join(DIGITS.findall(fold(text)))


class _Signs(dict[int, str]):
    """What `str.translate` replaces each sign by, found when the sign is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_sign(chr(code))
        if code < CACHED:
            self[code] = folded
        return folded


_SIGNS = _Signs()


def _fold_sign(sign: str) -> str:
    if sign.isspace() or BLANKS.match(sign):
        return " "
    if sign in _LETTERS:
        return _LETTERS[sign]
    category = unicodedata.category(sign)
    if category == "Cs":
        return REPLACEMENT
    if category in ("Cc", "Cf") or UNSEEN.match(sign):
        return ""
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", sign)).casefold()
    return unicodedata.normalize("NFC", "".join(map(_fold_letter, plain)))


def _fold_letter(letter: str) -> str:
    """Return what a small letter without accents is compared as."""
    if letter.isascii() or letter in _LETTERS:
        return _LETTERS.get(letter, letter)
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    based = _BASE.match(unicodedata.name(letter, ""))
    if based is None:
        return letter
    try:
        return _fold_letter(unicodedata.lookup(f"{based[1]} SMALL LETTER {based[2]}"))
    except KeyError:
        return letter
