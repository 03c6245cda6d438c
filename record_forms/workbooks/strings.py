"""The texts that the cells of a workbook share, and how a workbook spells signs that XML cannot hold."""

import re

from .archive import DAMAGED, Archive, Attributes, XmlHandler
from .cells import MOST_CELLS, TOO_MANY_CELLS, UnreadableFile

ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def decode_escapes(text: str) -> str:
    """Return a text with the signs that `_x000D_` and the like stand for."""
    if "_x" not in text:
        return text
    plain = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
            self.texts.append(decode_escapes("".join(self.parts)))
            if len(self.texts) > MOST_CELLS:
                raise UnreadableFile(TOO_MANY_CELLS)

    def find(self, number: str) -> str | None:
        """Return the text with a number; None for a blank one."""
        if not (number.isascii() and number.isdigit()) or int(number[:9]) >= len(self.texts):
            raise UnreadableFile(DAMAGED)
        return self.texts[int(number)] or None

    @classmethod
    def read(cls, archive: Archive, part: str) -> "SharedStrings":
        own = cls()
        if part and part in archive:
            archive.read_whole(part, own)
        return own
