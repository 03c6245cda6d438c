"""Bundles the style sheets, and the scripts, into one small file per kind of page, when static files are collected.

In development the browser follows the imports itself; both ways load the same parts in the same order.
"""

import fcntl
import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import minify
import zopfli.gzip
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.core.management import call_command
from rcssmin import cssmin
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Read-only pages, pages of a record, lists, record forms, bill forms: a page loads the two files of its kind.
# A conflict brings two more, also into the page of the form that it replaces.
KINDS = ("desk", "desk-record", "desk-list", "desk-form", "desk-lines", "conflict")
ENTRIES = [f"{suffix}/{kind}.{suffix}" for kind in KINDS for suffix in ("css", "js")]
# Loaded when they are asked for, or by the pages that need them.
ALONE = (
    *("css/companies.css", "css/guide.css", "css/palette.css"),
    *("js/palette.js", "js/notices.js", "js/notice-switch.js", "js/inbox.js"),
    "js/passkey.js",
    "js/unit-cost.js",
    "js/batch.js",
    "js/file.js",
)
IMPORT = re.compile(r"""^(?:@import url\("|import "\./)([\w.-]+)"\)?;""", re.MULTILINE)
COLLECTED = "collected.txt"  # lists the sources that the collected files were built from


def collect() -> None:
    """Collect the static files, unless the existing ones were built from the same sources by the same code.

    Collecting rewrites every file; a web process that starts at that moment would miss some of them until it ends.
    Of several processes that start at once one collects, and the others wait for it.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    mark, sources = root / COLLECTED, _hash_sources()
    with (root / "collecting.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != sources:
            mark.unlink(missing_ok=True)
            call_command("collectstatic", interactive=False, verbosity=0)
            mark.write_text(sources)


def _hash_sources() -> str:
    """Return a hash of everything that the collected files depend on."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    means = ("django", "whitenoise", "rcssmin", "tdewolff-minify", "zopfli")
    found.update(repr([settings.STORAGES["staticfiles"], *map(version, means)]).encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            with storage.open(path) as file:
                found.update(f"{path}:{hashlib.sha256(file.read()).hexdigest()}".encode())
    return found.hexdigest()


def joined(entry: str, paths: Mapping[str, tuple[Storage, str]]) -> str:
    """Return the text of `entry` with each import replaced by the imported part."""
    texts = list(parts(entry, paths))
    if entry.endswith(".css"):
        return str(cssmin("\n".join(texts)))
    # Functions keep each part's names local, as its module did, so that all of them can be shortened.
    whole = "".join(f"(() => {{\n{text}}})();\n" for text in texts)
    return str(minify.string("application/javascript", f"((document) => {{\n{whole}}})(document);"))


def parts(name: str, paths: Mapping[str, tuple[Storage, str]]) -> Iterator[str]:
    """Yield the text of a part, or of the parts that it imports."""
    storage, path = paths[name]
    with storage.open(path) as file:
        text = str(file.read().decode())
    imported = IMPORT.findall(text)
    for other in imported:
        yield from parts(str(PurePosixPath(name).with_name(other)), paths)
    if not imported:
        yield text


EVERY_PAGES = re.compile(rf"({'|'.join(KINDS)}|htmx-2\.min)\.[0-9a-f]{{12}}\.(css|js)")


class Smallest(Compressor):  # type: ignore[misc]  # whitenoise ships no types
    """Compresses with zopfli, which gives smaller files than gzip's best level."""

    @staticmethod
    def compress_gzip(data: bytes) -> bytes:
        return smallest(data)


class Patient(Compressor):  # type: ignore[misc]  # whitenoise ships no types
    """Spends more time on the files that every page loads."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.smallest = Smallest(**options)

    def compress(self, path: str) -> list[str]:
        patient = EVERY_PAGES.fullmatch(PurePath(path).name)
        return list(self.smallest.compress(path) if patient else super().compress(path))


def smallest(data: bytes) -> bytes:
    return bytes(zopfli.gzip.compress(data))


class JoinedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Hash and compress as WhiteNoise does, after bundling the entry files."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.urls: dict[str, str] = {}  # of the files that pages name: each page names the same few

    def url(self, name: str, force: bool = False) -> str:
        """Return the URL of a file with its hash, which stays as long as this process runs."""
        if force or name not in self.urls:
            self.urls[name] = str(super().url(name, force))
        return self.urls[name]

    def create_compressor(self, **options: Any) -> Compressor:
        return Patient(**options)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        memory = InMemoryStorage()
        for entry in ENTRIES:
            if entry in paths:
                memory.save(entry, ContentFile(joined(entry, paths).encode()))
                paths[entry] = (memory, entry)
        yield from super().post_process(paths, dry_run, **options)
