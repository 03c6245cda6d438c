"""The pictures of README and docs, taken from a running demo: `python -m bench.pictures http://127.0.0.1:8000`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from .browsing import browser

FOLDER = Path(__file__).parent.parent / "docs"
PICTURES = {"bills": "/t/harbor/bills/", "bill-form": "/t/abc/bills/123ABC-1234567890/edit"}
MOST_BYTES = 150_000


def take(page: Page, name: str, path: str) -> None:
    """Store the picture of a page. Raises ValueError for one that is too large for a repository."""
    page.goto(path)
    page.wait_for_timeout(1000)  # until what was asked behind the page has arrived
    size = (FOLDER / f"{name}.png").write_bytes(page.screenshot())
    if size > MOST_BYTES:
        raise ValueError(f"{name}.png has {size:,} bytes.")


def main(url: str) -> None:
    """Take all pictures, signed in with one click."""
    with browser() as started:
        page = started.new_context(base_url=url, viewport={"width": 1280, "height": 800}).new_page()
        page.goto("/")
        page.get_by_role("button", name="Bob").click()
        page.wait_for_url(lambda where: "login" not in where)
        for name, path in PICTURES.items():
            take(page, name, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
