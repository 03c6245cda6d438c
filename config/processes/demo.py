"""Fills the demo's companies before it is served: the sandbox answers without its delay until they are loaded.

Knows the services and the sandbox's control, and nothing of the companies.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

from .services import CannotServe, Services

FILLED_WITHIN = 60.0  # seconds; what is not loaded by then is loaded while the demo is used
STARTED_WITHIN = 30.0  # seconds until the sandbox has written its data and answers


def prepare_filled(desk: Services, report: Callable[[str], None]) -> None:
    """Prepare the demo and load its companies, if some are not loaded yet. Raises CannotServe if it cannot be prepared.

    A company that cannot be loaded is reported, and the demo goes on without its data.
    """
    desk.make_home()
    desk.children["sandbox"].start()  # it writes its data while the database is migrated
    if not desk.prepare():
        return
    try:
        for line in _load_without_delay(desk).splitlines():
            report(line)
    except CannotServe as reason:
        report(f"The companies are not loaded yet. {reason} They load while you use the demo.")


def _load_without_delay(desk: Services) -> str:
    delay = _set_delay(desk, 0.0)
    try:
        return desk.manage("load_companies", within=FILLED_WITHIN)
    finally:
        with suppress(CannotServe):  # a sandbox that has ended is started again with its delay
            _set_delay(desk, delay)


def _set_delay(desk: Services, seconds: float) -> float:
    """Set the seconds that the sandbox takes for each request; return those from before. Raises CannotServe."""
    url = desk.environment["CONDUCTOR_BASE_URL"].removesuffix("/v1") + "/_sandbox/delay"
    asked = urllib.request.Request(url, json.dumps({"seconds": seconds}).encode())  # noqa: S310 - the sandbox's own URL
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(asked, timeout=STARTED_WITHIN) as answer:
            return float(json.load(answer)["before"])
    except (OSError, ValueError, KeyError) as error:
        raise CannotServe(f"The sandbox does not answer: {error}.") from error
