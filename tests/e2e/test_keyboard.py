"""A whole walk without a mouse: search, open, edit, pick from a list, save."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import RunningDesk
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


WITH_CUSTOMERS = ("abc", "harbor", "juniper", "kawara", "larch")
NEXT_STEPS = {"Conflict": ("d", "discarded"), "Refused": ("d", "discarded"), "Waiting": ("c", "cancelled")}


def list_waiting(page: Page) -> Locator:
    """The rows of what one waits for or has to settle; not those that are only to know of."""
    badges = page.locator(".badge", has_text=re.compile("^(Conflict|Refused|Not sent|Waiting|Checking)$"))
    return page.locator("#inbox-items [data-rows] > li", has=badges)


def decide_first_conflict(page: Page) -> None:
    """Go to the first conflict, open it, keep what QuickBooks has, and come back."""
    here = page.locator("#inbox-items [data-rows] > li:focus-within")
    page.keyboard.press("j")
    while here.locator(".badge").first.inner_text() != "Conflict":
        page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_contain_text("while you were editing")
    page.wait_for_load_state()  # with its script, which takes the keys
    page.keyboard.press("n")
    page.keyboard.press("2")
    expect(page.locator("[data-phase]")).to_have_text("All decided")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("already has the values you chose")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Needs you", level=1)).to_be_visible()
    page.wait_for_load_state()


def settle_where_the_focus_is(page: Page) -> None:
    """Press the key of the next step of the row that has the focus, and wait for what is said of it.

    Rows that are only to know of are passed over.
    """
    row = page.locator("#inbox-items [data-rows] > li:focus-within")
    while row.locator(".badge").first.inner_text() not in NEXT_STEPS:
        page.keyboard.press("j")
    key, told = NEXT_STEPS[row.locator(".badge").first.inner_text()]
    before = list_waiting(page).count()
    page.keyboard.press(key)
    expect(page.locator("#inbox-said")).to_contain_text(told)
    expect(list_waiting(page)).to_have_count(before - 1)


def count_on_paper(page: Page) -> int:
    """Count the rows of what needs somebody that are printed of a page."""
    page.emulate_media(media="print")
    shown = page.locator(".inbox > li:visible").count()
    page.emulate_media(media="screen")
    return shown


def test_what_waits_in_seven_companies_is_settled_with_keys_from_one_page(
    open_page: OpenPage, desk: RunningDesk, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, *WITH_CUSTOMERS)
    desk.manage("shell", "-c", "from tests.e2e.waiting_edits import fill; fill()")
    bob.on("dialog", lambda dialog: dialog.accept())
    bob.goto("/t/abc/")
    assert count_on_paper(bob) == bob.locator(".inbox > li").count() > 0
    bob.keyboard.press("g")
    bob.keyboard.press("i")
    expect(bob.locator("#inbox-count")).to_have_text(f"{2 * len(WITH_CUSTOMERS) + 2}")
    assert count_on_paper(bob) == bob.locator(".inbox > li").count()
    axe(bob)
    decide_first_conflict(bob)
    bob.keyboard.press("Shift+S")
    expect(list_waiting(bob).filter(has_text="Not sent")).to_have_count(0)
    expect(bob.get_by_text(re.compile("was saved|2 changes saved")).first).to_be_visible()
    bob.keyboard.press("j")
    while list_waiting(bob).count():
        settle_where_the_focus_is(bob)
    expect(bob.get_by_text("Nothing needs you.")).to_be_visible()
    expect(bob.locator("#inbox-count")).to_be_hidden()
    sent = [r["body"]["phone"] for r in vendor.requests() if r["method"] == "POST"]
    assert sorted(sent) == ["555-0003", "555-0004"]
