"""Figures that tests measure for people to read: printed above pytest's last line, from every process."""

from collections.abc import Callable

import pytest

FIGURE = "figure"
Note = Callable[[str], None]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Note:
    """`figure("status codes handled / listed: 3 / 3")` prints that line at the end of the run."""
    return lambda line: record_property(FIGURE, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for name, line in getattr(report, "user_properties", ()):
            if name == FIGURE and report.when == "call":
                terminalreporter.write_line(str(line))
