"""Companies whose books do not answer: said in words, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import ABC, type_over, until_read, updates

MARBLEMARKET = "8000000E-1234567890"
SILENT = {
    "garnet": ("QuickBooks has not answered since", "Is the PC on and someone signed in to Windows?"),
    "quillmark": (
        "This company is not connected yet",
        "An administrator of this company makes a connection link under Connection.",
    ),
}


@pytest.mark.parametrize("slug", SILENT)
def test_a_company_that_does_not_answer_says_so_on_every_page(
    open_page: OpenPage, axe: Callable[[Page], None], slug: str
) -> None:
    state, step = SILENT[slug]
    bob = open_page("bob")
    wait_until(lambda: step in bob.request.get(f"/t/{slug}/connection/").text(), within=60)
    for page in ("", "connection/", "customers/", "bills/"):
        bob.goto(f"/t/{slug}/{page}")
        expect(bob.get_by_role("main")).to_contain_text(state)
        axe(bob)


def test_a_save_while_the_pc_is_off_waits_goes_out_by_itself_and_is_told(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{MARBLEMARKET}/edit")
    type_over(bob.get_by_label("Phone", exact=True), "555-0188")
    vendor.fault(endUserId=ABC, operation="update", fault="not_active", count=None)
    bob.get_by_role("button", name="Save Ctrl+S").click()
    expect(bob.locator("#save-state")).to_contain_text("Waiting for QuickBooks since")
    expect(bob.get_by_label("Phone", exact=True)).to_have_value("555-0188")
    axe(bob)
    bob.goto("/t/abc/edits/queued/")
    expect(bob.get_by_role("main")).to_contain_text("QuickBooks has not answered since")
    axe(bob)
    vendor.fault(clear=True)
    bob.goto("/t/abc/connection/")
    bob.get_by_role("button", name="Try now").click()
    bob.wait_for_load_state()
    wait_until(lambda: [r["status"] for r in vendor.requests() if r["path"].endswith(MARBLEMARKET)][-1:] == [200])
    bob.goto("/t/abc/")
    expect(bob.locator(".messages")).to_contain_text("Marblemarket Clinic")
    assert {body["phone"] for body in updates(vendor, MARBLEMARKET)} == {"555-0188"}
