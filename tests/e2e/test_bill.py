"""A bill: found, a quantity changed, an expense added, saved, and seen by somebody else."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import HARBOR, save, take, type_over, until_read, updates

BADGERPEAK = "16D9-1501712681"  # 1,608.75 of electrical work and 15 × 14.25 of lumber
PAGE = f"/t/harbor/bills/{BADGERPEAK}/"


def found_and_opened(page: Page, axe: Callable[[Page], None]) -> None:
    until_read(page, "harbor")
    page.goto("/t/harbor/bills/?size=50")
    axe(page)
    page.get_by_role("searchbox", name="Search bills").press_sequentially("81116")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    page.get_by_role("link", name="81116", exact=True).click()
    axe(page)
    page.get_by_role("link", name="Edit e").click()
    page.wait_for_url("**/edit?**")


def change_lines(page: Page) -> None:
    """Change a quantity, see the sums follow, and add an expense."""
    page.get_by_role("cell", name="15", exact=True).click()
    type_over(page.locator("[name=item_lines-0-quantity]"), "16")
    expect(page.locator("[name=item_lines-0-amount]")).to_have_value("228.00")
    expect(page.locator("[data-sum-all]")).to_have_text("1,836.75")
    expect(page.locator("[data-total]")).to_have_text("Total 1,822.50 → 1,836.75 (+14.25)")
    page.get_by_role("button", name="Add expense").click()
    take(page, page.locator("[name=expense_lines-1-account]"), "fuel")
    page.locator("[name=expense_lines-1-amount]").click()
    page.keyboard.type("40.5")
    expect(page.locator("[data-sum-all]")).to_have_text("1,877.25")


def test_a_quantity_and_a_new_expense_are_saved_and_seen_on_a_second_browser(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    found_and_opened(bob, axe)
    was = vendor.get(f"/quickbooks-desktop/bills/{BADGERPEAK}", HARBOR)
    change_lines(bob)
    axe(bob)
    save(bob)
    axe(bob)
    alice = open_page("alice")
    alice.goto(PAGE)
    for text in ("Automobile:Fuel", "40.50", "228.00", "1,877.25"):
        expect(alice.get_by_role("table", name="Lines of the bill")).to_contain_text(text)
    fuel = vendor.get(f"/quickbooks-desktop/bills/{BADGERPEAK}", HARBOR)["expenseLines"][1]["account"]["id"]
    assert updates(vendor, BADGERPEAK) == [
        {
            "revisionNumber": was["revisionNumber"],
            "itemLines": [{"id": was["itemLines"][0]["id"], "quantity": 16, "cost": "14.25"}],
            "expenseLines": [{"id": was["expenseLines"][0]["id"]}, {"id": "-1", "accountId": fuel, "amount": "40.50"}],
        }
    ]


def test_a_comma_that_parts_no_thousands_counts_for_nothing_while_typing(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto("/t/harbor/bills/16E3-1501722451/edit")
    bob.locator("#item_lines-0").get_by_role("button", name="Edit").click()
    line = {name: bob.locator(f"[name=item_lines-0-{name}]") for name in ("quantity", "cost", "amount")}
    type_over(line["quantity"], "2")
    type_over(line["cost"], "1,250")
    expect(line["amount"]).to_have_value("2,500.00")
    type_over(line["cost"], "12,50")
    expect(line["amount"]).to_have_value("24.00")  # as of "12", the last that was a number
