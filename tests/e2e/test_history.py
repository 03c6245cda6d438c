"""The history by keyboard: a change with its reason and one from QuickBooks, looked for, opened and taken along."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import ABC, is_saved, seals, type_over, until_read

RECORD = "80000007-1234567890"
EDIT = f"/t/abc/customers/{RECORD}/edit"
WHOLE = f"/t/abc/edits/records/customers/{RECORD}/"


def change_on_both_sides(page: Page, vendor: Sandbox) -> None:
    """Change the phone number here and, while the form is open, the fax number in QuickBooks; both are kept."""
    page.goto(EDIT)
    seals(page)
    type_over(page.get_by_label("Phone", exact=True), "555-0142")
    page.get_by_text("Add a note for the history").focus()
    page.keyboard.press("Enter")
    type_over(page.get_by_label("Note for the history (optional)"), "Read off their invoice")
    expect(page.locator("[data-phase]")).to_have_text("1 change")
    vendor.change(endUserId=ABC, resource="customers", id=RECORD, changes={"fax": "555-0143"})
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("changed in QuickBooks while you were editing")
    expect(page.get_by_label("Note for the history (optional)")).to_have_value("Read off their invoice")
    page.keyboard.press("Control+s")
    is_saved(page)


def test_the_history_is_searched_and_opened_with_the_keys_alone(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    change_on_both_sides(bob, vendor)
    wait_until(lambda: "Changed in QuickBooks" in bob.request.get(WHOLE).text())
    bob.goto("/t/abc/edits/")
    rows = bob.locator("[data-rows] tr")
    bob.keyboard.press("/")
    bob.keyboard.type("off their invoice")
    expect(rows).to_have_count(2)  # what had met the change from QuickBooks, and what was saved over it
    expect(bob.locator("#told")).to_have_text("2 entries found")
    axe(bob)
    bob.keyboard.press("ControlOrMeta+a")
    bob.keyboard.type(bob.evaluate("document.querySelector('[data-rows] a').textContent"))
    bob.keyboard.press("Tab")
    expect(bob.get_by_label("Person")).to_be_focused()
    bob.keyboard.type("Quick")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("555-0143")
    with bob.expect_download() as saved:
        bob.get_by_role("link", name="Export as CSV").press("Enter")
    saved.value.save_as(tmp_path / "history.csv")
    assert "555-0143" in (tmp_path / "history.csv").read_text(encoding="utf-8-sig")
    rows.get_by_role("link").press("Enter")
    expect(bob.get_by_text("QuickBooks does not record who.")).to_be_visible()
    axe(bob)
    bob.get_by_role("link", name="History of").press("Enter")
    expect(bob.locator("ol.history > li")).to_have_count(3)
    axe(bob)


def test_the_history_is_filtered_without_a_script(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "abc")
    bob.goto("/t/abc/edits/")
    bob.get_by_label("Outcome").select_option("In QuickBooks")
    bob.get_by_role("searchbox", name="Search the history").fill("nobody at all")
    bob.get_by_role("button", name="Filter").click()
    expect(bob.get_by_text("No entries match these filters.")).to_be_visible()
    expect(bob.get_by_label("Outcome")).to_have_value("seen")
    bob.get_by_role("link", name="Clear filters").click()
    expect(bob.get_by_label("Outcome")).to_have_value("")
