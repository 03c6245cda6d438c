"""The parts of a zipped file, inflated within limits, and their XML, read without entities.

A small file can inflate to gigabytes, say a false size, or hold XML that names itself over and over. So everything is
limited before it is inflated and again while it is.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from .cells import UnreadableFile

MOST_PARTS = 2_000
MOST_INFLATED = 100 * 2**20  # bytes of the parts that are read, together
MOST_RATIO = 250  # that a part may inflate to; sheets stay below 40
SMALL = 2**20  # bytes; the ratio of a smaller part says nothing
PIECE = 2**16
MOST_ELEMENTS = 6_000_000  # of the parts that are read, together: two for each cell and its text, and as many again
MOST_DEPTH = 64  # of elements in each other; those of a workbook stay below 20
LONGEST_TAG = 2**20  # bytes; the parser reads an unfinished tag or comment again with every piece
ENCODINGS = ("", "utf-8", "utf-16", "us-ascii", "iso-8859-1")  # that the parser knows by itself
DAMAGED = "The file is damaged or incomplete. Open it in Excel or LibreOffice, save it again as .xlsx and upload that."
TOO_LARGE = "The file is too large when it is unpacked. Delete the sheets and rows that are not needed."
ODD_XML = "The file contains XML that no spreadsheet program writes, such as definitions of entities. It was not read."
LOCKED = "The file is protected by a password. Save it without the password and upload that."

DAMAGES = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)  # that a part can show
Attributes = dict[str, str]


class Archive:
    """The parts of a zipped file by name. Raises UnreadableFile wherever it does not hold what it says."""

    def __init__(self, data: bytes) -> None:
        self.left, self.elements_left = MOST_INFLATED, MOST_ELEMENTS
        try:
            self.zip = ZipFile(BytesIO(data))
            parts = self.zip.infolist()
        except (BadZipFile, NotImplementedError, ValueError, EOFError, OSError, struct.error):
            raise UnreadableFile(DAMAGED) from None
        self.parts = {_fold_name(part.filename): part for part in parts}
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > 4 * MOST_INFLATED:
            raise UnreadableFile(TOO_LARGE)
        if len(self.parts) < len(parts) or sum(part.compress_size for part in parts) > len(data):
            raise UnreadableFile(DAMAGED)  # parts that lie over each other
        for part in parts:
            _check_part(part)

    def __contains__(self, name: str) -> bool:
        return _fold_name(name) in self.parts

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the content of a part. Raises UnreadableFile if there is none, or beyond the limit."""
        part = self.parts.get(_fold_name(name))
        if part is None:
            raise UnreadableFile(DAMAGED)
        try:
            content = self.zip.open(part)
        except (*DAMAGES, ValueError, struct.error):
            raise UnreadableFile(DAMAGED) from None
        with content:
            while piece := _read_piece(content):
                self.left -= len(piece)
                if self.left < 0:
                    raise UnreadableFile(TOO_LARGE)
                yield piece

    def read_xml(self, name: str, handler: "XmlHandler") -> Iterator[None]:
        """Hand the elements of a part to the handler; yield now and then, so that its finds can be taken."""
        parser, given = self._make_parser(handler), 0
        try:
            for piece in self.stream(name):
                parser.Parse(piece, False)
                given += len(piece)
                if given - parser.CurrentByteIndex > LONGEST_TAG:
                    raise UnreadableFile(ODD_XML)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise UnreadableFile(DAMAGED) from None
        yield

    def read_whole(self, name: str, handler: "XmlHandler") -> None:
        """Do the same at once."""
        for _ in self.read_xml(name, handler):
            pass

    def _make_parser(self, handler: "XmlHandler") -> Any:
        """Return a parser of XML without a DOCTYPE, whose elements and attributes lose the prefixes of their names."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        text, depth = handler.text, 0

        def start(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            self.elements_left -= 1
            if depth > MOST_DEPTH or self.elements_left < 0:
                raise UnreadableFile(ODD_XML if depth > MOST_DEPTH else TOO_LARGE)
            text.clear()
            handler.start(name.rpartition(":")[2] if ":" in name else name, attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            handler.end(name.rpartition(":")[2] if ":" in name else name, "".join(text))
            text.clear()

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text.append
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.XmlDeclHandler = _check_encoding
        return parser


class XmlHandler:
    """What reads the elements of a part: `text` is the text of the innermost element so far."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str, text: str) -> None: ...


def find_attribute(attributes: Attributes, name: str) -> str:
    """Return an attribute whatever the prefix of its name; "" for none."""
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _refuse_doctype(*said: Any) -> None:
    raise UnreadableFile(ODD_XML)


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if (encoding or "").lower() not in ENCODINGS:
        raise UnreadableFile(DAMAGED)


def _read_piece(content: IO[bytes]) -> bytes:
    try:
        return content.read(PIECE)
    except DAMAGES:
        raise UnreadableFile(DAMAGED) from None


def _fold_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _check_part(part: ZipInfo) -> None:
    if part.flag_bits & 1:
        raise UnreadableFile(LOCKED)
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnreadableFile(DAMAGED)
    if part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
        raise UnreadableFile(TOO_LARGE)
