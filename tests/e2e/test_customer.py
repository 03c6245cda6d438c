"""A customer: signed in with one click, found, changed, saved, and seen by somebody else."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import save, take, type_over, until_read, updates

HAZELWALK = "80000009-1234567890"
ONE_ADDRESS = "800000DE-1500216894"  # in harbor, to bill to
PAGE = f"/t/abc/customers/{HAZELWALK}/"


def found_and_opened(page: Page, axe: Callable[[Page], None]) -> None:
    """Go from the sign-in page to the customer's form, as a new user would; every page on the way is checked."""
    page.goto("/")
    axe(page)
    page.get_by_role("button", name="Bob").click()
    axe(page)
    page.get_by_role("link", name="ABC Corporation").click()
    axe(page)
    until_read(page, "abc")
    page.get_by_role("link", name="Customers", exact=True).first.click()
    axe(page)
    page.get_by_role("searchbox", name="Search customers").press_sequentially("hazelw")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    page.get_by_role("link", name="Hazelwalk Interiors", exact=True).click()
    axe(page)
    page.get_by_role("link", name="Edit e").click()


def test_a_new_address_and_new_terms_are_saved_and_seen_on_a_second_browser(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page(None)
    found_and_opened(bob, axe)
    address = bob.get_by_role("group", name="Bill to")
    type_over(address.get_by_label("Line 2"), "7 Quay St")
    type_over(address.get_by_label("City"), "Port Arden")
    take(bob, bob.get_by_label("Terms", exact=True), "net", "ArrowDown")
    expect(bob.locator("[data-phase]")).to_have_text("3 changes")
    axe(bob)
    save(bob)
    axe(bob)
    alice = open_page("alice")
    alice.goto(PAGE)
    expect(alice.get_by_role("main")).to_contain_text("7 Quay St")
    expect(alice.get_by_role("main")).to_contain_text("Port Arden")
    expect(alice.get_by_role("main")).to_contain_text("Net 60")
    (body,) = updates(vendor, HAZELWALK)
    assert sorted(body) == ["billingAddress", "revisionNumber", "termsId"]


def test_a_form_that_changes_nothing_rests_its_save(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/customers/{ONE_ADDRESS}/edit")
    phone = bob.get_by_label("Phone", exact=True)
    was = phone.input_value()
    type_over(phone, "1")
    expect(bob.get_by_role("button", name="Save Ctrl+S")).to_be_enabled()
    type_over(phone, was)
    expect(bob.get_by_role("button", name="Save Ctrl+S")).to_be_disabled()
    the_folded_line_says_its_own_address(bob)
    expect(bob.get_by_role("button", name="Save Ctrl+S")).to_be_disabled()


def the_folded_line_says_its_own_address(page: Page) -> None:
    """Also when a button has filled it, or Ctrl+Z has brought back what it held."""
    folded = page.locator(".address-fold [data-folded]")
    line = page.locator("[name=billing_address-line2]")
    type_over(line, "7 Quay St")
    line.press("Tab")
    expect(folded).to_have_text("Add an address")
    page.locator(".address-fold > summary").press("Enter")
    page.get_by_role("button", name="Copy billing address").press("Enter")
    expect(folded).to_contain_text("7 Quay St, ")
    page.keyboard.press("ControlOrMeta+z")
    expect(folded).to_have_text("Add an address")
    page.keyboard.press("ControlOrMeta+z")
    expect(line).not_to_have_value("7 Quay St")
