"""A bill that is paid in part: told when it opens, asked before it saves, with the keyboard and without a script."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import is_saved, type_over, until_read, updates

PAID = "123ABC-1234567890"
EDIT = f"/t/abc/bills/{PAID}/edit"


def test_a_warning_is_agreed_to_by_keyboard_alone(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    vendor.clear_requests()
    bob.goto(EDIT)
    expect(bob.get_by_role("region", name="Before you change this")).to_contain_text("500.00 of 1,000.00")
    axe(bob)
    type_over(bob.get_by_label("Bill date", exact=True), "2 Oct 2021")
    bob.keyboard.press("ControlOrMeta+s")
    box = bob.get_by_role("checkbox", name="Save anyway This bill is paid in part: 500.00 of 1,000.00.")
    expect(box).to_be_focused()
    axe(bob)
    bob.keyboard.press("Space")
    bob.keyboard.press("Tab")
    old = "Save anyway The bill date (2 Oct 2021) is more than 90 days ago."
    expect(bob.get_by_role("checkbox", name=old)).to_be_focused()
    bob.keyboard.press("Space")
    bob.keyboard.press("ControlOrMeta+s")
    is_saved(bob)
    assert [body["transactionDate"] for body in updates(vendor, PAID)] == ["2021-10-02"]


def test_a_warning_is_agreed_to_without_a_script(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "abc")
    vendor.clear_requests()
    bob.goto(EDIT)
    bob.get_by_label("Bill date", exact=True).fill("3 Oct 2021")
    bob.get_by_role("button", name="Save Ctrl+S").click()
    assert updates(vendor, PAID) == []
    bob.get_by_role("link", name="Save anyway?").first.click()
    for box in bob.get_by_role("checkbox", name="Save anyway").all():
        box.check()
    bob.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(bob)
    assert [body["transactionDate"] for body in updates(vendor, PAID)] == ["2021-10-03"]


def test_both_amounts_of_a_bill_abroad_follow_what_is_typed(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(EDIT)
    both = bob.get_by_text("Total in CAD").locator("..")
    expect(both).to_contain_text("1,000.00 USD = 1,234.50 CAD")
    type_over(bob.get_by_label("Exchange rate", exact=True), "1.5")
    expect(both).to_contain_text("1,000.00 USD = 1,500.00 CAD")
    bob.locator("button[value=item_lines-0]").first.click()
    type_over(bob.locator("[name=item_lines-0-quantity]"), "6")
    expect(both).to_contain_text("1,060.00 USD = 1,590.00 CAD")
