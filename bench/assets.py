"""Scripts and style sheets of a page in a browser with an empty cache: bytes as sent, and requests."""

from playwright.sync_api import Browser, Request

from . import lists, long_bill, long_list
from .browsing import browser, signed_in
from .figures import Figure, limited
from .stage import LONG_BILL, SLUG, Stage
from .visiting import Visitor

MOST_KB = 40
MOST_REQUESTS = 8


def figures(stage: Stage) -> list[Figure]:
    """List, page and forms of ours; the admin's list and form, as it has no read-only page."""
    record = f"/t/{SLUG}/bills/{LONG_BILL}/"
    pages = (
        ("list", lists.OURS, lists.ADMINS),
        ("bill's page", record, ""),
        ("bill's form", long_bill.OURS, "/admin/beside/bill/add/"),
        ("customer's form", long_list.form_of(long_list.somebody()), ""),
    )
    found: list[Figure] = []
    with browser() as started:
        for name, ours, admins in pages:
            mine = cold(started, stage.ours, ours)
            theirs = cold(started, stage.admins, admins) if admins else (None, None)
            found.append(limited(f"JS + CSS, gzip: {name}", mine[0], MOST_KB, "kB", theirs[0]))
            found.append(limited("  requests, cold", mine[1], MOST_REQUESTS, "", theirs[1]))
    return found


def cold(started: Browser, visitor: Visitor, path: str) -> tuple[float, int]:
    """Kilobytes of scripts and style sheets, and the number of all requests, of one page."""
    made: list[Request] = []
    with signed_in(started, visitor) as context:
        page = context.new_page()
        page.on("requestfinished", lambda request: made.append(request))
        page.goto(path, wait_until="networkidle")
        parts = [
            request.sizes()["responseBodySize"] for request in made if request.resource_type in ("script", "stylesheet")
        ]
    return sum(parts) / 1000, len(made)
