"""What every walk may lean on: a machine under load is given time, and faults of the sandbox end with their test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.running import RunningDesk
from tests.support.vendor import Sandbox

expect.set_options(timeout=20_000)


@pytest.fixture
def vendor(desk: RunningDesk) -> Iterator[Sandbox]:
    """The running desk's sandbox, which has seen no request yet; the faults that the test sets are gone afterwards."""
    desk.sandbox.clear_requests()
    yield desk.sandbox
    desk.sandbox.fault(clear=True)
