"""Clashes decided without a mouse: another value typed, a removed line, and an undo after somebody else's change."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import HARBOR, is_saved, seals, type_over, until_read, updates

TYPED, REMOVED, UNDONE = "16E7-1501726359", "1707-1501757623", "1719-1501775209"  # five expenses each, nothing paid
SAVE = "Save Ctrl+S"


def enter(page: Page, bill: str) -> None:
    """Open the form of a bill and wait until nothing stirs."""
    until_read(page, "harbor")
    page.goto(f"/t/harbor/bills/{bill}/edit")
    seals(page)


def line(page: Page, number: int, member: str, text: str) -> None:
    """Enter an expense line with its button and type over one cell."""
    page.locator(f"#expense_lines-{number}").get_by_role("button", name="Edit").press("Enter")
    type_over(page.locator(f"[name=expense_lines-{number}-{member}]"), text)


def changed(vendor: Sandbox, bill: str, number: int, **members: str) -> None:
    """Change one expense line as a person in QuickBooks would."""
    lines = [{"id": one["id"]} for one in stored(vendor, bill)]
    lines[number] |= members
    vendor.change(endUserId=HARBOR, resource="bills", id=bill, changes={"expenseLines": lines})


def stored(vendor: Sandbox, bill: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = vendor.get(f"/quickbooks-desktop/bills/{bill}", HARBOR)["expenseLines"]
    return found


def test_a_clash_on_a_cell_of_a_line_is_decided_by_typing_another_value(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    enter(bob, TYPED)
    line(bob, 1, "amount", "100")
    changed(vendor, TYPED, 1, amount="200.00")
    bob.keyboard.press("Control+s")
    expect(bob.get_by_role("heading", level=1)).to_contain_text("while you were editing")
    axe(bob)
    bob.keyboard.press("n")
    bob.keyboard.press("4")
    bob.keyboard.press("ControlOrMeta+a")
    bob.keyboard.type("100+50")
    expect(bob.locator("[data-phase]")).to_have_text("All decided")
    bob.keyboard.press("Tab")
    expect(bob.get_by_role("radio", name="Enter another: 150.00")).to_be_checked()
    axe(bob)
    bob.keyboard.press("Control+s")
    is_saved(bob)
    assert stored(vendor, TYPED)[1]["amount"] == "150.00"


def test_a_removed_line_that_somebody_changed_is_asked_about_and_kept(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    enter(bob, REMOVED)
    type_over(bob.get_by_label("Memo").first, "Fewer lines")
    bob.locator("#expense_lines-2").get_by_role("button", name="Edit").press("Enter")
    bob.keyboard.press("Control+Delete")
    changed(vendor, REMOVED, 2, memo="Needed")
    bob.keyboard.press("Control+s")
    expect(bob.get_by_text("you removed it, QuickBooks has it changed")).to_be_visible()
    expect(bob.get_by_role("button", name=SAVE)).to_be_disabled()
    axe(bob)
    bob.keyboard.press("n")
    bob.keyboard.press("2")
    expect(bob.locator("[data-phase]")).to_have_text("All decided")
    bob.keyboard.press("Control+s")
    is_saved(bob)
    assert [len(stored(vendor, REMOVED)), stored(vendor, REMOVED)[2]["memo"]] == [5, "Needed"]
    assert updates(vendor, REMOVED)[-1].keys() == {"revisionNumber", "memo"}


def test_an_undo_after_somebody_elses_change_asks_about_what_they_changed_and_takes_back_the_rest(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob, alice = open_page("bob"), open_page("alice")
    enter(bob, UNDONE)
    memo = vendor.get(f"/quickbooks-desktop/bills/{UNDONE}", HARBOR)["memo"]
    type_over(bob.get_by_label("Memo").first, "A slip")
    line(bob, 0, "memo", "A slip too")
    bob.keyboard.press("Control+s")
    is_saved(bob)
    enter(alice, UNDONE)
    line(alice, 0, "memo", "Settled with the vendor")
    alice.keyboard.press("Control+s")
    is_saved(alice)
    bob.reload()
    bob.locator(".history a").last.press("Enter")
    bob.get_by_role("link", name="Undo this change").press("Enter")
    expect(bob.get_by_role("heading", level=1)).to_contain_text("Undo Bob’s change of")
    expect(bob.get_by_role("button", name="Undo it Ctrl+S")).to_be_disabled()
    axe(bob)
    bob.keyboard.press("n")
    bob.keyboard.press("2")
    expect(bob.get_by_role("radio", name="Keep the current value: Settled with the vendor")).to_be_checked()
    bob.keyboard.press("Control+s")
    is_saved(bob)
    axe(bob)
    now = vendor.get(f"/quickbooks-desktop/bills/{UNDONE}", HARBOR)
    assert (now["memo"], now["expenseLines"][0]["memo"]) == (memo, "Settled with the vendor")
