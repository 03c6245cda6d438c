"""Dates of a bill by the keys that bookkeepers know from QuickBooks, and the due date that its terms make."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import HARBOR, save_whatever_is_asked, take, type_over, until_read, updates

BRIDGEPARK = "1721-1501783025"  # Net 60
COVEHOLLOW = "1724-1501785956"  # Net 30
CLIFFYARD = "1718-1501774232"  # 2% 10 Net 30


def opened(page: Page, bill: str) -> Page:
    until_read(page, "harbor")
    page.goto(f"/t/harbor/bills/{bill}/edit")
    return page


def test_a_date_is_typed_short_shown_in_full_and_moved_with_the_keys(open_page: OpenPage) -> None:
    bob = opened(open_page("bob"), BRIDGEPARK)
    issued = bob.get_by_label("Bill date", exact=True)
    type_over(issued, "11/2/26")
    issued.press("Tab")
    expect(issued).to_have_value("2 Nov 2026")
    for keys, day in (
        ("+", "3 Nov 2026"),
        ("-", "2 Nov 2026"),
        ("-", "1 Nov 2026"),
        ("-3", "29 Oct 2026"),
        ("+12", "10 Nov 2026"),
    ):
        issued.press_sequentially(keys)
        expect(issued).to_have_value(day)
    type_over(issued, "1.11.26")
    issued.press("Tab")
    expect(issued).to_have_value("1 Nov 2026")


def test_quickbooks_keys_move_a_date_and_ma_still_begins_a_month(open_page: OpenPage) -> None:
    bob = opened(open_page("bob"), BRIDGEPARK)
    issued = bob.get_by_label("Bill date", exact=True)
    type_over(issued, "11/18/26")
    issued.press("Tab")
    expect(issued).to_have_value("18 Nov 2026")
    issued.focus()
    for key, day in (
        ("w", "15 Nov 2026"),
        ("k", "21 Nov 2026"),
        ("[", "14 Nov 2026"),
        ("]", "21 Nov 2026"),
        ("h", "30 Nov 2026"),
        ("m", "1 Nov 2026"),
        ("y", "1 Jan 2026"),
        ("r", "31 Dec 2026"),
        ("'", "31 Jan 2027"),
        (";", "31 Dec 2026"),
    ):
        issued.press(key)
        expect(issued).to_have_value(day)
    issued.press_sequentially("mar 5")
    issued.press("Tab")
    expect(issued).to_have_value("5 Mar 2027")


def test_what_is_no_date_is_said_when_it_is_left_and_forgotten_once_it_is_one(open_page: OpenPage) -> None:
    bob = opened(open_page("bob"), BRIDGEPARK)
    due = bob.get_by_label("Due date", exact=True)
    type_over(due, "31 Nov")
    due.press("Tab")
    expect(bob.locator(".no-day")).to_contain_text("“31 Nov” is not a date.")
    expect(due).to_have_attribute("aria-invalid", "true")
    type_over(due, "30 Nov 26")
    due.press("Tab")
    expect(due).to_have_value("30 Nov 2026")
    expect(bob.locator(".no-day")).to_have_count(0)


def test_other_terms_offer_a_due_date_that_one_key_takes(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = opened(open_page("bob"), BRIDGEPARK)
    was = vendor.get(f"/quickbooks-desktop/bills/{BRIDGEPARK}", HARBOR)
    type_over(bob.get_by_label("Bill date", exact=True), "11/2/36")
    take(bob, bob.get_by_label("Terms", exact=True), "2% 10")
    due = bob.get_by_label("Due date", exact=True)
    expect(due).to_have_value("30 Dec 2026")
    expect(bob.locator(".save-bar #offers")).to_contain_text("Use 2 Dec 2036")
    expect(bob.locator("#due_date-spot")).to_contain_text("2% off if paid by 12 Nov 2036")
    axe(bob)
    due.press("ArrowDown")
    expect(due).to_have_value("2 Dec 2036")
    expect(bob.locator("[data-offer]")).to_have_count(0)
    save_whatever_is_asked(bob)  # to a date ten years ahead
    (terms,) = vendor.get("/quickbooks-desktop/standard-terms", HARBOR, nameContains="2% 10")["data"]
    assert updates(vendor, BRIDGEPARK) == [
        {
            "revisionNumber": was["revisionNumber"],
            "transactionDate": "2036-11-02",
            "termsId": terms["id"],
            "dueDate": "2036-12-02",
        }
    ]


def test_the_discount_follows_the_lines_as_they_are_typed(open_page: OpenPage) -> None:
    bob = opened(open_page("bob"), CLIFFYARD)
    type_over(bob.get_by_label("Bill date", exact=True), "t")
    bob.get_by_role("button", name="Add expense").click()
    bob.locator("[name$=-amount]").last.fill("1,000")
    bob.locator("[name$=-amount]").last.press("Tab")
    total = Decimal(bob.locator("[data-sum-all]").inner_text().replace(",", ""))
    saving = (total * 2 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    expect(bob.locator("[data-share]")).to_have_text(f"{saving:,}")


def test_without_a_script_the_due_date_is_worked_out_and_taken(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = opened(open_page("bob", java_script_enabled=False), COVEHOLLOW)
    bob.get_by_label("Bill date", exact=True).fill("11/2/26")
    bob.get_by_role("button", name="Calculate the due date").click()
    expect(bob.get_by_label("Bill date", exact=True)).to_have_value("2 Nov 2026")
    bob.get_by_role("button", name="Use 2 Dec 2026").click()
    expect(bob.get_by_label("Due date", exact=True)).to_have_value("2 Dec 2026")
    bob.get_by_label("Due date", exact=True).fill("+3")
    save_whatever_is_asked(bob)  # to a date that may lie long ago
    (body,) = updates(vendor, COVEHOLLOW)
    assert {**body, "revisionNumber": ""} == {
        "revisionNumber": "", "transactionDate": "2026-11-02", "dueDate": "2026-12-03",
    }  # fmt: skip
