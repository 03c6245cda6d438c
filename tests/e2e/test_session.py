"""What was typed outlives the session, and two clicks are one save."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import OpenPage, sign_in
from tests.support.vendor import Sandbox

from .steps import agree, is_saved, save, take, type_over, until_read, updates

# Records that no other browser test changes: the tests of one process share a desk.
FORESTWALK = "1700-1501750784"  # two expenses and 24 × 14.25 of fixtures
BLUFFROCK = "8000017F-1500374191"
TYPED_ON = "800000E1-1500219825"
SHARED = "80000038-1500054712"
TAKEN = "80000130-1500297008"
UNSCRIPTED = "8000008E-1500138734"


def type_into_bill(page: Page) -> None:
    """Change the head of a bill, a line that stands there, and add a line."""
    page.goto(f"/t/harbor/bills/{FORESTWALK}/edit")
    type_over(memo(page), "Checked by phone")
    page.locator("#item_lines-0").get_by_role("button", name="Edit").click()
    type_over(page.locator("[name=item_lines-0-quantity]"), "25")
    page.get_by_role("button", name="Add expense").click()
    take(page, page.locator("[name=expense_lines-2-account]"), "util")
    type_over(page.locator("[name=expense_lines-2-amount]"), "9.99")


def holds_everything(page: Page) -> None:
    expect(memo(page)).to_have_value("Checked by phone")
    expect(page.locator("[name=item_lines-0-quantity]")).to_have_value("25")
    expect(page.locator("[name=expense_lines-2-account]")).to_have_value("Utilities")
    expect(page.locator("[name=expense_lines-2-amount]")).to_have_value("9.99")


def memo(page: Page) -> Locator:
    return page.get_by_label("Memo", exact=True).first


def sign_in_beside(page: Page, person: str) -> Page:
    """Follow the notice's link, and sign in as somebody in the tab that it opens."""
    with page.expect_popup() as opened:
        page.locator("#alert").get_by_role("link", name="Sign in").click()
    opened.value.get_by_role("button", name=person).click()
    expect(opened.value.get_by_role("heading", name=f"You are signed in as {person.lower()}")).to_be_visible()
    return opened.value


def test_a_form_stays_while_its_author_signs_in_beside_it_and_is_saved(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    type_into_bill(bob)
    bob.context.clear_cookies(name="desk_session")
    bob.get_by_role("button", name="Save Ctrl+S").click()
    expect(bob.locator("#alert")).to_contain_text("You are signed out.")
    holds_everything(bob)
    axe(bob)
    axe(sign_in_beside(bob, "Bob"))
    expect(bob.locator("#alert")).to_be_empty()
    expect(bob.locator("#draft-kept")).to_contain_text("Draft saved at")
    holds_everything(bob)
    assert updates(vendor, FORESTWALK) == []
    bob.get_by_role("button", name="Save Ctrl+S").click()
    agree(bob)
    is_saved(bob)
    (body,) = updates(vendor, FORESTWALK)
    assert (body["memo"], body["expenseLines"][2]["amount"]) == ("Checked by phone", "9.99")


def test_what_is_typed_after_a_new_sign_in_in_another_tab_is_kept(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/customers/{TYPED_ON}/edit")
    other = bob.context.new_page()
    bob.context.clear_cookies(name="desk_session")
    sign_in(other, "bob")
    type_over(bob.get_by_label("Phone", exact=True), "555-0178")
    expect(bob.locator("#draft-kept")).to_contain_text("Draft saved at")
    expect(bob.locator("#alert")).to_be_empty()


def test_a_block_is_pasted_after_a_new_sign_in_in_another_tab(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/bills/{FORESTWALK}/edit")
    bob.get_by_role("button", name="Add expense").click()
    other = bob.context.new_page()
    bob.context.clear_cookies(name="desk_session")
    sign_in(other, "bob")
    bob.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bob.bring_to_front()
    bob.evaluate("navigator.clipboard.writeText('Utilities\\tWater\\t9.99\\n')")
    bob.locator("tr.is-new .c-item input").press("ControlOrMeta+v")
    expect(bob.locator("[data-pasted]")).to_contain_text("1 line pasted")
    expect(bob.locator("tr.is-new [name$=-amount]")).to_have_value("9.99")


def test_nobody_else_sees_what_was_typed_before_they_signed_in(open_page: OpenPage, vendor: Sandbox) -> None:
    alice = open_page("alice")
    until_read(alice, "harbor")
    alice.goto(f"/t/harbor/customers/{SHARED}/edit")
    type_over(alice.get_by_label("Phone", exact=True), "555-0179")
    alice.context.clear_cookies(name="desk_session")
    alice.keyboard.press("ControlOrMeta+s")
    other = sign_in_beside(alice, "Bob")
    expect(alice.locator("#content")).to_contain_text("What was typed here was not saved under their account")
    expect(alice.get_by_label("Phone", exact=True)).to_have_count(0)
    other.goto(f"/t/harbor/customers/{SHARED}/edit")
    expect(other.get_by_label("Phone", exact=True)).not_to_have_value("555-0179")
    expect(other.get_by_text("You have an unsaved draft")).to_have_count(0)
    other.context.clear_cookies(name="desk_session")
    sign_in(other, "alice")
    expect(alice.get_by_label("Phone", exact=True)).to_have_value("555-0179")
    save(alice)
    assert [body["phone"] for body in updates(vendor, SHARED)] == ["555-0179"]


def test_a_form_open_under_somebody_elses_session_is_refused_and_put_away(open_page: OpenPage, vendor: Sandbox) -> None:
    alice, bob = open_page("alice"), open_page("bob")
    until_read(alice, "harbor")
    alice.goto(f"/t/harbor/customers/{TAKEN}/edit")
    (session,) = (cookie["value"] for cookie in bob.context.cookies() if cookie["name"] == "desk_session")
    alice.get_by_label("Phone", exact=True).focus()
    alice.context.add_cookies([{"name": "desk_session", "value": session, "url": alice.url.split("/t/")[0]}])
    alice.keyboard.type("555-0181")  # the form may be put away meanwhile
    expect(alice.locator("#content")).to_contain_text("What was typed here was not saved under their account")
    expect(alice.get_by_label("Phone", exact=True)).to_have_count(0)
    bob.goto(f"/t/harbor/customers/{TAKEN}/edit")
    expect(bob.get_by_text("You have an unsaved draft")).to_have_count(0)


@pytest.mark.parametrize(("person", "finds"), [("Alice", "555-0180"), ("Bob", "")])
def test_without_a_script_its_author_alone_finds_what_was_typed(
    open_page: OpenPage, vendor: Sandbox, person: str, finds: str
) -> None:
    alice = open_page("alice", java_script_enabled=False)
    until_read(alice, "harbor")
    alice.goto(f"/t/harbor/customers/{UNSCRIPTED}/edit")
    was = alice.get_by_label("Phone", exact=True).input_value()
    alice.get_by_label("Phone", exact=True).fill("555-0180")
    alice.context.clear_cookies(name="desk_session")
    alice.get_by_role("button", name="Save Ctrl+S").click()
    expect(alice.get_by_text("You are signed out.")).to_be_visible()
    alice.get_by_role("button", name=person).click()
    expect(alice.get_by_label("Phone", exact=True)).to_have_value(finds or was)
    said = "Everything you typed is back in the form." if finds else "Nothing that alice typed was used."
    expect(alice.get_by_text(said)).to_be_visible()
    assert updates(vendor, UNSCRIPTED) == []


def test_a_double_click_on_save_is_one_edit_and_one_update(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/customers/{BLUFFROCK}/edit")
    type_over(bob.get_by_label("Phone", exact=True), "555-0177")
    bob.get_by_role("button", name="Save Ctrl+S").dblclick()
    is_saved(bob)
    expect(bob.get_by_role("region", name="History").get_by_role("listitem")).to_have_count(1)
    assert len(updates(vendor, BLUFFROCK)) == 1
