"""Steps that several walks take: wait for a company's copy, type over a field, take an entry, save."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.running import wait_until
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
HARBOR = "end_usr_contractor0001"
COMPANIES = {"abc": ABC, "harbor": HARBOR}


def until_read(page: Page, *slugs: str) -> None:
    """Wait until the desk has read all lists of these companies to their end for the first time."""

    def are_read() -> bool:
        pages = [page.request.get(f"/t/{slug}/connection/").text() for slug in slugs]
        return all("complete" in text and "data-ago" in text and "not loaded yet" not in text for text in pages)

    wait_until(are_read, within=90)


def type_over(control: Locator, text: str) -> None:
    """Replace what stands in an input key by key, as a person does."""
    control.press("ControlOrMeta+a")
    control.press_sequentially(text)


def take(page: Page, control: Locator, text: str, *keys: str) -> None:
    """Type into a picker, wait for its entries, and choose with the keys."""
    type_over(control, text)
    expect(page.locator("#picker [role=option].is-active")).to_be_visible()
    for key in (*keys, "Enter"):
        control.press(key)
    expect(page.locator("#picker")).to_be_hidden()


def save(page: Page) -> None:
    """Press Save and wait until the record's page says that it is saved."""
    page.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(page)


def agree(page: Page) -> None:
    """Tick whatever the desk asks to agree to, and save again."""
    boxes = page.get_by_role("checkbox", name="Save anyway")
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Save Ctrl+S").click()


def save_whatever_is_asked(page: Page) -> None:
    """Press Save, agree if the desk asks, and wait until it is saved."""
    page.get_by_role("button", name="Save Ctrl+S").click()
    page.locator(".messages").or_(page.get_by_role("checkbox", name="Save anyway").first).first.wait_for()
    if page.get_by_role("checkbox", name="Save anyway").count():
        agree(page)
    is_saved(page)


def is_saved(page: Page) -> None:
    expect(page.locator(".messages")).to_contain_text(re.compile(r"Saved\. .* changed\."))


def seals(page: Page) -> None:
    """Wait until the look behind the page has been answered, so that it stirs nothing later."""
    expect(page.locator("#live")).to_contain_text("checked with QuickBooks")


def updates(vendor: Sandbox, record: str) -> list[dict[str, Any]]:
    """The bodies of the updates of one record that reached the vendor, oldest first."""
    return [r["body"] for r in vendor.requests() if r["method"] == "POST" and r["path"].endswith(f"/{record}")]
