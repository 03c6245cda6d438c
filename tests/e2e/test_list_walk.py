"""The list goes with a person: back to the same row from wherever they went, and on to the next record."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import is_saved, type_over, until_read, updates

CUSTOMERS = "/t/harbor/customers/"
LIST = f"{CUSTOMERS}?sort=-full_name&size=50&page=2"
ROWS = "[data-rows] a.record"
Way = Callable[[Page], None]


def get_row(page: Page, number: int) -> str:
    return str(page.locator(ROWS).nth(number).get_attribute("id"))


def is_back(page: Page, row: str) -> None:
    """The same list is shown, with the row in sight and focused."""
    link = page.locator(f"[id='{row}']")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    expect(page).to_have_url(re.compile(re.escape(f"{LIST}#{row}") + "$"))


def press(*keys: str) -> Way:
    """Press keys that lead from page to page."""

    def walk(page: Page) -> None:
        for key in keys:
            page.wait_for_load_state()  # scripts listen to keys from then on
            with page.expect_navigation():
                page.keyboard.press(key)

    return walk


def follow(*names: str) -> Way:
    """Press e for the form, and follow links or buttons by name."""

    def walk(page: Page) -> None:
        for name in names:
            if name == "e":
                press("e")(page)
            else:
                page.locator("#content").get_by_text(name, exact=True).first.click()
                page.wait_for_load_state()

    return walk


def change_and_save(page: Page) -> None:
    press("e")(page)
    type_over(page.get_by_label("Phone", exact=True), "555-0133")
    page.keyboard.press("Control+s")
    is_saved(page)
    follow("Back to the list")(page)


def go_back(page: Page) -> None:
    page.go_back()


def go_back_from_the_form(page: Page) -> None:
    press("e")(page)
    page.go_back()
    page.wait_for_load_state()
    page.go_back()


WAYS: tuple[Way, ...] = (
    press("b"),
    follow("Customers"),
    go_back,
    go_back_from_the_form,
    follow("e", "Customers"),
    follow("e", "Discard", "Customers"),
    change_and_save,
    follow("Full history", "Open the customer", "Customers"),
    follow("Saved", "Open the customer", "Customers"),
    press("]", "]", "[", "[", "b"),
)


def test_ten_ways_lead_back_to_the_same_row(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(LIST)
    row = get_row(bob, 20)
    for way in WAYS:
        bob.locator(f"[id='{row}']").click()
        expect(bob.get_by_role("link", name="Next customer")).to_be_visible()
        way(bob)
        is_back(bob, row)


def test_the_way_back_leads_to_the_row_without_a_script(open_page: OpenPage) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "harbor")
    bob.goto(LIST)
    row = get_row(bob, 20)
    for names in (["Customers"], ["Edit e", "Customers"], ["Next customer ]", "Previous customer [", "Customers"]):
        bob.locator(f"[id='{row}']").click()
        for name in names:
            bob.locator("#content").get_by_role("link", name=name, exact=True).click()
        expect(bob.locator("a.record:target")).to_have_id(row)
        expect(bob.locator(f"[id='{row}']")).to_be_in_viewport()


def test_save_and_next_walks_a_list_that_its_saves_empty(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"{CUSTOMERS}?q=granitestone&sort=-full_name")
    ids = [str(link.get_attribute("id")).removeprefix("row-") for link in bob.locator(ROWS).all()]
    bob.locator("[data-edit]").first.click()
    for number in range(len(ids)):
        expect(bob.get_by_text(f"{number + 1} of {len(ids)}", exact=True)).to_be_visible()
        bob.get_by_role("checkbox", name="Active").uncheck()
        bob.keyboard.press("Control+Enter")
    expect(bob.locator(".messages")).to_contain_text("This was the last customer of the list.")
    wait_until(lambda: [u["isActive"] for id in ids for u in updates(vendor, id)] == [False] * len(ids))
    bob.goto(f"{CUSTOMERS}?q=granitestone&sort=-full_name")
    expect(bob.get_by_text("No customers match this search.")).to_be_visible()


def test_the_search_box_leads_to_its_first_row_and_opens_the_only_one(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(CUSTOMERS)
    bob.keyboard.press("/")
    bob.keyboard.type("st")
    bob.keyboard.press("Enter")
    rows = bob.locator(ROWS)
    expect(rows.first).to_be_focused()
    expect(bob).to_have_url(re.compile(r"/customers/\?q=st$"))
    bob.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    for _ in range(2):
        bob.keyboard.press("ArrowUp")
    expect(bob.locator("[data-key='/']")).to_be_focused()
    bob.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    name = rows.first.inner_text()
    bob.keyboard.press("/")
    bob.keyboard.type(name)
    bob.keyboard.press("Enter")
    expect(bob.get_by_role("heading", level=1)).to_be_visible()


def test_a_typed_search_goes_with_a_chip_and_is_one_step_of_the_browser(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto("/t/harbor/")
    bob.goto("/t/harbor/bills/")
    bob.locator("[data-key='/']").press_sequentially("con", delay=200)
    expect(bob).to_have_url(re.compile(r"/bills/\?q=con$"))
    bob.locator("[data-key='/']").press_sequentially("crete")
    bob.get_by_role("link", name="All", exact=True).click()
    expect(bob).to_have_url(re.compile(r"/bills/\?q=concrete&state=all$"))
    shown = bob.locator(ROWS).all_inner_texts()
    bob.reload()
    expect(bob.locator(ROWS)).to_have_text(shown)
    for path in ("/bills/", "/t/harbor/"):
        bob.go_back()
        expect(bob).to_have_url(re.compile(path))
    assert not bob.url.endswith("bills/")


def test_a_click_anywhere_on_a_row_opens_it_but_not_one_that_selects_text(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(LIST)
    cell = bob.locator("[data-rows] tr").first.locator("td").nth(2)
    with bob.context.expect_page() as opened:
        cell.click(modifiers=["ControlOrMeta"])
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    cell.dblclick()
    bob.wait_for_url(re.compile(r"/customers/[^/?]+/\?list="))
