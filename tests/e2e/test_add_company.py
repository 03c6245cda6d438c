"""A company is added and connected on pages alone, up to its first customers on screen."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.running import RunningDesk
from tests.support.vendor import JUNIPER_KEY, Sandbox

LOADED = 60_000  # milliseconds: all lists of a new company, beside those of the others
LEAVE = "from tenants.models import Membership; Membership.objects.filter(tenant__slug__startswith='walk-').delete()"

# An organization is one company here, and both of the sandbox are companies of the demo.
FREE = "from books.models import SyncStatus; SyncStatus.objects.filter(tenant__slug='juniper').update(company_file={})"


@pytest.fixture(scope="module")
def left_at_last(desk_server: RunningDesk) -> Iterator[None]:
    """The administrator leaves what she has added, as others count her companies."""
    yield
    desk_server.manage("shell", "-c", LEAVE)


@pytest.fixture
def alice(open_page: OpenPage, left_at_last: None) -> Page:
    """The demo's administrator of Ledgerdesk."""
    return open_page("alice")


def add(page: Page, name: str, slug: str, books: str) -> None:
    """Add a company, starting from the frame of any page."""
    page.goto("/inbox/")
    page.locator("details.person summary").click()
    page.get_by_role("link", name="Administration").click()
    page.get_by_role("link", name="Companies", exact=True).click()
    page.get_by_role("link", name="Add company").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Address").fill(slug)
    page.get_by_label("Its records are in").select_option(label=books)
    page.get_by_role("button", name="Add company").click()


def open_customers(page: Page, slug: str) -> None:
    """Wait until everything is loaded, and open the list of customers."""
    expect(page.locator("#standing")).to_contain_text("Everything is loaded", timeout=LOADED)
    page.get_by_role("link", name="Open its customers").click()
    page.wait_for_url(f"**/t/{slug}/customers/")
    expect(page.locator("#found tbody tr").first).to_be_visible()


def test_a_company_in_quickbooks_is_connected_by_its_link(
    alice: Page, open_page: OpenPage, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    add(alice, "Walk & Fern", "walk-fern", "QuickBooks Desktop")
    axe(alice)
    alice.get_by_label("Email of the person at the PC").fill("ann@fern.example")
    alice.get_by_role("button", name="Create end user").click()
    alice.get_by_role("button", name="Make connection link").click()
    link = alice.get_by_role("textbox", name="Connection link")
    expect(link).to_have_value(re.compile("/connect/qbd/auth_sess_client_secret_"))
    expect(alice.locator("#standing")).to_contain_text("Nobody has opened the link yet.")
    axe(alice)
    at_the_pc = open_page(None)
    at_the_pc.goto(link.input_value())
    at_the_pc.get_by_role("button", name="Finish connecting").click()
    expect(at_the_pc.get_by_role("heading")).to_have_text("Walk & Fern is connected")
    expect(alice.locator("#standing")).to_contain_text("Connected.", timeout=LOADED)
    open_customers(alice, "walk-fern")
    axe(alice)


def test_a_company_in_bigcapital_is_connected_by_its_key(
    alice: Page, desk: RunningDesk, vendor: Sandbox, axe: Callable[[Page], None]
) -> None:
    desk.manage("shell", "-c", FREE)
    vendor.limits(auth=None, default=None)  # else others use them up, and a list would wait for a minute
    add(alice, "Walk Tea", "walk-tea", "Bigcapital")
    alice.get_by_label("API key").fill(JUNIPER_KEY)
    alice.get_by_role("button", name="Save and try").click()
    expect(alice.locator("#standing")).to_contain_text("Juniper Grove Interiors")
    expect(alice.locator("#standing")).to_contain_text("Connected.")
    assert JUNIPER_KEY not in alice.content()
    axe(alice)
    open_customers(alice, "walk-tea")


def test_an_expired_link_says_so_and_another_one_is_made(alice: Page, open_page: OpenPage, vendor: Sandbox) -> None:
    add(alice, "Walk Late", "walk-late", "QuickBooks Desktop")
    alice.get_by_label("Email of the person at the PC").fill("ann@late.example")
    alice.get_by_role("button", name="Create end user").click()
    alice.get_by_role("button", name="Make connection link").click()
    first = alice.get_by_role("textbox", name="Connection link").input_value()
    vendor.control("expire-links")
    at_the_pc = open_page(None)
    at_the_pc.goto(first)
    expect(at_the_pc.get_by_role("heading")).to_have_text("This link has expired")
    alice.get_by_role("button", name="Make connection link").click()
    expect(alice.get_by_role("textbox", name="Connection link")).not_to_have_value(first)
