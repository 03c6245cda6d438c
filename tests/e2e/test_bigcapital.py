"""A customer of a Bigcapital company, edited and merged on the same pages as any other."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import JUNIPER, JUNIPER_KEY, Sandbox

from .steps import type_over, until_read

SAVE = "Save Ctrl+S"


def test_a_customer_in_bigcapital_is_found_edited_and_merged(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "juniper")
    bob.goto("/t/juniper/customers/")
    axe(bob)
    bob.keyboard.press("/")
    bob.keyboard.type("alder finch")
    expect(bob.locator("tbody[data-rows] tr")).to_have_count(1)
    bob.get_by_role("link", name="Alder & Finch Studio", exact=True).click()
    expect(bob.locator("#live")).to_contain_text("checked with Bigcapital")
    axe(bob)
    bob.keyboard.press("e")
    expect(bob.get_by_text("Postal codes can only be changed in Bigcapital.").first).to_be_visible()
    axe(bob)
    type_over(bob.get_by_label("Bill to, city"), "Harlow")
    bob.get_by_role("button", name=SAVE).click()
    expect(bob.locator(".messages")).to_contain_text("Saved.")

    bob.keyboard.press("e")
    type_over(bob.get_by_label("Work phone", exact=True), "555-0101")
    type_over(bob.get_by_label("Website", exact=True), "https://finch.example")
    vendor.change(organizationId=JUNIPER, id="1", changes={"work_phone": "555-0202", "email": "new@finch.example"})
    bob.get_by_role("button", name=SAVE).click()
    expect(bob.get_by_role("heading", level=1)).to_contain_text("changed in Bigcapital while you were editing")
    axe(bob)
    bob.get_by_role("radio", name="Keep yours: 555-0101").check()
    bob.get_by_role("button", name=SAVE).click()
    expect(bob.locator(".messages")).to_contain_text("Saved.")
    axe(bob)
    headers = {"Authorization": f"Bearer {JUNIPER_KEY}"}
    stored = vendor.http.get("/api/customers/1", headers=headers).json()
    names = ("billing_address_city", "work_phone", "website", "email")
    assert [stored[name] for name in names] == ["Harlow", "555-0101", "https://finch.example", "new@finch.example"]


def test_a_save_that_has_to_wait_says_for_how_long_and_is_carried_out(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "juniper")
    vendor.limits(auth={"calls": 1, "seconds": 6})
    try:
        for phone in ("555-0111", "555-0122"):
            bob.goto("/t/juniper/customers/3/edit")
            type_over(bob.get_by_label("Work phone", exact=True), phone)
            bob.get_by_role("button", name=SAVE).click()
            if phone == "555-0122":
                expect(bob.locator("#save-state")).to_contain_text("Bigcapital asks us to wait.")
            expect(bob.locator(".messages")).to_contain_text("Saved.")
            expect(bob.get_by_role("definition").get_by_text(phone, exact=True).first).to_be_visible()
    finally:
        vendor.limits(auth={"calls": 10, "seconds": 60})
