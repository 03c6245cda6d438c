"""A bill: found, a quantity changed, an expense added, saved, and seen by somebody else."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import HARBOR, save, take, type_over, until_read, updates

BADGERPEAK = "16D9-1501712681"  # 1,608.75 of electrical work and 15 × 14.25 of lumber
PAGE = f"/t/harbor/bills/{BADGERPEAK}/"
WIDE = "/t/abc/bills/123ABC-1234567890/edit"  # with a value in every column, paid in part, in a foreign currency


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


def box(page: Page, selector: str) -> dict[str, float]:
    """The edges and the size of the first match, in pixels of the window."""
    found: dict[str, float] = page.locator(selector).first.evaluate("one => one.getBoundingClientRect().toJSON()")
    return found


# As if a bill had a second and a third check, folded like its first and each with a long title.
ADD_CHECKS = """() => {
  const list = document.querySelector(".guards.is-folded");
  while (list.children.length < 3) list.append(list.firstElementChild.cloneNode(true));
  for (const one of list.querySelectorAll("strong")) one.textContent = "This vendor already has two bills of 1,824.55.";
  return list.children.length;
}"""


def test_the_lines_begin_high_up_and_wide_ones_scroll_inside_their_table(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    bob.set_viewport_size({"width": 1280, "height": 800})
    until_read(bob, "abc")
    bob.goto(WIDE)
    assert bob.evaluate(ADD_CHECKS) == 3
    assert (box(bob, "tr.line")["top"] < 400, box(bob, "tr.line > :nth-child(3)")["width"] >= 160) == (True, True)
    edit = box(bob, "tr.line .c-act button")
    assert (edit["width"] >= 24, edit["height"] >= 24, edit["right"] < 1280) == (True, True, True)
    assert box(bob, "thead .c-bill")["right"] <= box(bob, "tr.line > .c-act")["left"]
    widths = []
    for width in (720, 1280):
        bob.set_viewport_size({"width": width, "height": 800})
        widths.append((bob.evaluate("document.documentElement.scrollWidth"), box(bob, ".company-name")["width"] > 60))
    assert widths == [(720, True), (1280, True)]
    bob.keyboard.press("g")
    bob.keyboard.press("l")
    bob.keyboard.press("Enter")
    for column in ("Account", "Memo", "Amount", "Customer:job", "Class", "Billable", "Tax code", "Sales rep"):
        focused = bob.get_by_role("row").locator(":focus")
        expect(focused).to_have_accessible_name(f"Line 1, {column}")
        expect(focused).to_be_in_viewport(ratio=1)
        bob.keyboard.press("Tab")
    expect(bob.get_by_role("button", name="Save Ctrl+S")).to_be_in_viewport(ratio=1)
    axe(bob)


@pytest.mark.parametrize("path", [WIDE.removesuffix("edit"), PAGE])
def test_no_amount_of_a_line_is_covered_or_cut_on_paper(open_page: OpenPage, path: str) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(path)
    bob.emulate_media(media="print")
    bob.set_viewport_size({"width": 733, "height": 2400})  # A4 between its margins
    seen = """amounts => amounts.map(one => {
        const box = one.getBoundingClientRect();
        const shown = document.elementFromPoint(box.right - 4, box.top + box.height / 2);
        return one.contains(shown) && box.right <= innerWidth && one.scrollWidth <= one.clientWidth;
    })"""
    amounts = bob.locator("tr.line .c-amount:not(:empty)").evaluate_all(seen)
    assert (len(amounts) > 0, set(amounts)) == (True, {True})


def test_a_new_line_has_the_keys_of_a_laptop_and_the_name_of_its_place(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto("/t/harbor/bills/16E3-1501722451/edit")
    bob.locator("#item_lines-0").get_by_role("button", name="Edit").click()
    bob.locator("[name=item_lines-0-quantity]").press("Alt+Enter")
    expect(bob.locator(":focus")).to_have_accessible_name(re.compile(r"Line \d+, Item$"))
    bob.keyboard.press("Alt+Enter")
    expect(bob.locator("tr.line.is-new[id^=item_lines]")).to_have_count(2)
    names = [one.get_attribute("aria-label") for one in bob.locator("tr.is-new [name$=-amount]").all()]
    last = bob.locator("tr.line[id^=item_lines]").count()
    assert names == [f"Line {last - 1}, Amount", f"Line {last}, Amount"]


def test_what_is_chosen_and_what_rests_is_told_apart_in_forced_colors(open_page: OpenPage) -> None:
    bob = open_page("bob", forced_colors="active")
    until_read(bob, "harbor")
    bob.goto("/t/harbor/bills/?state=open")
    look = "one => { const { color, backgroundColor } = getComputedStyle(one); return [color, backgroundColor]; }"
    pairs = [(".nav a[aria-current]", ".nav a:not([aria-current])"), (".chip.is-on", ".chip:not(.is-on)")]
    looks = [[bob.locator(one).first.evaluate(look) for one in pair] for pair in pairs]
    bob.goto(f"{PAGE}edit")
    save = bob.get_by_role("button", name="Save Ctrl+S")
    resting = save.evaluate(look)
    type_over(bob.get_by_label("Memo", exact=True).first, "Seen")
    expect(save).to_be_enabled()
    looks.append([resting, save.evaluate(look)])
    assert [one != other for one, other in looks] == [True, True, True]
