"""The one table of an uploaded file, whatever it is called: what it is says its content. Knows no record."""

from .archive import Archive
from .cells import FileTable, UnreadableFile
from .delimited import read_delimited
from .xlsx import MACROS, NO_WORKBOOK, IsTable, read_workbook

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SAVE_AS = "Open it in Excel or LibreOffice, save it as an Excel workbook (.xlsx) and upload that."
NO_TABLE = f"This is {{}}, not a table. {SAVE_AS}"
# What is often uploaded by mistake, by its first bytes.
OTHERS = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"%PDF", "a PDF file"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"Rar!", "a packed file (RAR)"),
    (b"7z\xbc\xaf", "a packed file (7z)"),
    (b"\x1f\x8b", "a packed file (gzip)"),
    (b"PK\x05\x06", "an empty packed file (ZIP)"),
    (b"MZ", "a program"),
)
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"mime-version")


def read_table(name: str, data: bytes, is_table: IsTable) -> FileTable:
    """Return the table of a file by its content. Raises UnreadableFile with the reason and what to do."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    if name.lower().endswith((".xlsm", ".xltm", ".xlam")):
        raise UnreadableFile(MACROS)
    if data.startswith(ZIP):
        _refuse_other_archives(data)
        return read_workbook(data, is_table)
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise UnreadableFile("The workbook is protected by a password. Save it without one and upload that.")
        raise UnreadableFile(f"This is an old Excel file (.xls). {SAVE_AS}")
    for start, what in OTHERS:
        if data.startswith(start) and not _is_plain_text(data):
            raise UnreadableFile(NO_TABLE.format(what))
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower().startswith(MARKUP):
        raise UnreadableFile(NO_TABLE.format("a web page or XML file"))
    return read_delimited(data, is_table)


def _is_plain_text(data: bytes) -> bool:
    """Whether a file that begins with the letters of a format is text: BM and MZ may begin a column's head."""
    return data[:2] in (b"BM", b"MZ") and data[:300].isascii() and b"\0" not in data[:300]


def _refuse_other_archives(data: bytes) -> None:
    """Refuse what is zipped and no workbook of Excel, by its first parts."""
    archive = Archive(data)
    if "mimetype" in archive:
        kind = b"".join(archive.stream("mimetype"))[:200]
        if b"opendocument" in kind:
            raise UnreadableFile(f"This is an OpenDocument file (.ods). {SAVE_AS}")
    if any(part.startswith("index/") and part.endswith(".iwa") for part in archive.parts):
        raise UnreadableFile(f"This is a file of Apple Numbers. {SAVE_AS.replace('save it', 'export it')}")
    if "[Content_Types].xml" not in archive:
        raise UnreadableFile(NO_WORKBOOK)
