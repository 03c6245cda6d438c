"""Fixtures that every test may use; each family has its own module in `tests/rig`."""

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # pytest rewrites the asserts of these modules only if it is the first to import them
    from .support.running import RunningDesk

# Playwright's loop stays in this thread once a browser test has run, and Django then takes plain tests for async ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# How long an example takes says nothing on a machine that runs a browser and six processes beside it.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")

pytest_plugins = [
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
]


@pytest.fixture(scope="session")
def base_url(desk: "RunningDesk") -> str:
    """Let `page.goto("/t/larch/")` mean the running desk. In a plugin it would lose against pytest-playwright's."""
    return desk.url


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest: what is marked so, then what uses a browser."""
    items.sort(key=lambda item: (item.get_closest_marker("starts_first") is None, "page" not in fixtures_of(item)))


def fixtures_of(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests have measured, also where they ran in other processes."""
    passed = terminalreporter.getreports("passed")
    for said in sorted({str(text) for report in passed for name, text in report.user_properties if name == "coverage"}):
        terminalreporter.write_line(f"coverage: {said}")
