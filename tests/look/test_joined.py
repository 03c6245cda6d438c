"""One style sheet and one script, small enough to arrive at once."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from config.static import CSS, JS, joined, smallest

STATIC = Path(__file__).parents[2] / "static"
HTMX = "django_htmx/htmx-2.min.js"


def _paths() -> dict[str, tuple[FileSystemStorage, str]]:
    storage = FileSystemStorage(location=STATIC)
    files = [path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()]
    return {name: (storage, name) for name in files}


def test_every_part_is_in_the_joined_file() -> None:
    for entry in (CSS, JS):
        parts = {path.name for path in (STATIC / entry).parent.iterdir()} - {Path(entry).name}
        text = (STATIC / entry).read_text()
        assert {part for part in parts if part not in text} == set()


def test_nothing_is_left_to_import() -> None:
    assert "@import" not in joined(CSS, _paths())
    assert "import " not in joined(JS, _paths())


def test_styles_and_scripts_stay_within_forty_kilobytes() -> None:
    htmx = finders.find(HTMX)
    assert isinstance(htmx, str)
    texts = [joined(CSS, _paths()).encode(), joined(JS, _paths()).encode(), Path(htmx).read_bytes()]
    assert sum(len(smallest(text)) for text in texts) <= 40_000
