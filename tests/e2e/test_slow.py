"""A company whose books take five seconds a request: pages ask nothing of it, and nobody waits for a save."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.support.browsing import OpenPage
from tests.support.running import ON_DEMAND, RunningDesk
from tests.support.vendor import Sandbox

from .steps import ABC, is_saved, type_over, until_read

HILLFERRY = "8000000A-1234567890"
PAGES = ("/t/abc/customers/", f"/t/abc/customers/{HILLFERRY}/", f"/t/abc/customers/{HILLFERRY}/edit")


@pytest.fixture
def alone(desk: RunningDesk) -> Iterator[RunningDesk]:
    """The desk while nobody but its pages could ask the vendor anything."""
    worker = desk.desk.children["worker"]
    command = worker.command
    desk.kill("timetable")
    worker.command = [*command, *ON_DEMAND]
    desk.restart("worker")
    yield desk
    worker.command = command
    for name in ("worker", "timetable"):
        desk.restart(name)


def leave_unanswered(route: Route) -> None:
    """Stand in for the look behind a page, which would have an old record read by the worker."""
    route.fulfill(status=204)


def test_pages_of_a_slow_company_ask_it_nothing_and_a_save_is_answered_at_once(
    open_page: OpenPage, vendor: Sandbox, request: pytest.FixtureRequest
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    request.getfixturevalue("alone")
    vendor.fault(endUserId=ABC, operation="*", fault="slow", seconds=5, count=None)
    bob.route("**/edits/presence/**", leave_unanswered)
    vendor.clear_requests()
    for page in PAGES:
        bob.goto(page)
        expect(bob.get_by_role("heading", level=1)).to_be_visible()
    assert vendor.requests() == []
    type_over(bob.get_by_label("Phone", exact=True), "555-0166")
    posts: list[str] = []
    bob.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    bob.get_by_role("button", name="Save Ctrl+S").click()
    expect(bob.locator("#save-state")).to_have_text(re.compile(r"Saving to QuickBooks, usually \d s\. You can go on\."))
    is_saved(bob)
    assert len(posts) == 1  # no draft of what is saved, and no second post to learn how it ended
    assert [(r["method"], r["status"]) for r in vendor.requests()] == [("POST", 200)]
    assert "worker" in vendor.requests()[0]["peer"]
