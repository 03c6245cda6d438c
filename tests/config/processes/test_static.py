"""Static files are collected when they have changed, and left unchanged while a desk may be served from them."""

import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from config.processes.static import collect


@pytest.fixture
def source(settings: Settings, tmp_path: Path) -> Path:
    """A source file whose static files are collected into `served` beside it."""
    file = tmp_path / "sources" / "one.css"
    file.parent.mkdir()
    file.write_text("a {}")
    settings.STATICFILES_DIRS = [file.parent]
    settings.STATIC_ROOT = tmp_path / "served"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "config.processes.static.JoinedStaticFiles"}}
    collect()
    return file


def written(source: Path) -> dict[str, int]:
    """Return when each collected file was written."""
    served = source.parent.parent / "served"
    return {str(file.relative_to(served)): file.stat().st_mtime_ns for file in served.rglob("*") if file.is_file()}


def rewrite(source: Path, text: str, *, later: int = 10) -> None:
    """Change the source some seconds later: a change in the same second would count as not modified."""
    source.write_text(text)
    os.utime(source, (time.time() + later, time.time() + later))


def test_unchanged_sources_are_not_collected_again(source: Path) -> None:
    before = written(source)
    collect()
    assert written(source) == before


def test_changed_sources_are_collected_again(source: Path) -> None:
    rewrite(source, "b {}")
    collect()
    assert (source.parent.parent / "served" / "one.css").read_text() == "b {}"


def test_failed_collecting_is_repeated(source: Path) -> None:
    rewrite(source, 'a { background: url("gone.png") }')
    with pytest.raises(Exception, match=r"gone\.png"):
        collect()
    rewrite(source, "a {}", later=20)
    collect()
    assert (source.parent.parent / "served" / "one.css").read_text() == "a {}"
