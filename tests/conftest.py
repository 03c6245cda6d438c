"""Fixtures for every test; each family has its own module in `tests/support`."""

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:  # pytest rewrites the asserts of these modules only if it imports them first
    from .support.running import RunningDesk

# Collecting as often as Python does by itself takes a seventh of the tests' processor time.
gc.set_threshold(500_000, 50, 100)

# Playwright's loop stays in this thread after a browser test, and Django then takes plain tests for async ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# An example's duration says nothing on a machine that also runs a browser and six processes.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")

pytest_plugins = [
    "tests.support.imports",
    "tests.support.frames",
    "tests.support.lanes",
    "tests.support.databases",
    "tests.support.vendor",
    "tests.support.copies",
    "tests.support.people",
    "tests.support.running",
    "tests.support.browsing",
    "tests.support.providers",
    "tests.support.figures",
    "tests.support.between",
    "tests.support.database",
    "tests.support.old_database",
    "tests.support.requests_noted",
]


@pytest.fixture(scope="session")
def base_url(desk_server: "RunningDesk") -> str:
    """Let `page.goto("/t/larch/")` use the running desk. In a plugin, pytest-playwright's fixture would override it."""
    return desk_server.url


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """See `make_once`. Here too, as in a plugin it would not override that of pytest-django."""
    from .support.databases import make_once  # pytest has rewritten its asserts by now

    with django_db_blocker.unblock():
        make_once(lambda: request.getfixturevalue("django_db_setup"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first: those marked so, then those that use a running desk."""
    from .support.running import uses_desk  # pytest has rewritten its asserts by now

    items.sort(key=lambda item: (item.get_closest_marker("starts_first") is None, not uses_desk(item)))


def pytest_collection_finish() -> None:
    """Let the collector pass over what was collected: pytest runs it several times at the end, over all there is."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have measured, including those from other processes."""
    passed = terminalreporter.getreports("passed")
    for said in sorted({str(text) for report in passed for name, text in report.user_properties if name == "coverage"}):
        terminalreporter.write_line(f"coverage: {said}")
