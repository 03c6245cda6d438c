"""Notices of the browser: that a change needs its author, while they look at no page of Ledgerdesk."""

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import ABC, type_over, until_read

CUSTOMER = "8000000F-1234567890"
BOX = "Show a browser notification when one of my changes needs me"
ONE = "A change of yours needs you"
# Chromium without its windows shows no notices, so this notes them in its place; whether a page is seen is said by the
# test.
WATCHED = """
window.noticed = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(text) { noticed.push(text); }
  close() {}
};
Object.defineProperty(document, "hidden", { get: () => window.isAway ?? false });
"""


def open_watched(open_page: OpenPage) -> Page:
    page = open_page("alice")
    page.context.add_init_script(WATCHED)
    return page


def choose_notices(page: Page, *, on: bool) -> None:
    page.goto("/settings/")
    box = page.get_by_label(BOX)
    if box.is_checked() != on:
        box.click()
    expect(box).to_be_checked(checked=on)
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()


def go_away(page: Page) -> None:
    page.evaluate("window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))")


def come_back(page: Page) -> None:
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")


def save_refused(page: Page, vendor: Sandbox, phone: str) -> None:
    """Save a change that QuickBooks refuses, and go away before it has."""
    page.goto(f"/t/abc/customers/{CUSTOMER}/edit")
    type_over(page.get_by_label("Phone", exact=True), phone)
    vendor.fault(endUserId=ABC, operation="update", resource="customers", fault="refuse", count=1)
    go_away(page)
    page.get_by_role("button", name="Save Ctrl+S").click()


def list_noticed(page: Page) -> list[str]:
    found: list[str] = page.evaluate("noticed")
    return found


def discard_all(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/inbox/?company=abc")
    buttons = page.get_by_role("button", name="Discard")
    while count := buttons.count():
        buttons.first.click()
        expect(buttons).to_have_count(count - 1)


def test_who_has_gone_is_told_by_a_notice_once_and_who_looks_at_another_page_is_not(
    open_page: OpenPage, vendor: Sandbox
) -> None:
    alice = open_watched(open_page)
    until_read(alice, "abc")
    choose_notices(alice, on=True)
    save_refused(alice, vendor, "555-0161")
    wait_until(lambda: list_noticed(alice) == [ONE])
    other = alice.context.new_page()
    other.goto("/settings/")
    save_refused(alice, vendor, "555-0162")
    expect(alice.locator(".notice.is-bad, .notice.is-warn, .errors").first).to_be_visible()
    alice.wait_for_timeout(1000)  # as long as a notice could come
    assert [list_noticed(page) for page in (alice, other)] == [[], []]
    other.close()
    come_back(alice)
    discard_all(alice)
    choose_notices(alice, on=False)


def test_needs_you_and_each_page_in_the_background_tell_it_too_and_once(open_page: OpenPage, vendor: Sandbox) -> None:
    alice = open_watched(open_page)
    until_read(alice, "abc")
    choose_notices(alice, on=True)
    alice.goto(f"/t/abc/customers/{CUSTOMER}/edit")
    type_over(alice.get_by_label("Phone", exact=True), "555-0163")
    vendor.change(endUserId=ABC, resource="customers", id=CUSTOMER, changes={"phone": "555-0199"})
    vendor.fault(endUserId=ABC, operation="update", resource="customers", fault="slow", seconds=4, count=1)
    alice.get_by_role("button", name="Save Ctrl+S").click()
    expect(alice.locator("#save-state")).to_contain_text("Saving to QuickBooks")
    pages = [alice.context.new_page() for _ in range(3)]
    for page, address in zip(pages, ("/inbox/", "/t/abc/", "/help/"), strict=True):
        page.goto(address)
        go_away(page)
    go_away(alice)
    alice.close()
    wait_until(lambda: all(list_noticed(page) == [ONE] for page in pages))
    come_back(pages[1])
    expect(pages[1].locator(".messages")).to_contain_text("needs your decision.")
    discard_all(pages[1])
    choose_notices(pages[1], on=False)


def test_a_browser_that_does_not_allow_notices_says_so(open_page: OpenPage) -> None:
    alice = open_page("alice")
    alice.goto("/settings/")
    alice.get_by_label(BOX).click()
    expect(alice.get_by_text("This browser does not show notices from Ledgerdesk.")).to_be_visible()
    expect(alice.get_by_label(BOX)).not_to_be_checked()
