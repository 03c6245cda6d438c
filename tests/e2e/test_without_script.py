"""The same pages with scripts switched off: links and forms alone."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import is_saved, until_read, updates

NANDU = "80000008-1234567890"
FORESTBANK = "1710-1501766416"


def as_scripted(page: Page, other: Page) -> Page:
    """Show the same HTML in a browser with scripts, since axe is one; what its scripts send does not arrive."""
    html = page.content()

    def shown(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(body=html, content_type="text/html")
        else:
            route.abort()

    other.route(page.url, shown)
    other.goto(page.url)
    return other


def test_a_customer_is_edited_without_a_script(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "abc")
    bob.goto("/t/abc/customers/?q=textiles")
    bob.get_by_role("link", name="Ñandú Textiles S.A.", exact=True).click()
    bob.get_by_role("link", name="Edit e").click()
    bob.get_by_label("Phone", exact=True).fill("555-0155")
    bob.get_by_label("Terms", exact=True).fill("net 60")
    bob.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(bob)
    (body,) = updates(vendor, NANDU)
    assert sorted(body) == ["phone", "revisionNumber", "termsId"]


def test_a_line_is_added_to_a_bill_without_a_script(
    open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    bob = open_page("bob", java_script_enabled=False)
    until_read(bob, "harbor")
    bob.goto(f"/t/harbor/bills/{FORESTBANK}/edit")
    bob.get_by_label("Memo", exact=True).first.fill("Two deliveries")
    bob.get_by_role("button", name="Add expense").click()
    expect(bob.get_by_label("Memo", exact=True).first).to_have_value("Two deliveries")
    bob.locator("[name=expense_lines-1-account]").fill("utilities")
    bob.locator("[name=expense_lines-1-amount]").fill("12.30")
    bob.get_by_role("button", name="Save Ctrl+S").click()
    expect(bob.locator(".notice.is-bad")).to_contain_text("The total would be")
    expect(bob.get_by_text("No changes")).to_be_hidden()
    axe(as_scripted(bob, open_page("bob")))
    bob.get_by_role("button", name="Save Ctrl+S").click()
    is_saved(bob)
    (body,) = updates(vendor, FORESTBANK)
    assert (body["memo"], [line.get("amount") for line in body["expenseLines"]]) == ("Two deliveries", [None, "12.30"])
