"""Rows of a list are selected, and changed together, as people do it: by keyboard, by mouse, and over several pages."""

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import HARBOR, until_read

OVERDUE = "/t/harbor/bills/?state=overdue&since=2026-10-01"  # since the closing date: nothing is asked
LIST = "/t/harbor/bills/?sort=vendor_name&size=50"


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def boxes(page: Page) -> Locator:
    return page.locator("#found [data-tick]")


def selected(page: Page) -> Locator:
    return page.locator("[data-selected]")


def sent_terms(vendor: Sandbox) -> list[dict[str, object]]:
    """What the updates of bills since the last clearing have sent, without their revisions."""
    bodies = [one["body"] for one in vendor.requests() if one["method"] == "POST" and "/bills/" in one["path"]]
    return [{name: value for name, value in body.items() if name != "revisionNumber"} for body in bodies]


def refresh_bills(page: Page, vendor: Sandbox) -> None:
    vendor.clear_requests()
    page.goto("/t/harbor/connection/")
    page.get_by_role("button", name="Refresh now").click()
    wait_until(lambda: any("/bills" in one["path"] for one in vendor.requests(HARBOR)), within=60)
    until_read(page, "harbor")


def test_ten_overdue_bills_get_other_terms_in_few_steps_and_back_in_two(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    refresh_bills(bob, vendor)  # other walks change bills in the books, and a bill that changed is asked about
    bob.goto(OVERDUE)
    keys = press(bob, "j", *["Shift+ArrowDown"] * 9)
    expect(selected(bob)).to_have_text("10 bills selected")
    expect(bob.locator("#told")).to_contain_text("10 bills selected, ")
    axe(bob)
    keys += press(bob, "c")
    expect(bob.get_by_role("heading", level=1)).to_have_text("Change 10 bills")
    expect(bob.locator("select").first).to_be_focused()
    keys += press(bob, "t")  # the field has the focus, and its first one with a T is Terms
    expect(bob.get_by_label("New value")).to_be_visible()
    keys += press(bob, "Tab", "Tab", "6", "0")
    expect(bob.locator("#picker [role=option].is-active")).to_contain_text("Net 60")
    axe(bob)
    keys += press(bob, "Enter", "Enter")
    expect(bob).to_have_url(re.compile(r"/batches/\d+/$"))
    expect(bob.get_by_role("heading", level=1)).to_contain_text("Terms: set to Net 60")
    vendor.clear_requests()
    start = bob.get_by_role("button", name=re.compile(r"Change \d+ records"))
    start.click()
    assert keys + 1 <= 20
    undo = bob.get_by_role("button", name="Undo this bulk change")
    expect(undo).to_be_visible(timeout=60_000)
    done = bob.locator("main").inner_text()
    undo.click()
    changed = sent_terms(vendor)
    assert len(changed) >= 8
    assert [sorted(body) for body in changed] == [["termsId"]] * len(changed)
    vendor.clear_requests()
    start.click()
    expect(undo).to_be_visible(timeout=60_000)
    assert len(sent_terms(vendor)) == len(changed), done
    bob.goto(OVERDUE)
    expect(bob.locator("form.selection")).to_be_hidden()  # what has been looked at is not selected any more


def test_a_form_that_comes_back_leaves_its_rows_selected(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(LIST)
    boxes(bob).nth(0).click()
    boxes(bob).nth(1).click()
    bob.get_by_role("button", name="Change …").click()
    bob.locator("#bulk button.is-main").click()
    expect(bob.get_by_text("Choose a field.")).to_be_visible()
    bob.get_by_role("link", name="Cancel").click()
    expect(selected(bob)).to_have_text("2 bills selected")


IS_SEEN = """one => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def test_a_selection_is_kept_over_pages_and_can_be_all_that_match(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(LIST)
    boxes(bob).nth(1).click()
    boxes(bob).nth(4).click(modifiers=["Shift"])
    expect(selected(bob)).to_have_text("4 bills selected")
    assert bob.locator("tfoot .final").last.evaluate(IS_SEEN)
    bob.get_by_role("link", name="Next 50").click()
    bob.wait_for_url("**page=2**")
    press(bob, "j", "x")
    expect(selected(bob)).to_have_text("5 bills selected, 4 not on this page")
    bob.go_back()
    expect(bob.locator("#found tr.is-selected")).to_have_count(4)
    bob.get_by_role("searchbox").fill("zzz")
    expect(boxes(bob)).to_have_count(0)
    expect(selected(bob)).to_have_text("5 bills selected, 5 not on this page")
    bob.get_by_role("searchbox").fill("")
    expect(bob.locator("#found tr.is-selected")).to_have_count(4)
    total = bob.locator("#found").get_attribute("data-hits")
    bob.get_by_label(f"All {total} that match").check()
    expect(selected(bob)).to_have_text(f"{total} bills selected")
    bob.get_by_role("link", name="Next 50").click()
    bob.wait_for_url("**page=2**")
    expect(selected(bob)).to_have_text(f"{total} bills selected")
    boxes(bob).nth(0).click()  # is left out, and so is the row before
    bob.get_by_role("link", name="Previous 50").click()
    boxes(bob).nth(2).click()
    bob.locator("#found tbody tr").nth(2).locator("a.record").click()
    bob.wait_for_url("**list=**")
    press(bob, "b")
    but_two = int(total or 0) - 2
    expect(selected(bob)).to_have_text(f"{but_two} bills selected")
    expect(bob.get_by_label(f"All {total} that match, except 2")).to_be_checked()
    press(bob, "c")
    expect(bob.get_by_role("heading", level=1)).to_have_text(f"Change {but_two} bills")
    bob.go_back()
    bob.get_by_role("searchbox").fill("a")
    expect(selected(bob)).to_contain_text("5 bills selected")  # another filter would mean other rows
    bob.get_by_role("button", name="Clear selection").click()
    expect(bob.locator("form.selection")).to_be_hidden()


def test_what_is_left_out_on_one_page_of_a_dry_run_stays_so_on_the_next(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(LIST)
    boxes(bob).nth(0).click()
    total = int(bob.locator("#found").get_attribute("data-hits") or 0)
    bob.get_by_label(f"All {total} that match").check()
    press(bob, "c")
    bob.locator("select").first.select_option(label="Memo")
    bob.get_by_label("New value").fill("Left out on one page")
    bob.locator("#bulk button.is-main").click()
    start = bob.get_by_role("button", name=re.compile(r"Change \d+ records"))
    expect(start).to_have_text(f"Change {total} records")
    bob.locator("[name=take]").nth(0).uncheck()
    bob.locator("[name=take]").nth(1).press("Enter")  # which starts nothing
    bob.get_by_role("link", name="Next 100").click()
    bob.wait_for_url("**page=2**")
    expect(start).to_have_text(f"Change {total - 2} records")


def test_a_file_that_is_too_large_is_not_sent(open_page: OpenPage) -> None:
    bob = open_page("bob")
    bob.goto("/t/harbor/lists/bills/import/")
    large, small = (
        FilePayload(name="bills.csv", mimeType="text/csv", buffer=b"x" * size) for size in (6 * 1024 * 1024, 1)
    )
    bob.get_by_label("Excel or CSV file").set_input_files(files=[large])
    bob.get_by_role("button", name="Show what would change").click()
    said = bob.get_by_label("Excel or CSV file").evaluate("input => input.validationMessage")
    assert said.startswith("This file is larger than 6 MB.")
    bob.get_by_label("Excel or CSV file").set_input_files(files=[small])
    bob.get_by_role("button", name="Show what would change").click()
    expect(bob.locator("#file-error")).to_contain_text("This file was not exported to be edited")


def test_on_a_phone_the_bar_says_what_the_selected_rows_add_up_to(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob", color_scheme="dark")
    bob.set_viewport_size({"width": 390, "height": 800})
    until_read(bob, "harbor")
    bob.goto(OVERDUE)
    for number in range(3):
        boxes(bob).nth(number).click()
    amounts = bob.locator("#found tr.is-selected .at-sum").all_text_contents()
    total = sum((Decimal(re.sub(r"[^\d.]", "", text)) for text in amounts), Decimal(0))
    expect(bob.locator("[data-selected-sums]")).to_have_text(f"{total:,.2f}")
    axe(bob)
    bob.get_by_role("button", name="Change").click()
    bob.get_by_label("Field").select_option("expense_lines.account")
    expect(bob.get_by_label("New value")).to_be_visible()
    bob.get_by_label("Lines").select_option("equal")
    expect(bob.get_by_label("Present value")).to_be_visible()
    axe(bob)
