"""Chromium, signed in with the visitors' sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support import browser as chromium

from .visiting import Visitor


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser that the tests use too."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield started
        started.close()


@contextmanager
def signed_in(started: Browser, visitor: Visitor) -> Iterator[BrowserContext]:
    """A new browser profile with an empty cache and a visitor's cookies."""
    context = started.new_context(base_url=visitor.url, viewport={"width": 1280, "height": 900})
    cookies: list[Any] = [{"name": name, "value": value, "url": visitor.url} for name, value in visitor.cookies.items()]
    context.add_cookies(cookies)
    yield context
    context.close()
