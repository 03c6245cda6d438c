"""Typing outlives its tab, and a record that moves under an open form is brought in, all with the keyboard."""

from collections.abc import Callable

from playwright.sync_api import Page, Request, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import HARBOR, is_saved, save, type_over, until_read, updates

RESUMED = "80000004-1234567890"
REBASED = "173F-1501812335"


def focus(page: Page, label: str) -> None:
    """Put the caret into a field as Tab would."""
    page.get_by_label(label, exact=True).first.focus()


def kept(page: Page) -> None:
    expect(page.locator("#draft-kept")).to_contain_text("Draft saved at")


def is_draft(request: Request) -> bool:
    return "draft=1" in (request.post_data or "")


def why_a_save_failed_stays_while_its_draft_is_kept(page: Page, form: str) -> None:
    page.route(f"**{form}", lambda route: route.continue_() if is_draft(route.request) else route.abort())
    with page.expect_response(lambda answer: is_draft(answer.request)):
        page.keyboard.press("ControlOrMeta+s")
        expect(page.locator("#alert")).to_contain_text("Ledgerdesk could not be reached. What you typed is still here.")
    kept(page)
    expect(page.locator("#alert")).to_contain_text("Ledgerdesk could not be reached.")
    page.unroute(f"**{form}")


def test_what_was_typed_is_offered_back_after_the_tab_was_closed(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    form = f"/t/abc/customers/{RESUMED}/edit"
    bob.goto(form)
    focus(bob, "Phone")
    bob.keyboard.press("ControlOrMeta+a")
    bob.keyboard.type("555-0142")
    kept(bob)
    why_a_save_failed_stays_while_its_draft_is_kept(bob, form)
    bob.goto("/t/abc/edits/drafts/")
    for width in (1280, 1440, 390):
        bob.set_viewport_size({"width": width, "height": 800})
        expect(bob.get_by_role("button", name="Delete draft of").first).to_be_in_viewport(ratio=1)
    context = bob.context
    bob.close()
    alice = open_page("alice")
    alice.goto(form)
    type_over(alice.get_by_label("Fax", exact=True), "555-0143")
    save(alice)
    bob = context.new_page()
    bob.goto(form)
    expect(bob.get_by_role("region", name="Your unsaved changes to this record")).to_contain_text("→ 555-0143")
    axe(bob)
    bob.get_by_role("link", name="Continue editing").focus()
    bob.keyboard.press("Enter")
    expect(bob.get_by_label("Phone", exact=True)).to_have_value("555-0142")
    bob.get_by_role("button", name="Load their changes").first.focus()
    bob.keyboard.press("Enter")
    expect(bob.get_by_label("Fax", exact=True)).to_have_value("555-0143")
    bob.keyboard.press("ControlOrMeta+s")
    is_saved(bob)
    sent = [{name: body[name] for name in body if name != "revisionNumber"} for body in updates(vendor, RESUMED)]
    assert sent == [{"fax": "555-0143"}, {"phone": "555-0142"}]
    context.close()


def test_a_colleagues_save_is_brought_in_while_typing(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob, alice = open_page("bob"), open_page("alice")
    until_read(bob, "harbor")
    form = f"/t/harbor/bills/{REBASED}/edit"
    bob.goto(form)
    focus(bob, "Memo")
    bob.keyboard.press("ControlOrMeta+a")
    bob.keyboard.type("Checked")
    alice.goto(form)
    type_over(alice.get_by_label("Number", exact=True).first, "ALICE-1")
    alice.keyboard.press("ControlOrMeta+s")
    is_saved(alice)
    bob.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when they come back to the tab
    expect(bob.locator("#live")).to_contain_text("Alice saved this bill")
    axe(bob)
    bob.keyboard.type(" by phone")
    bob.keyboard.press("ControlOrMeta+b")
    expect(bob.get_by_label("Number", exact=True).first).to_have_value("ALICE-1")
    expect(bob.get_by_label("Memo", exact=True).first).to_have_value("Checked by phone")
    bob.keyboard.press("ControlOrMeta+s")
    is_saved(bob)
    assert [set(body) - {"revisionNumber"} for body in updates(vendor, REBASED)] == [{"refNumber"}, {"memo"}]


def test_whoever_goes_elsewhere_while_it_is_saved_is_told_there(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    vendor.fault(endUserId=HARBOR, operation="update", resource="bills", count=1, fault="slow", seconds=4)
    bob.goto("/t/harbor/bills/1740-1501813312/edit")
    type_over(bob.get_by_label("Memo", exact=True).first, "Seen")
    bob.keyboard.press("ControlOrMeta+s")
    expect(bob.locator("[data-phase]")).to_contain_text("Saving")
    bob.goto("/t/harbor/customers/")
    expect(bob.locator(".messages")).to_contain_text("was saved.")
