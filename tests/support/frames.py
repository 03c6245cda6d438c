"""Runs each test where Python has room for the frames of all that it calls, so that it asks the system for none.

Python 3.11 and later keep frames in pieces of 16 kB, and give a piece back as soon as the last call in it returns. What
is called often just behind the end of a piece takes and returns one each time: 3,400 times in a test of a page, a sixth
of its processor time. A piece is made as large as its first frame needs, twice as large at most, and serves the calls
below it as well.
"""

import pytest
from _pytest import runner

from config.processes.http_server import call_with_room


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Do what pytest does, below a frame that is large."""
    return call_with_room(runner.pytest_runtest_protocol, item, nextitem)
