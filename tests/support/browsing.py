"""A browser on the running desk: pages signed in as somebody, and accessibility checks by axe."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, StorageState
from pytest_playwright.pytest_playwright import CreateContextCallback

from . import accessibility
from . import browser as chromium


class OpenPage(Protocol):
    """Open a page signed in as `person`; options are those of a Playwright context, for example `color_scheme`."""

    def __call__(self, person: str | None, **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the browser that `make test` found or installed."""
    return {**browser_type_launch_args, "executable_path": chromium.find(), "args": chromium.FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A window in which nothing turns: a page that waits would be drawn sixty times a second."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """The cookies of people who have signed in already: signing in is slow on purpose."""
    return {}


def sign_in(page: Page, person: str) -> None:
    """Submit the sign-in form with the demo's password."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(person)
    page.locator("input[name=password]").fill("demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


@pytest.fixture
def open_page(new_context: CreateContextCallback, sessions: dict[str, StorageState]) -> Iterator[OpenPage]:
    """See OpenPage. A script error or a CSP violation on any page fails the test."""
    faults: list[str] = []

    def listened(context: BrowserContext) -> Page:
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda message: faults.extend(breaches(message)))
        return context.new_page()

    def opened(person: str | None, **options: Any) -> Page:
        if person is None:
            return listened(new_context(**options))
        if person not in sessions:
            page = new_context().new_page()
            sign_in(page, person)
            sessions[person] = page.context.storage_state()
        return listened(new_context(storage_state=sessions[person], **options))

    yield opened
    assert faults == []


def breaches(message: ConsoleMessage) -> list[str]:
    """Return the CSP violations that the browser reports: those of pages, not of axe, which has no URL."""
    is_breach = message.type == "error" and "Content Security Policy" in message.text and message.location["url"]
    return [f"{message.text} {message.location}"] if is_breach else []


@pytest.fixture
def as_alice_page(open_page: OpenPage) -> Page:
    return open_page("alice")


@pytest.fixture
def as_bob_page(open_page: OpenPage) -> Page:
    return open_page("bob")


@pytest.fixture
def as_carol_page(open_page: OpenPage) -> Page:
    return open_page("carol")


@pytest.fixture
def as_dave_page(open_page: OpenPage) -> Page:
    return open_page("dave")


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Check a page's accessibility, in light mode and, as far as colors matter, in dark mode: `axe(page)`."""
    return accessibility.check
