"""The small parts of a workbook: what it consists of, its sheets, its formats and its own properties."""

import posixpath

from .archive import Archive, Attributes, XmlHandler, find_attribute
from .cells import UnreadableFile
from .number_formats import NumberFormat

TRUE = ("1", "true", "on")
MOST_STYLES = 70_000
MOST_SHEETS = 250


class ContentTypes(XmlHandler):
    def __init__(self) -> None:
        super().__init__()
        self.has_macros = False

    def start(self, name: str, attributes: Attributes) -> None:
        kind = attributes.get("ContentType", "").lower()
        self.has_macros |= "macroenabled" in kind and "binary" not in kind


class PartLinks(XmlHandler):
    """The relationships of a part: by id, the last word of their type and their target."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))


def read_links(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return the links of a part, "" for the file as a whole, with targets from the root."""
    folder, _, name = part.rpartition("/")
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    if place not in archive:
        return {}
    links = PartLinks()
    archive.read_whole(place, links)
    return {
        key: (kind, posixpath.normpath(posixpath.join("/", folder, to))[1:]) for key, (kind, to) in links.found.items()
    }


class SheetList(XmlHandler):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "").lower() in TRUE
        elif name == "sheet":
            self.sheets.append((attributes.get("name", ""), find_attribute(attributes, "id")))
            if len(self.sheets) > MOST_SHEETS:
                raise UnreadableFile(f"The workbook has more than {MOST_SHEETS} sheets. Delete all but the one to use.")


class FileProperties(XmlHandler):
    """The file's own properties, which Excel and LibreOffice keep."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.name = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "property":
            self.name = attributes.get("name", "")

    def end(self, name: str, text: str) -> None:
        if name not in ("property", "Properties"):
            self.found[self.name] = text

    @classmethod
    def read(cls, archive: Archive) -> dict[str, str]:
        own = cls()
        if "docProps/custom.xml" in archive:
            archive.read_whole("docProps/custom.xml", own)
        return own.found


class CellFormats(XmlHandler):
    """The number formats of the styles of cells, by the number of the style."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.styles: list[NumberFormat] = []
        self.known: dict[str, NumberFormat] = {}
        self.is_inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_inside = True
        elif name == "xf" and self.is_inside and len(self.styles) < MOST_STYLES:
            self.styles.append(self._find(attributes.get("numFmtId", "0")))

    def end(self, name: str, text: str) -> None:
        if name == "cellXfs":
            self.is_inside = False

    def _find(self, number: str) -> NumberFormat:
        if number not in self.known:
            code = self.codes.get(number)
            is_built_in = code is None and number.isascii() and number.isdigit()
            self.known[number] = NumberFormat(code or "", int(number[:6]) if is_built_in else 0)
        return self.known[number]

    @classmethod
    def read(cls, archive: Archive, part: str) -> list[NumberFormat]:
        own = cls()
        if part and part in archive:
            archive.read_whole(part, own)
        return own.styles
