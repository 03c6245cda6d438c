"""Lets each test module be imported in one of the processes of a run at a time.

The first one rewrites its asserts, and compiles it, and the others read what it has kept. Else all of them do it at the
same moment, for every module.
"""

import fcntl
from collections.abc import Generator
from contextlib import suppress

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Import a module before pytest does. An import that fails is tried by pytest again, which reports it."""
    if isinstance(collector, pytest.Module):
        with collector.path.open() as module, suppress(Exception):
            fcntl.flock(module, fcntl.LOCK_EX)
            _ = collector.obj
    return (yield)
