"""A record that another client changes between opening and saving: was, yours and now, decided and saved."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import ABC, HARBOR, agree, is_saved, seals, type_over, until_read, updates

IRONPARK = "8000000B-1234567890"
ACME = "80000003-1234567890"
GOLDENRISE = "16E3-1501722451"  # 1,411.05 of fuel and 1 × 14.25 of drywall


def decide(page: Page, axe: Callable[[Page], None], what: str) -> None:
    """See the conflict page, keep one's own value of what clashes, and press Save."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("changed in QuickBooks while you were editing")
    expect(page.get_by_role("button", name="Save Ctrl+S")).to_be_disabled()
    axe(page)
    page.get_by_role("radio", name=what).check()
    expect(page.locator("[data-phase]")).to_have_text("All decided")
    page.get_by_role("button", name="Save Ctrl+S").click()


def test_a_customer_changed_by_another_client_is_merged_and_saved(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{IRONPARK}/edit")
    seals(bob)
    type_over(bob.get_by_label("Phone", exact=True), "555-0101")
    type_over(bob.get_by_label("Contact", exact=True), "Iris Park")
    theirs = {"phone": "555-0202", "email": "new@ironpark.example"}
    now = vendor.change(endUserId=ABC, resource="customers", id=IRONPARK, changes=theirs)
    bob.get_by_role("button", name="Save Ctrl+S").click()
    expect(bob.get_by_role("row", name="Phone Not decided")).to_contain_text("(756) 555-0191")
    decide(bob, axe, "Keep yours: 555-0101")
    is_saved(bob)
    axe(bob)
    merged = vendor.get(f"/quickbooks-desktop/customers/{IRONPARK}", ABC)
    assert [merged[name] for name in ("phone", "email", "contact")] == ["555-0101", theirs["email"], "Iris Park"]
    _, confirmed = updates(vendor, IRONPARK)
    assert confirmed == {"revisionNumber": now["revisionNumber"], "phone": "555-0101", "contact": "Iris Park"}


def test_of_two_lines_changed_by_both_only_the_clashing_cell_is_to_decide(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    was = vendor.get(f"/quickbooks-desktop/bills/{GOLDENRISE}", HARBOR)
    bob.goto(f"/t/harbor/bills/{GOLDENRISE}/edit")
    seals(bob)
    bob.locator("#item_lines-0").get_by_role("button", name="Edit").click()
    type_over(bob.locator("[name=item_lines-0-quantity]"), "3")
    item, fuel = was["itemLines"][0]["id"], was["expenseLines"][0]["id"]
    theirs = {"itemLines": [{"id": item, "quantity": 2}], "expenseLines": [{"id": fuel, "memo": "Diesel"}]}
    now = vendor.change(endUserId=HARBOR, resource="bills", id=GOLDENRISE, changes=theirs)
    bob.get_by_role("button", name="Save Ctrl+S").click()
    agree(bob)  # the bill is paid in part
    decide(bob, axe, "Keep yours: 3 × 14.25 = 42.75")
    expect(bob.get_by_role("checkbox", name="Save anyway")).to_be_visible()  # its total has moved meanwhile
    axe(bob)
    agree(bob)
    is_saved(bob)
    merged = vendor.get(f"/quickbooks-desktop/bills/{GOLDENRISE}", HARBOR)
    assert (merged["itemLines"][0]["quantity"], merged["expenseLines"][0]["memo"]) == (3, "Diesel")
    lines = [{"id": item, "quantity": 3, "cost": "14.25"}]
    assert updates(vendor, GOLDENRISE)[1:] == [{"revisionNumber": now["revisionNumber"], "itemLines": lines}]


def test_undo_does_not_reach_back_into_the_version_before_what_was_brought_in(
    open_page: OpenPage, vendor: Sandbox
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    looks: list[Route] = []
    bob.route("**/edits/presence/**", lambda route: looks.append(route))  # the look behind the page takes its time
    bob.goto(f"/t/abc/customers/{ACME}/edit")
    type_over(bob.get_by_label("Phone", exact=True), "555-0107")
    vendor.change(endUserId=ABC, resource="customers", id=ACME, changes={"email": "new@acme.example"})
    page = open_page("bob")
    page.goto("/t/abc/connection/")
    page.get_by_role("button", name="Refresh now").click()
    wait_until(lambda: "new@acme.example" in page.request.get(f"/t/abc/customers/{ACME}/").text(), within=60)
    looks[0].continue_()
    bob.get_by_role("button", name="Load their changes").click()
    email, phone = bob.get_by_label("Email", exact=True), bob.get_by_label("Phone", exact=True)
    expect(email).to_have_value("new@acme.example")
    phone.press("ControlOrMeta+z")
    expect(bob.locator("#told")).to_have_text("Nothing to undo")
    assert (email.input_value(), phone.input_value()) == ("new@acme.example", "555-0107")
