"""A person sets up an app and a passkey, and signs in with each; they sign themselves out elsewhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.factors import code_of
from tests.support.running import RunningDesk

ADD = """
from django.contrib.auth.models import User
from tenants.models import Membership, Tenant
User.objects.filter(username__in={names}).delete()
for name in {names}:
    person = User.objects.create_user(name, password="demo")
    Membership.objects.create(tenant=Tenant.objects.get(slug="larch"), person=person, role=20)
"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def unknown(desk_server: RunningDesk) -> list[str]:
    """People with a password alone, whom no other file knows: added together, as each command starts a process."""
    names = [f"tess{number}" for number in range(4)]
    desk_server.manage("shell", "-c", ADD.format(names=names))
    return names


@pytest.fixture
def tess(unknown: list[str]) -> str:
    """Somebody with a password alone, whom no other test knows."""
    return unknown.pop()


def give_password(page: Page, person: str, address: str = "") -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username or email").fill(person)
    page.get_by_label("Password", exact=True).fill("demo")
    page.get_by_role("button", name="Sign in").click()


def open_own(page: Page, name: str) -> None:
    page.locator(".person > summary").click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator(".person > summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in to Ledgerdesk")).to_be_visible()


def test_an_app_is_set_up_and_then_asked_for(open_page: OpenPage, tess: str, axe: Callable[[Page], None]) -> None:
    page = open_page(None)
    give_password(page, tess)
    open_own(page, "Second factor")
    axe(page)
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator(".qr svg")).to_be_visible()
    page.get_by_text("Cannot scan it?").click()
    secret = page.locator("[data-secret]").inner_text()
    axe(page)
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator("main li code").all_inner_texts()
    assert len(codes) == 10
    axe(page)
    sign_out(page)
    give_password(page, tess)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    axe(page)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("That code is not correct.")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".person > summary")).to_contain_text("Tess")


def test_a_passkey_is_added_and_then_signs_in(desk: RunningDesk, open_page: OpenPage, tess: str) -> None:
    address = desk.url.replace("127.0.0.1", "localhost")
    page = open_page(None)
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    give_password(page, tess, address)
    open_own(page, "Second factor")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("office PC")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page)
    give_password(page, tess, address)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".person > summary")).to_contain_text("Tess")


def test_where_the_browser_refuses_a_passkey_the_page_says_so(open_page: OpenPage, tess: str) -> None:
    page = open_page(None)
    give_password(page, tess)
    page.goto("/accounts/2fa/passkeys/add/")  # an address in numbers
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("That passkey could not be used. Try again.")).to_be_visible()


def test_a_person_signs_themselves_out_in_another_browser(
    open_page: OpenPage, tess: str, axe: Callable[[Page], None]
) -> None:
    here, there = open_page(None), open_page(None)
    for page in (here, there):
        give_password(page, tess)
        expect(page.locator(".person > summary")).to_contain_text("Tess")
    open_own(here, "Where you are signed in")
    axe(here)
    here.get_by_role("button", name=re.compile("Sign out Chrome on ")).click()
    expect(here.get_by_text("Signed out in 1 browser.")).to_be_visible()
    there.goto("/settings/")
    expect(there.get_by_role("heading", name="Sign in to Ledgerdesk")).to_be_visible()


def test_an_administrator_reads_the_log_of_their_company(as_alice_page: Page, axe: Callable[[Page], None]) -> None:
    page = as_alice_page
    page.goto("/t/larch/bills/")
    page.request.get("/t/larch/lists/bills/export.csv")
    page.locator(".person > summary").click()
    page.get_by_role("link", name="Security log").click()
    expect(page.get_by_role("row", name=re.compile("Exported alice"))).not_to_have_count(0)
    axe(page)
    page.get_by_label("Person", exact=True).fill("nobody")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("No entries match these filters.")).to_be_visible()
    page.get_by_role("link", name="Second factor of members").click()
    expect(page.get_by_role("row", name="bob not set up")).to_be_visible()
    axe(page)
