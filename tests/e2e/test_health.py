"""A company goes off with saves waiting and comes back: its administrator sees both, what to do, and what waited."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.markup import one_line
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import HARBOR, type_over, until_read

CONNECTION = "/t/harbor/connection/"
SAVED = re.compile(r"Save customer [^<]*</td><td[^>]*>[^<]*</td><td[^>]*>Answered")


def test_an_administrator_sees_a_company_go_off_with_waiting_saves_and_come_back(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob, alice = open_page("bob"), open_page("alice")
    until_read(bob, "harbor")
    bob.goto("/t/harbor/customers/?sort=-name")
    addresses = bob.locator("[data-rows] a.record").evaluate_all("all => all.map(one => one.pathname)")[:2]
    vendor.fault(endUserId=HARBOR, fault="closed", hresult="0x80040414", message="A dialog is open.", count=None)
    for address in addresses:
        bob.goto(f"{address}edit")
        type_over(bob.get_by_label("Phone", exact=True), "555-0142")
        bob.get_by_role("button", name="Save Ctrl+S").click()
        expect(bob.locator("#save-state")).to_contain_text("Waiting for QuickBooks since")
    alice.goto(CONNECTION)
    status = alice.get_by_role("region", name="Status")
    expect(status).to_contain_text("A dialog is open in QuickBooks. QuickBooks has not answered since")
    expect(status).to_contain_text("Answer or close it")
    day = alice.get_by_role("region", name="Last 24 hours")
    expect(day).to_contain_text("2 changes waiting to be sent")
    expect(day.get_by_role("img", name=re.compile(r"requests in the last 24 hours"))).to_be_visible()
    wait_until(lambda: "A dialog" in alice.request.get(CONNECTION).text())
    axe(alice)
    vendor.fault(clear=True)
    alice.get_by_role("button", name="Try now").click()
    wait_until(lambda: "No changes are waiting to be sent." in alice.request.get(CONNECTION).text(), within=60)
    alice.goto(CONNECTION)
    expect(status).to_contain_text("Connected. Last contact")
    # A request is listed some seconds after it was made, and those that failed are there already.
    wait_until(lambda: bool(SAVED.search(one_line(alice.request.get(CONNECTION).text()))))
    alice.reload()
    requests = alice.get_by_role("region", name="Last requests")
    expect(requests.get_by_role("row").filter(has_text="Save customer").first).to_contain_text("Answered")
    expect(requests).to_contain_text("A dialog is open in QuickBooks (0x80040414)")
    axe(alice)
