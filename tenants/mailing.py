"""Sends mail outside the request: its duration would reveal whether anybody has the address."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

log = logging.getLogger(__name__)
OUTGOING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_later(send: Callable[[], object]) -> None:
    """Call `send` in its own thread, in the context of this request; a failure is logged there."""
    OUTGOING.submit(copy_context().run, _send, send)


def _send(send: Callable[[], object]) -> None:
    try:
        send()
    except Exception:  # nobody waits for this thread, so that an exception would be lost
        log.exception("A mail could not be sent.")
