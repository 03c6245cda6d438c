"""Two companies through the same processes: neither ever meets the other."""

import re

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import ABC, HARBOR, is_saved, type_over, until_read

OWN = {"abc": (ABC, "80000005-1234567890"), "harbor": (HARBOR, "80000079-1500118217")}
ALL_AT_ONCE = """async (paths) => Promise.all(paths.map(async (path) => {
    const answer = await fetch(path);
    return [path, await answer.text()];
}))"""


def rows(html: str) -> set[str]:
    """The ids of the customers that a page links to."""
    return set(re.findall(r"/t/[^/]+/customers/([^/\"?]+)/", html))


def ids(vendor: Sandbox, end_user: str) -> set[str]:
    found: set[str] = set()
    cursor: dict[str, str] = {}
    while True:
        page = vendor.get("/quickbooks-desktop/customers", end_user, status="all", limit=150, **cursor)
        found |= {row["id"] for row in page["data"]}
        if not page["hasMore"]:
            return found
        cursor = {"cursor": page["nextCursor"]}


def change_phone(page: Page, slug: str) -> None:
    page.goto(f"/t/{slug}/customers/{OWN[slug][1]}/edit")
    type_over(page.get_by_label("Phone", exact=True), f"555-{len(slug)}")


def test_pages_asked_for_all_at_once_show_the_rows_of_their_own_company(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "abc", "harbor")
    bob.goto("/t/abc/")
    paths = [f"/t/{slug}/customers/?state=all&size=250" for _ in range(8) for slug in OWN]
    known = {f"/t/{slug}/": ids(vendor, end_user) for slug, (end_user, _) in OWN.items()}
    for path, html in bob.evaluate(ALL_AT_ONCE, paths):
        own = known[path.partition("customers")[0]]
        assert rows(html) <= own
        assert len(rows(html)) == min(len(own), 250)


def test_saves_side_by_side_carry_their_own_end_user_and_no_cookie(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "abc", "harbor")
    other = bob.context.new_page()
    vendor.clear_requests()
    change_phone(bob, "abc")
    change_phone(other, "harbor")
    bob.get_by_role("button", name="Save Ctrl+S").click(no_wait_after=True)
    other.get_by_role("button", name="Save Ctrl+S").click(no_wait_after=True)
    is_saved(bob)
    is_saved(other)
    seen = vendor.requests()
    for end_user, record in OWN.values():
        assert {r["endUserId"] for r in seen if record in r["path"]} == {end_user}
    assert [r for r in seen if "cookie" in r["headers"]] == []


def test_the_switcher_leads_from_one_company_into_the_same_section_of_another(open_page: OpenPage) -> None:
    bob = open_page("bob")
    bob.goto("/t/abc/bills/")
    for key in ("g", "s"):
        bob.keyboard.press(key)
    expect(bob.get_by_role("searchbox", name="Find a company")).to_be_focused()
    bob.keyboard.type("harb")
    bob.keyboard.press("Enter")  # before or after the answer to the search
    expect(bob).to_have_url(re.compile("/t/harbor/bills/$"))
    bob.get_by_label("Company: Harbor & Pine Builders. Change").click()
    bob.get_by_role("searchbox", name="Find a company").press_sequentially("abc")
    expect(bob.locator(".company-found li")).to_have_count(1)
    bob.keyboard.press("ArrowDown")
    bob.keyboard.press("Enter")
    expect(bob).to_have_url(re.compile("/t/abc/bills/$"))


def test_the_palette_leads_to_a_bill_of_another_company_and_back(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc", "harbor")
    bob.goto("/t/harbor/customers/")
    bob.keyboard.press("Control+k")
    search = bob.get_by_role("combobox", name="Search all your companies")
    expect(search).to_be_focused()
    search.press_sequentially("abc corporation bills")
    bob.keyboard.press("Enter")
    expect(bob).to_have_url(re.compile("/t/abc/bills/$"))
    number = bob.locator("[data-rows] a.record").first.inner_text()
    bob.goto("/t/harbor/customers/")
    bob.keyboard.press("Control+k")
    expect(search).to_be_focused()
    bob.keyboard.press("Escape")
    expect(bob.locator("#palette")).not_to_be_visible()
    bob.keyboard.press("Control+k")
    search.press_sequentially(number)
    bob.locator("#palette [aria-label=Bills] a", has_text="ABC Corporation").first.click()
    expect(bob).to_have_url(re.compile("/t/abc/bills/.+/$"))
    bob.go_back()
    expect(bob).to_have_url(re.compile("/t/harbor/customers/$"))
