"""An administrator invites somebody, sets their role and removes them, and what they left open is handed over."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage

from .steps import type_over, until_read

MEMBERS = "/t/harbor/members/"
PASSWORD = "tall grass by the river"
Check = Callable[[Page], None]


def test_somebody_is_invited_works_and_leaves_and_another_goes_on(open_page: OpenPage, axe: Check) -> None:
    alice, frida = open_page("alice"), open_page(None)
    until_read(alice, "harbor")
    accept(frida, invite(alice, axe), axe)
    make_bookkeeper(alice)
    form = leave_a_draft(frida)
    remove(alice, axe)
    frida.goto("/t/harbor/")
    expect(frida.get_by_role("heading", name="Sign in to Ledgerdesk")).to_be_visible()
    go_on(alice, form)


def invite(alice: Page, axe: Check) -> str:
    """Invite an address, and return the link that is shown this once."""
    alice.goto("/t/harbor/")
    alice.locator("details.person summary").click()
    alice.get_by_role("link", name="Members").click()
    alice.get_by_label("Email address").fill("frida@example.com")
    alice.get_by_label("Role").select_option("viewer")
    axe(alice)
    alice.get_by_role("button", name="Invite").click()
    axe(alice)
    link = alice.get_by_label("Link of the invitation").input_value()
    alice.get_by_role("link", name="Done").click()
    expect(alice.get_by_role("region", name="Open invitations")).to_contain_text("frida@example.com")
    return link


def accept(frida: Page, link: str, axe: Check) -> None:
    frida.goto(link)
    expect(frida.get_by_role("heading", level=1)).to_have_text("Join Harbor & Pine Builders")
    axe(frida)
    frida.get_by_label("Username").fill("frida")
    frida.get_by_label("Password", exact=True).fill(PASSWORD)
    frida.get_by_label("Password again").fill(PASSWORD)
    frida.get_by_role("button", name="Create account and join").click()
    expect(frida.locator(".messages")).to_contain_text("Welcome to Harbor & Pine Builders. You are viewer there.")


def make_bookkeeper(alice: Page) -> None:
    alice.goto(MEMBERS)
    alice.get_by_role("link", name="Frida").click()
    alice.get_by_label("Role in this company").select_option("bookkeeper")
    alice.get_by_role("button", name="Set role").click()
    expect(alice.locator(".messages")).to_contain_text("frida is now bookkeeper of Harbor & Pine Builders.")


def leave_a_draft(frida: Page) -> str:
    """Type into a customer's form without saving; return the address of the form."""
    frida.goto("/t/harbor/customers/")
    page = frida.locator("a.record").first.get_attribute("href") or ""
    form = f"{page.partition('?')[0]}edit"
    frida.goto(form)
    type_over(frida.get_by_label("Phone", exact=True).first, "555-0177")
    expect(frida.locator("#draft-kept")).to_contain_text("Draft saved at")
    return form


def remove(alice: Page, axe: Check) -> None:
    alice.goto(MEMBERS)
    alice.get_by_role("link", name="Frida").click()
    removal = alice.get_by_role("region", name="Remove")
    expect(removal).to_contain_text("What is left open (1 draft) goes to the member that you choose")
    axe(alice)
    removal.get_by_label("Hand over to").select_option("alice")
    removal.get_by_role("button", name="Remove from company").click()
    expect(alice.locator(".messages")).to_contain_text("Handed over to alice: 1 draft.")
    axe(alice)


def go_on(alice: Page, form: str) -> None:
    """Go on with the draft that was handed over, and delete it: other walks use this customer too."""
    alice.goto("/t/harbor/edits/drafts/")
    handed = alice.locator("li", has_text="Handed over from Frida to Alice by Alice")
    handed.get_by_role("link", name="Continue editing").click()
    expect(alice.get_by_label("Phone", exact=True).first).to_have_value("555-0177")
    expect(alice).to_have_url(re.compile(re.escape(form)))
    alice.goto("/t/harbor/edits/drafts/")
    handed.get_by_role("button", name="Delete draft").click()
