"""Which worker of pytest-xdist runs which file: some begin with files that wait, the others with files that compute.

So both processors are busy from the start, and fewer desks and browsers are started than there are workers.
Knows files by their names alone, as only the workers collect tests.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

WAITING_FIRST = 2  # workers that begin with files that wait; they need a desk and a browser each
# For a browser, for processes that start, are killed or hang, or for limits of time.
WAITING = ("tests/e2e/", "tests/kills/", "tests/config/", "tests/tenants/test_throttle.py")


class Lanes(LoadFileScheduling):  # type: ignore[misc]  # the package states no types
    """Gives each worker the files of its kind in their order, and those of the other kind when there are none left."""

    def _assign_work_unit(self, node: Any) -> None:
        waits = self.nodes.index(node) < WAITING_FIRST
        own = [file for file in self.workqueue if file.startswith(WAITING) == waits]
        if own:
            self.workqueue.move_to_end(own[0], last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes | None:
    return Lanes(config, log) if config.getoption("dist") == "loadfile" else None
