"""Text as people see it: composed, with one kind of line end, and without signs that nobody sees.

Says what is kept of a text on its way in. Knows no provider: what a vendor cannot store is told elsewhere.
"""

import re
import unicodedata

from .content import Content, Value
from .fields import Field, FieldKind

TEXTS = (FieldKind.TEXT, FieldKind.LONG_TEXT)

# Those of browsers, old files, word processors and sheets.
LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
IN_ONE_LINE = re.compile(r"(?<![ \t])[ \t]*\n[ \t\n]*|\t")  # a run of blanks is looked at from its start alone
BLANKS = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")

INVISIBLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffc\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Joiners and selectors change how the signs beside them look, in some scripts and in pictures: there they are kept.
_JOINING = (
    "\u0600-\u109f\u1780-\u18af\u1a00-\u1aaf\u1b00-\u1c4f\ua840-\ua87f\ua8e0-\ua8ff\ua980-\uaa5f\U00010a00-\U00011fff"
)
_PICTURES = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_VARIED = f"\xa9\xae\u1000-\u109f\u1820-\u18aa\u203c\u2049\u2122\u2139\u3400-\u9fff\U00020000-\U0003ffff{_PICTURES}"
_KEPT = "|".join(
    (
        f"(?<=[{_JOINING}])(?<![{INVISIBLE}])(?:\u200d|\u200c(?=[{_JOINING}]))",
        f"(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])",
        f"(?<=[{_VARIED}])[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]",
        "(?<=[0-9#*])\ufe0f(?=\u20e3)",
        "(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f",
    )
)
UNSEEN = re.compile(f"({_KEPT})|[{INVISIBLE}]")


def clean_text(text: str, *, one_line: bool = True) -> str:
    """Return the text composed (NFC), without invisible signs, with plain blanks and one kind of line end.

    In one line a line end is a blank. Control characters stay: they tell of a damaged text, which a form refuses.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = unicodedata.normalize("NFC", UNSEEN.sub(lambda found: found[1] or "", BLANKS.sub(" ", text)))
    text = LINE_ENDS.sub("\n", text)
    return IN_ONE_LINE.sub(" ", text) if one_line else text


def clean_value(f: Field, text: str) -> str:
    """Return what a text is in this field: only a long text has lines."""
    return clean_text(text, one_line=f.kind is not FieldKind.LONG_TEXT)


def reads_alike(one: Value, other: Value) -> bool:
    """Whether two values are texts that differ in nothing that people see."""
    return isinstance(one, str) and isinstance(other, str) and clean_lines(one) == clean_lines(other)


def is_kept_as(asked: Value, stored: Value) -> bool:
    """Whether a vendor that was asked to keep the one text may have stored the other: `?` for a sign that it lacks."""
    if not (isinstance(asked, str) and isinstance(stored, str)):
        return False
    wanted, found = clean_lines(asked), clean_lines(stored)
    if wanted.isascii() or not len(wanted) <= len(found) <= 2 * len(wanted):
        return wanted == found
    ends = {0}  # of the parts of `found` that the signs so far may have become
    for sign in wanted:
        became = (sign,) if sign.isascii() else (sign, "?", "??")
        ends = {end + len(one) for end in ends for one in became if found.startswith(one, end)}
    return len(found) in ends


def fold_blanks(name: str) -> str:
    """Return a name as QuickBooks tells names apart: without capitals, invisible signs and the number of blanks."""
    return " ".join(clean_text(name).casefold().split())


def clean_lines(text: str) -> str:
    return clean_text(text, one_line=False)


def clean_changes(was: Content, edited: Content) -> Content:
    """Return `edited` with its texts cleaned where they differ from those of `was` to the eye."""
    cleaned: dict[str, Value] = {}
    differing = was.find_differing(edited)
    for f in edited.shape.writable:
        if f.name not in differing:
            continue
        old, new = was[f.name], edited[f.name]
        if f.kind is FieldKind.GROUP:
            cleaned[f.name] = clean_changes(old, new)
        elif f.kind is FieldKind.LIST:
            cleaned[f.name] = _clean_entries(f, old, new)
        elif f.kind in TEXTS and isinstance(new, str):
            text = clean_value(f, new)
            cleaned[f.name] = old if text == clean_value(f, old) else text
    return edited.replace(**cleaned) if cleaned else edited


def _clean_entries(f: Field, was: tuple[Content, ...], now: tuple[Content, ...]) -> tuple[Content, ...]:
    stored = {entry[f.key]: entry for entry in was}
    blank = Content(f.shape, {})
    return tuple(clean_changes(stored.get(entry[f.key], blank), entry) for entry in now)
