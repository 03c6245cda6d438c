"""The texts that the cells of a workbook share, and how a workbook spells signs that XML cannot hold."""

import re
from collections.abc import Sequence

from .archive import DAMAGED, Archive, Attributes, XmlHandler
from .cells import LONGEST_CELL, MOST_CELLS, TOO_LONG_CELL, TOO_MANY_CELLS, UnreadableFile

ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
NUMBER = re.compile(r"[0-9]{1,9}")


def decode_escapes(text: str) -> str:
    """Return a text with the signs that `_x000D_` and the like stand for."""
    if "_x" not in text:
        return text
    plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def join_parts(parts: Sequence[str]) -> str:
    """Return the text of a cell. Raises UnreadableFile for one that no cell can hold."""
    text = decode_escapes("".join(parts))
    if len(text) > LONGEST_CELL:
        raise UnreadableFile(TOO_LONG_CELL)
    return text


class SharedStrings(XmlHandler):
    """The texts by number. Of a rich text only its letters are read, and no reading aid above them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.is_reading_aid = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self.parts = []
        elif name == "rPh":
            self.is_reading_aid = True

    def end(self, name: str, text: str) -> None:
        if name == "t" and not self.is_reading_aid:
            self.parts.append(text)
        elif name == "rPh":
            self.is_reading_aid = False
        elif name == "si":
            self.texts.append(join_parts(self.parts))
            if len(self.texts) > MOST_CELLS:
                raise UnreadableFile(TOO_MANY_CELLS)

    def find(self, number: str) -> str | None:
        """Return the text with a number; None for a blank one."""
        number = number.strip()
        if not NUMBER.fullmatch(number) or int(number) >= len(self.texts):
            raise UnreadableFile(DAMAGED)
        return self.texts[int(number)] or None

    @classmethod
    def read(cls, archive: Archive, part: str) -> "SharedStrings":
        own = cls()
        if part and part in archive:
            archive.read_whole(part, own)
        return own
