"""Sends mail behind the back of the request: how long it takes would tell whether anybody has the address."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

log = logging.getLogger(__name__)
OUTGOING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def send_later(send: Callable[[], object]) -> None:
    """Call `send` in a thread of its own, in the context of this request; what goes wrong there is logged."""
    OUTGOING.submit(copy_context().run, _send, send)


def _send(send: Callable[[], object]) -> None:
    try:
        send()
    except Exception:  # nobody waits for this thread, so that whatever it raises would be lost without a word
        log.exception("A mail could not be sent.")
