"""Sends mail outside the request: its duration would reveal whether anybody has the address."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.conf import settings

log = logging.getLogger(__name__)
OUTGOING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def make_link(path: str) -> str:
    """Return the whole address of a page for an email: where Ledgerdesk is, whatever host and port a browser names."""
    return f"{settings.SITE_URL}{path}"


def send_later(send: Callable[[], object]) -> None:
    """Call `send` in its own thread, in the context of this request; a failure is logged there."""
    OUTGOING.submit(copy_context().run, _send, send)


def send_and_wait(send: Callable[[], object], seconds: float = 8) -> str:
    """Call `send` in the same thread and wait for its end; return why no mail was sent, "" if it was.

    For whoever asked for the mail and has to know. A mail server that has not answered by then may still take it.
    """
    sent = OUTGOING.submit(copy_context().run, send)
    try:
        sent.result(timeout=seconds)
    except TimeoutError:
        return "The mail server has not answered yet."
    except Exception as error:  # of whatever mail backend is configured; the person is told
        log.warning("A mail could not be sent: %s", error)
        return f"The mail server said: {error}" if str(error) else f"It failed: {type(error).__name__}."
    return ""


def _send(send: Callable[[], object]) -> None:
    try:
        send()
    except Exception:  # nobody waits for this thread, so that an exception would be lost
        log.exception("A mail could not be sent.")
