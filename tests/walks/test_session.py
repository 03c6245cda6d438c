"""What was typed outlives the session, and two clicks are one save."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.rig.browsing import OpenPage
from tests.rig.vendor import Sandbox

from .steps import is_saved, take, type_over, until_read, updates

FORESTWALK = "1700-1501750784"  # two expenses and 24 × 14.25 of fixtures
MILLSUMMIT = "8000000F-1234567890"


def test_everything_typed_is_in_the_form_after_signing_in_again(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/bills/{FORESTWALK}/edit")
    type_over(bob.get_by_label("Memo", exact=True).first, "Checked by phone")
    bob.locator("#item_lines-0").get_by_role("button", name="Edit").click()
    type_over(bob.locator("[name=item_lines-0-quantity]"), "25")
    bob.get_by_role("button", name="Add expense").click()
    take(bob, bob.locator("[name=expense_lines-2-account]"), "util")
    type_over(bob.locator("[name=expense_lines-2-amount]"), "9.99")
    bob.context.clear_cookies(name="desk_session")
    bob.get_by_role("button", name="Save Ctrl+S").click()
    bob.get_by_role("button", name="Bob").click()
    expect(bob.get_by_text("Everything you typed is back in the form.")).to_be_visible()
    expect(bob.get_by_label("Memo", exact=True).first).to_have_value("Checked by phone")
    expect(bob.locator("[name=item_lines-0-quantity]")).to_have_value("25")
    expect(bob.locator("[name=expense_lines-2-account]")).to_have_value("Utilities")
    expect(bob.locator("[name=expense_lines-2-amount]")).to_have_value("9.99")
    axe(bob)
    assert updates(vendor, FORESTWALK) == []


def test_a_double_click_on_save_is_one_edit_and_one_update(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{MILLSUMMIT}/edit")
    type_over(bob.get_by_label("Phone", exact=True), "555-0177")
    bob.get_by_role("button", name="Save Ctrl+S").dblclick()
    is_saved(bob)
    expect(bob.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(1)
    assert len(updates(vendor, MILLSUMMIT)) == 1
