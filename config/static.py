"""Joins the style sheets into one small file and the scripts into one, when static files are collected.

In development the browser follows the imports itself; both ways run the same parts in the same order.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS, JS = "css/desk.css", "js/desk.js"
IMPORT = {CSS: re.compile(r'@import url\("([\w.-]+)"\);'), JS: re.compile(r'import "\./([\w.-]+)";')}


def joined(entry: str, paths: Mapping[str, tuple[Storage, str]]) -> str:
    """Return the text of `entry` with each of its parts in the place of its import. Parts import nothing themselves."""

    def text(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as part:
            return str(part.read().decode())

    folder = PurePosixPath(entry).parent
    parts = [text(str(folder / name)) for name in IMPORT[entry].findall(text(entry))]
    if entry == CSS:
        return str(cssmin("\n".join(parts)))
    # A block of its own keeps each part's names to itself, as its module did.
    return str(jsmin("\n".join(f"{{\n{part}}}" for part in parts)))


class JoinedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Hash and compress as WhiteNoise does, after joining the two entry files."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        memory = InMemoryStorage()
        for entry in (CSS, JS):
            if entry in paths:
                memory.save(entry, ContentFile(joined(entry, paths).encode()))
                paths[entry] = (memory, entry)
        yield from super().post_process(paths, dry_run, **options)
