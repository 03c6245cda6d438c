"""The lists and addresses of a customer as people work on them: with script, by keyboard, and without script."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

from .steps import ABC, is_saved, save, type_over, until_read, updates

ABARA = "8000000C-1234567890"
LAKESHORE = "80000011-1234567890"
TEAHOUSE = "80000006-1234567890"
LINDENEDGE = "8000000D-1234567890"
YARDS = [{"name": f"Yard {number}", "line1": f"{number} Quay", "city": "Boise"} for number in range(1, 51)]
PASTED = "Acme Supplies\nDock 4\nBoise, ID 83702-4410\nUnited States\n"
LAID = {"line1": "Acme Supplies", "line2": "Dock 4", "city": "Boise", "state": "ID", "postalCode": "83702-4410"}
MANY = (
    *("name", "vendor_name", "memo", "bill_date", "terms_name", "due_date", "status", "amount", "open_amount"),
    *("exchange_rate", "amount_due_in_home_currency", "updated_at"),
)
KEPT = ".text:not(.at-title)"
PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text", text);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
}"""


def unfold(page: Page) -> None:
    """Open the sections and addresses of a form that are folded because they are empty."""
    for name in ("fold", "span-4", "address-fold"):
        closed = page.locator(f"#record-form details.{name}:not([open]) > summary")
        for _ in range(closed.count()):
            closed.first.press("Enter")


def filled(sent: dict[str, object]) -> dict[str, object]:
    """The members of an address that are not blank."""
    return {name: value for name, value in sent.items() if value}


def a_pasted_address_that_waits_counts_as_a_change(page: Page) -> None:
    page.get_by_text("Paste a whole address").first.click()
    block = page.get_by_label("Bill to, all lines")
    block.fill(PASTED)
    expect(page.locator("[data-phase]")).to_have_text("1 change")
    page.keyboard.press("ControlOrMeta+s")
    expect(page.get_by_text("Press “Fill in the fields” for the pasted address").first).to_be_visible()
    expect(block).to_have_value(PASTED)
    block.fill("")
    expect(page.locator("[data-phase]")).to_have_text("No changes")


def test_a_ship_to_address_is_added_by_keyboard_and_pasted_whole(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{ABARA}/edit")
    unfold(bob)
    a_pasted_address_that_waits_counts_as_a_change(bob)
    unfold(bob)
    before = bob.locator("[name^=alternate_shipping_addresses-][name$='-name']").count()
    bob.get_by_role("button", name="Add ship-to address").press("Enter")
    name = f"alternate_shipping_addresses-{before}"
    expect(bob.locator(f"[name={name}-name]")).to_be_focused()
    bob.keyboard.type("Dock")
    bob.locator(f"[name={name}-line1]").focus()
    bob.evaluate(PASTE, PASTED)
    expect(bob.locator(f"[name={name}-city]")).to_have_value("Boise")
    expect(bob.locator(f"#address-{name} [data-printed]")).to_have_text(PASTED.strip())
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.name)"
    assert bob.locator(f"#address-{name} input").evaluate_all(cut) == []
    axe(bob)
    save(bob)
    (body,) = updates(vendor, ABARA)
    assert filled(body["alternateShippingAddresses"][before]) == {"name": "Dock", "country": "United States", **LAID}


def test_an_address_is_laid_out_and_copied_without_a_script(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{LAKESHORE}/edit")
    unfold(bob)
    bob.get_by_label("Phone", exact=True).fill("555-0199")
    bob.get_by_text("Paste a whole address").first.click()
    bob.get_by_label("Bill to, all lines").fill(PASTED)
    bob.locator("[name=lay][value=billing_address]").click()
    unfold(bob)
    bob.locator("[name=fill][value=shipping_address]").click()
    bob.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(bob)
    (body,) = updates(vendor, LAKESHORE)
    address = {"country": "United States", **LAID}
    sent = (body["phone"], filled(body["billingAddress"]), filled(body["shippingAddress"]))
    assert sent == ("555-0199", address, address)


def with_yards(vendor: Sandbox, bob: Page, customer: str) -> None:
    """Open the form of a customer whom somebody has given as many ship-to addresses as QuickBooks takes."""
    until_read(bob, "abc")
    change = {"alternateShippingAddresses": YARDS}
    vendor.change(endUserId=ABC, resource="customers", id=customer, changes=change)
    bob.goto("/t/abc/connection/")
    bob.get_by_role("button", name="Refresh now").click()
    wait_until(lambda: "Yard 50" in bob.request.get(f"/t/abc/customers/{customer}/").text(), within=60)
    bob.goto(f"/t/abc/customers/{customer}/edit")


def towns(body: dict[str, Any]) -> dict[str, str]:
    """The addresses that are somewhere else now."""
    return {one["name"]: one["city"] for one in body["alternateShippingAddresses"] if one["city"] != "Boise"}


def test_an_entry_of_a_long_list_is_entered_and_changed_without_a_mouse(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    with_yards(vendor, bob, TEAHOUSE)
    bob.get_by_role("button", name="Edit Ship-to address 7, Yard 7").press("Enter")
    expect(bob.locator("[name=alternate_shipping_addresses-6-name]")).to_be_focused()
    bob.locator("[name=alternate_shipping_addresses-6-city]").focus()
    type_over(bob.locator("[name=alternate_shipping_addresses-6-city]"), "Nampa")
    bob.get_by_role("button", name="Edit Ship-to address 9, Yard 9").press("Enter")
    expect(bob.locator("[name=alternate_shipping_addresses-8-name]")).to_be_focused()
    expect(bob.locator("[name^=alternate_shipping_addresses-][name$='-city']")).to_have_count(2)
    axe(bob)
    save(bob)
    (body,) = updates(vendor, TEAHOUSE)
    assert (towns(body), len(body["alternateShippingAddresses"])) == ({"Yard 7": "Nampa"}, 50)


def test_an_entry_of_a_long_list_is_entered_and_changed_without_a_script(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob", java_script_enabled=False)
    with_yards(vendor, bob, LINDENEDGE)
    bob.get_by_label("Phone", exact=True).fill("555-0198")
    bob.get_by_role("button", name="Edit Ship-to address 7, Yard 7").click()
    bob.locator("[name=alternate_shipping_addresses-6-city]").fill("Nampa")
    bob.get_by_role("button", name="Remove Ship-to address 9").click()
    bob.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(bob)
    (body,) = updates(vendor, LINDENEDGE)
    found = (body["phone"], towns(body), len(body["alternateShippingAddresses"]))
    assert found == ("555-0198", {"Yard 7": "Nampa"}, 49)


def test_undo_reaches_back_over_entries_that_were_added_and_opened(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{ABARA}/edit")
    type_over(bob.get_by_label("Phone", exact=True), "555-0111")
    unfold(bob)
    added = bob.locator(".entry.is-new")
    bob.get_by_role("button", name="Add ship-to address").press("Enter")
    expect(added.locator("input:focus")).to_have_count(1)
    bob.keyboard.press("ControlOrMeta+z")
    expect(added).to_have_count(0)
    bob.keyboard.press("ControlOrMeta+z")
    expect(bob.get_by_label("Phone", exact=True)).not_to_have_value("555-0111")
    bob.keyboard.press("ControlOrMeta+Shift+z")
    bob.keyboard.press("ControlOrMeta+Shift+z")
    expect(added).to_have_count(1)


def test_a_list_is_filtered_sorted_and_widened_by_keyboard(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    carol = open_page("carol")
    until_read(carol, "abc")
    carol.goto("/t/abc/customers/")
    carol.keyboard.press("f")
    expect(carol.get_by_label("Terms")).to_be_visible()
    assert carol.evaluate("!!document.activeElement.closest('.chip-pop')")
    axe(carol)
    carol.get_by_label("Terms").press_sequentially("net 3")
    carol.get_by_role("option", name="Net 30").click()
    expect(carol.get_by_label("Terms")).to_have_value("Net 30")
    expect(carol.get_by_role("button", name="Apply filters")).to_be_visible()
    carol.get_by_label("Open balance").select_option("owed")
    carol.get_by_role("button", name="Apply filters").press("Enter")
    expect(carol.get_by_role("link", name="Clear the filter Open balance Owes you")).to_be_visible()
    expect(carol).to_have_url(re.compile(r"owes=owed"))
    expect(carol.locator("summary", has_text="Filter")).to_be_focused()
    balance = carol.get_by_role("columnheader", name="Balance").get_by_role("link")
    balance.press("Enter")
    expect(carol).to_have_url(re.compile(r"sort=-balance"))
    carol.get_by_role("columnheader", name="Name").get_by_role("link").click(modifiers=["Shift"])
    expect(carol).to_have_url(re.compile(r"sort=-balance%2Cfull_name"))
    with carol.expect_response(re.compile("/lists/customers/settings/")) as stored:
        carol.get_by_role("columnheader", name="Company").get_by_role("link").press("Alt+Shift+ArrowRight")
    assert stored.value.status == 204
    carol.reload()
    expect(carol.get_by_role("columnheader", name="Company")).to_have_class(re.compile(r"size-\d+"))
    carol.get_by_text("View", exact=True).press("Enter")
    expect(carol.get_by_role("link", name="Standard view")).to_be_visible()
    axe(carol)


def test_a_list_is_saved_as_a_file_in_two_clicks_and_the_page_says_when_it_is_ready(open_page: OpenPage) -> None:
    carol = open_page("carol")
    until_read(carol, "harbor")
    carol.goto("/t/harbor/bills/?state=paid&sort=-amount")
    carol.locator("summary", has_text="Export").click()
    with carol.expect_download() as saved:
        carol.get_by_role("link", name="Excel (XLSX)").click()
    expect(carol.locator("#told")).to_have_text(f"{saved.value.suggested_filename} is ready.")
    heads, first, *_ = load_workbook(BytesIO(saved.value.path().read_bytes())).active.iter_rows(values_only=True)
    shown = carol.locator("[data-rows] tr").first
    expect(shown).to_contain_text(first[0])
    expect(shown).to_contain_text(f"{first[heads.index('Amount')]:,.2f}")


def test_the_page_that_sets_a_list_up_has_its_script(open_page: OpenPage) -> None:
    carol = open_page("carol")  # a script error fails the test
    carol.goto("/t/abc/lists/bills/")
    carol.keyboard.press("ArrowDown")
    expect(carol.get_by_role("main")).to_contain_text("Columns")


def test_many_chosen_columns_leave_room_for_the_name(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/bills/?state=all&columns={','.join(MANY)}")
    wide = "cells => cells.map(one => one.offsetWidth)"
    vendor, memo = (
        bob.locator(f"[data-rows] tr:first-child {name}").evaluate_all(wide) for name in (".at-title", KEPT)
    )
    assert (vendor, memo) == ([160], [80])


def test_the_heads_of_a_list_stand_above_its_rows(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    above = []
    for width in (720, 1000, 1280):
        bob.set_viewport_size({"width": width, "height": 800})
        bob.goto("/t/harbor/bills/")
        boxes = [bob.locator(name).first.bounding_box() for name in (".list thead th:visible", ".list tbody tr")]
        head, row = (box or {"y": 0, "height": 0} for box in boxes)
        above.append(0 < head["y"] + head["height"] <= row["y"] + 1)
    assert above == [True, True, True]


def test_a_list_on_paper_says_what_it_lists_and_has_no_boxes(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "abc", "harbor")
    bob.goto("/t/harbor/bills/?size=50")
    bob.emulate_media(media="print")
    of, *links = bob.locator(".pager > *").all()
    assert (of.inner_text()[:8], [one.is_visible() for one in (of, *links)]) == ("1–50 of ", [True, False])
    bob.goto("/t/abc/customers/?state=all&balance_from=0&q=a")
    assert " ".join(bob.locator("#chips").inner_text().split()) == "All Balance from 0.00 Search: a"
    assert bob.locator("#printed").inner_text().endswith("UTC")
    assert not bob.locator(".list [type=checkbox]").first.is_visible()
    rights = [bob.locator(name).first.bounding_box() for name in (".list [data-column=balance]", "tfoot .final")]
    head, total = (box and box["x"] + box["width"] for box in rights)
    assert head and total and abs(head - total) < 8
    bob.set_viewport_size({"width": 733, "height": 1000})  # A4 between its margins
    broken = """cells => cells.filter(one => {
        const range = new Range();
        range.selectNodeContents(one);
        return new Set(Array.from(range.getClientRects(), box => box.top)).size > 1;
    }).map(one => one.innerText)"""
    phones = bob.locator("[data-rows] .at-date").evaluate_all(broken)
    bob.goto("/t/harbor/bills/")
    flags = bob.locator("[data-rows] :is(.badge, .at-state, .num)")
    assert (phones, flags.evaluate_all(broken), flags.count() > 400) == ([], [], True)
