"""A whole walk without a mouse: search, open, edit, pick from a list, save."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import ABC, is_saved, type_over, until_read, updates

OAKCREEK = "80000010-1234567890"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus stands on the input of this name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"Sixty presses of Tab do not lead to {name}.")


def opened_by_keys(page: Page) -> None:
    """Search on the list, open the only row with Enter, and press e."""
    page.keyboard.press("/")
    page.keyboard.type("oakcreek")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Oakcreek Electric", level=1)).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Edit Oakcreek Electric")).to_be_visible()


def test_a_customer_is_found_changed_and_saved_with_keys_alone(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto("/t/abc/customers/")
    opened_by_keys(bob)
    tab_to(bob, "phone")
    bob.keyboard.type("555-0144")
    tab_to(bob, "terms")
    bob.keyboard.press("ArrowDown")
    expect(bob.get_by_role("option", name="Net 30")).to_be_visible()
    bob.keyboard.press("ControlOrMeta+a")
    bob.keyboard.type("net 3")
    expect(bob.locator("#picker [role=option]")).to_have_count(1)
    axe(bob)
    bob.keyboard.press("Tab")
    bob.keyboard.press("Control+s")
    is_saved(bob)
    (body,) = updates(vendor, OAKCREEK)
    terms = vendor.get("/quickbooks-desktop/standard-terms", ABC, nameContains="Net 30")["data"]
    assert (body["phone"], body["termsId"]) == ("555-0144", terms[0]["id"])


def test_a_value_is_copied_help_opens_and_paper_has_no_button(open_page: OpenPage, axe: Callable[[Page], None]) -> None:
    bob = open_page("bob", permissions=["clipboard-read", "clipboard-write"])
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{OAKCREEK}/")
    copied = bob.get_by_role("button", name="Copy phone")
    text = copied.get_attribute("data-copy")
    copied.press("Enter")
    expect(bob.locator("#told")).to_have_text("Copied")
    assert bob.evaluate("navigator.clipboard.readText()") == text
    bob.keyboard.press("?")
    expect(bob.get_by_role("dialog", name="Help and shortcuts")).to_contain_text("One customer")
    axe(bob)
    bob.keyboard.press("Escape")
    bob.emulate_media(media="print")
    shown = [bob.locator(name).first.is_visible() for name in ("#printed", "h1", ".button", ".bar", "[data-copy]")]
    assert shown == [True, True, False, False, False]


def test_without_script_no_button_copies_and_a_link_leads_to_the_guide(open_page: OpenPage) -> None:
    bob = open_page("bob", java_script_enabled=False)
    bob.goto(f"/t/abc/customers/{OAKCREEK}/")
    expect(bob.locator("[data-copy]").first).to_be_hidden()
    bob.goto(bob.get_by_role("link", name="Help").first.get_attribute("href") or "")
    expect(bob.get_by_role("heading", name="Records", exact=True)).to_be_visible()


def test_escape_gives_a_picker_back_what_it_held(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto("/t/abc/customers/80000001-1234567890/edit")
    terms = bob.get_by_label("Terms", exact=True)
    was = terms.input_value()
    for text in ("Net 3", "Due"):
        type_over(terms, text)
        expect(bob.locator("#picker")).to_be_visible()
        terms.press("Escape")
        expect(bob.locator("#picker")).to_be_hidden()
        expect(terms).to_have_value(was)
    expect(bob.locator("[data-phase]")).to_have_text("No changes")


def test_a_filled_picker_is_replaced_by_typing_after_a_click_and_after_a_tab(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto("/t/abc/customers/80000001-1234567890/edit")
    terms = bob.get_by_label("Terms", exact=True)
    terms.click()
    bob.keyboard.type("Net 60")
    expect(terms).to_have_value("Net 60")
    bob.keyboard.press("Escape")
    bob.get_by_label("Credit limit", exact=True).focus()
    bob.keyboard.press("Shift+Tab")
    bob.keyboard.type("Due")
    expect(terms).to_have_value("Due")
    terms.click()
    terms.click()  # a second click sets the caret, as ever
    bob.keyboard.press("End")
    bob.keyboard.type(" on")
    expect(terms).to_have_value("Due on")


def test_few_keys_lead_from_the_first_field_of_a_customer_to_an_empty_address(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{OAKCREEK}/edit")
    expect(bob.get_by_label("Name", exact=True)).to_be_focused()
    for key in ("Control+ArrowDown", "Control+ArrowDown", "Enter", "Tab"):
        bob.keyboard.press(key)
    expect(bob.locator(":focus")).to_have_attribute("name", "billing_address-line1")
    bob.get_by_role("navigation", name="Sections").get_by_role("link", name="Notes").click()
    expect(bob.get_by_label("Note", exact=True)).to_be_focused()
