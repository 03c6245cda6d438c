"""Nobody waits for the books: forty bills are corrected in one go, and what is not sent yet can be taken back."""

import re
import time

from playwright.sync_api import expect

from tests.support.browsing import OpenPage
from tests.support.figures import Note
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import ABC, HARBOR, type_over, until_read, updates

BILLS = "/t/harbor/bills/?sort=-due_date&size=50"
COUNT = 40
TWO = ("8000000C-1234567890", "8000000D-1234567890")
PHONE, OTHER_PHONE, OWN = "555-0121", "555-0122", "#save-state"


def test_forty_bills_are_corrected_without_waiting_one_refused_and_one_in_conflict(
    open_page: OpenPage, vendor: Sandbox, figure: Note
) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(BILLS)
    hrefs = bob.locator("[data-rows] a.record").evaluate_all("all => all.map(one => one.pathname)")
    keys = [href.rstrip("/").rpartition("/")[2] for href in hrefs[:COUNT]]
    assert len(set(keys)) == COUNT
    vendor.fault(
        endUserId=HARBOR, operation="update", resource="bills", fault="refuse", integrationCode="3180", count=1
    )
    vendor.fault(endUserId=HARBOR, operation="update", fault="slow", seconds=0.2, count=None)
    bob.locator("[data-rows] a.record").first.click()
    bob.get_by_role("link", name="Edit e").click()
    waited = 0.0
    for number, key in enumerate(keys):
        expect(bob.locator("#record-form")).to_have_attribute("action", re.compile(f"/{key}/edit"))
        bob.locator("[name=memo]").fill(f"Checked {number}")
        if number == 20:
            vendor.change(endUserId=HARBOR, resource="bills", id=key, changes={"memo": "Meanwhile"})
        began = time.monotonic()
        with bob.expect_navigation():
            bob.keyboard.press("Control+Enter")
        waited += time.monotonic() - began
    wait_until(lambda: count_answers(vendor, keys) == [COUNT - 2, 2], within=90)
    bob.goto("/t/harbor/")
    for word in ("Refused", "Conflict"):
        expect(bob.get_by_role("main").get_by_text(word, exact=True)).to_have_count(1)
    figure(
        f"{COUNT} bills walked through with Ctrl+Enter: {waited:.1f} s from key to next form, the books took 0.2 s each"
    )


def count_answers(vendor: Sandbox, keys: list[str]) -> list[int]:
    """Return how many updates of these records the vendor has accepted, and how many it has refused."""
    sent = [r for r in vendor.requests() if r["method"] == "POST" and r["path"].rpartition("/")[2] in keys]
    answers = [r["status"] for r in sent if r["status"]]
    return [answers.count(200), len(answers) - answers.count(200)]


def test_what_is_discarded_before_it_is_sent_is_cancelled_and_what_is_on_its_way_is_said_to_be(
    open_page: OpenPage, vendor: Sandbox
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    vendor.fault(endUserId=ABC, operation="update", fault="slow", seconds=4, count=1)
    for key in TWO:
        bob.goto(f"/t/abc/customers/{key}/edit")
        type_over(bob.get_by_label("Phone", exact=True), PHONE)
        bob.keyboard.press("Control+s")
        expect(bob.locator(OWN)).to_contain_text("Saving to QuickBooks")
    bob.get_by_role("button", name="Discard").click()
    expect(bob.locator(".messages")).to_contain_text("was cancelled. Nothing was sent.")
    first = open_page("bob")
    first.goto(f"/t/abc/customers/{TWO[0]}/edit")
    expect(first.get_by_label("Phone", exact=True)).to_have_value(PHONE)
    expect(first.get_by_role("region", name="Your change of")).to_contain_text(PHONE)
    wait_until(lambda: count_answers(vendor, [TWO[0]]) == [1, 0])
    expect(first.get_by_role("main").get_by_text("is being saved")).to_have_count(0)
    assert updates(vendor, TWO[1]) == []


def test_what_is_being_saved_can_be_taken_back_in_its_form_and_in_one_that_is_opened_meanwhile(
    open_page: OpenPage, vendor: Sandbox
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    vendor.fault(endUserId=ABC, operation="update", fault="slow", seconds=3, count=2)
    phone, own = bob.get_by_label("Phone", exact=True), bob.locator(OWN)
    was, (before, _) = {}, count_answers(vendor, list(TWO))
    for key in TWO:
        bob.goto(f"/t/abc/customers/{key}/edit")
        was[key] = phone.input_value()
        type_over(phone, OTHER_PHONE)
        bob.keyboard.press("Control+s")
        expect(own).to_contain_text("Saving to QuickBooks")
        if key == TWO[1]:
            bob.goto(f"/t/abc/customers/{key}/edit")
            expect(phone).to_have_value(OTHER_PHONE)
            expect(bob.locator("[data-phase]")).to_have_text("No changes")
        phone.fill(was[key])
        expect(bob.locator("[data-phase]")).to_have_text("1 change")
        bob.keyboard.press("Control+s")
        expect(bob.locator("[data-phase]")).not_to_have_text("1 change")
        expect(own).to_contain_text("Saving to QuickBooks")
    wait_until(lambda: count_answers(vendor, list(TWO)) == [before + 2 * len(TWO), 0], within=20)
    held = {key: vendor.get(f"/quickbooks-desktop/customers/{key}", ABC)["phone"] or "" for key in TWO}
    assert held == was
