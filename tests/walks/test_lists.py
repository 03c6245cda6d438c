"""The lists and addresses of a customer as people work on them: with script, by keyboard, and without script."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.rig.browsing import OpenPage
from tests.rig.vendor import Sandbox

from .steps import is_saved, save, until_read, updates

ABARA = "8000000C-1234567890"
LAKESHORE = "80000011-1234567890"
PASTED = "Acme Supplies\nDock 4\nBoise, ID 83702\nUnited States\n"
LAID = {"line1": "Acme Supplies", "line2": "Dock 4", "city": "Boise", "state": "ID", "postalCode": "83702"}
PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text", text);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
}"""


def filled(sent: dict[str, object]) -> dict[str, object]:
    """The members of an address that are not blank."""
    return {name: value for name, value in sent.items() if value}


def test_a_ship_to_address_is_added_by_keyboard_and_pasted_whole(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob")
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{ABARA}/edit")
    before = bob.locator("[name^=alternate_shipping_addresses-][name$='-name']").count()
    bob.get_by_role("button", name="Add ship-to address").press("Enter")
    name = f"alternate_shipping_addresses-{before}"
    expect(bob.locator(f"[name={name}-name]")).to_be_focused()
    bob.keyboard.type("Dock")
    bob.locator(f"[name={name}-line1]").focus()
    bob.evaluate(PASTE, PASTED)
    expect(bob.locator(f"[name={name}-city]")).to_have_value("Boise")
    expect(bob.locator(f"#address-{name} [data-printed]")).to_have_text(PASTED.strip())
    axe(bob)
    save(bob)
    (body,) = updates(vendor, ABARA)
    assert filled(body["alternateShippingAddresses"][before]) == {"name": "Dock", "country": "United States", **LAID}


def test_an_address_is_laid_out_and_copied_without_a_script(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "abc")
    bob.goto(f"/t/abc/customers/{LAKESHORE}/edit")
    bob.get_by_label("Phone", exact=True).fill("555-0199")
    bob.get_by_text("Paste a whole address").first.click()
    bob.get_by_label("Bill to, all lines").fill(PASTED)
    bob.locator("[name=lay][value=billing_address]").click()
    bob.locator("[name=fill][value=shipping_address]").click()
    bob.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(bob)
    (body,) = updates(vendor, LAKESHORE)
    address = {"country": "United States", **LAID}
    sent = (body["phone"], filled(body["billingAddress"]), filled(body["shippingAddress"]))
    assert sent == ("555-0199", address, address)
