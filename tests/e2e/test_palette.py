"""The palette by keyboard: nothing that is typed is lost or goes elsewhere, and no late answer replaces a newer one."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browsing import OpenPage

from .steps import until_read

PALETTE = "**/search/?*palette=on*"


def find_input(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search all your companies")


def answer_late(page: Page, seconds: dict[str, float]) -> None:
    """Let the answers to these searches come so much later."""

    def answer(route: Route) -> None:
        (q,) = parse_qs(urlsplit(route.request.url).query, keep_blank_values=True).get("q", ["window"])
        time.sleep(seconds.get(q, 0))  # a slow network; the page goes on meanwhile
        route.continue_()

    page.route(PALETTE, answer)


def test_what_is_typed_before_the_window_is_there_is_searched_and_presses_no_shortcut(open_page: OpenPage) -> None:
    bob = open_page("bob")
    bob.goto("/t/abc/customers/")
    box = bob.locator("#content input[name=q]")
    box.focus()
    answer_late(bob, {"window": 0.5})
    for key in ("Control+k", "a", "b", "c", "Control+k"):
        bob.keyboard.press(key)
    expect(find_input(bob)).to_have_value("abc")
    expect(bob.locator("#palette")).to_have_count(1)
    expect(bob.locator("#palette-told")).to_contain_text("result")
    bob.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def test_a_late_answer_does_not_replace_a_newer_one(open_page: OpenPage) -> None:
    bob = open_page("bob")
    bob.goto("/t/abc/")
    answer_late(bob, {"har": 1.5})
    bob.keyboard.press("Control+k")
    find_input(bob).press_sequentially("har")
    bob.wait_for_timeout(200)  # so that it is asked for
    find_input(bob).press_sequentially("bor")
    expect(bob.locator("[data-q]")).to_have_attribute("data-q", "harbor")
    bob.wait_for_timeout(1500)  # the late answer has come
    expect(bob.locator("[data-q]")).to_have_attribute("data-q", "harbor")


def test_an_error_is_said_where_it_is_seen(open_page: OpenPage) -> None:
    bob = open_page("bob")
    bob.goto("/t/abc/")
    bob.keyboard.press("Control+k")
    expect(find_input(bob)).to_be_focused()
    bob.context.clear_cookies(name="desk_session")
    find_input(bob).press_sequentially("har")
    expect(bob.locator("#palette")).not_to_be_visible()
    expect(bob.locator("#alert")).to_contain_text("sign")


def test_a_screen_reader_is_told_of_hits_as_of_a_list_to_choose_from(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto("/t/abc/")
    bob.keyboard.press("Control+k")
    with bob.expect_response(lambda answer: "q=bills" in answer.url):  # that to fewer letters is replaced
        find_input(bob).press_sequentially("bills")
    expect(bob.locator(".htmx-request")).to_have_count(0)
    expect(bob.get_by_role("listbox", name="Results").get_by_role("option").first).to_be_visible()
    bob.keyboard.press("ArrowDown")
    chosen = bob.get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)
    expect(find_input(bob)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "none")
    axe(bob)
    find_input(bob).press_sequentially(" zzz")
    expect(bob.get_by_text("No match for")).to_be_visible()
    expect(find_input(bob)).to_have_attribute("aria-expanded", "false")
    axe(bob)
