"""The pages without a company, and the sheet of states."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from config.templatetags.ui import section_of as find_section_of
from tenants.access import Member
from tenants.models import Membership, Provider, Role, Tenant
from tests.support.markup import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(client: Client) -> User:
    person = User.objects.create_user("bob")
    client.force_login(person)
    return person


def _join(person: User, *slugs: str) -> None:
    for slug in slugs:
        tenant = Tenant.objects.create(slug=slug, name=slug.capitalize(), end_user_id=slug)
        Membership.objects.create(tenant=tenant, person=person, role=Role.BOOKKEEPER)


def test_whoever_has_one_company_goes_straight_into_it(client: Client, bob: User) -> None:
    _join(bob, "larch")
    assert client.get("/")["Location"] == "/t/larch/"


def test_whoever_has_more_picks(client: Client, bob: User) -> None:
    _join(bob, "larch", "garnet")
    names = [own.member.tenant.name for own in client.get("/").context["found"]]
    assert names == ["Garnet", "Larch"]


def test_the_switcher_gets_the_list_alone(client: Client, bob: User) -> None:
    _join(bob, "larch", "garnet")
    page = client.get("/", {"q": "lar", "now": "larch"}, headers={"HX-Request": "true"})
    assert page.content.decode().strip().startswith("<ul")
    assert 'aria-current="true"><bdi dir="auto">Larch' in one_line(page.content.decode())
    assert "Garnet" not in page.content.decode()


FOUND = [
    ("celik", ["Çelik"]),
    ("BRIEN", ["O’Brien"]),
    ("o'b", ["O’Brien"]),
    ("e", ["Elm", "Le elm", "Çelik", "Helm", "O’Brien"]),
    ("elm", ["Elm", "Le elm", "Helm"]),
    ("", ["Çelik", "Elm", "Helm", "Le elm", "O’Brien", "Y" * 106]),
    ("y" * 106, []),
    ("y" * 100, ["Y" * 106]),
]


def test_companies_are_found_as_people_read_them_the_best_match_first(client: Client, bob: User) -> None:
    _join(bob, *"abcdef")
    for slug, name in zip("abcdef", ["O’Brien", "Helm", "Le elm", "Elm", "Çelik", "Y" * 106], strict=True):
        Tenant.objects.filter(slug=slug).update(name=name)
    answers = [(q, client.get("/", {"q": q}).context["found"]) for q, _ in FOUND]
    assert [(q, [own.member.tenant.name for own in found]) for q, found in answers] == FOUND


def test_a_search_for_a_company_that_is_too_long_says_so(client: Client, bob: User) -> None:
    _join(bob, "larch", "garnet")
    assert "so nothing was searched" in client.get("/", {"q": "e" * 106}).content.decode()


ENTERED = [
    ("q=gar&at=bill_list", "/t/garnet/bills/"),
    ("q=gar&at=edit_list", "/t/garnet/edits/"),
    ("q=gar&at=vendor_page", "/t/garnet/"),
    ("q=jun&at=bill_list", "/t/juniper/"),
    ("q=jun&at=customer_list", "/t/juniper/customers/"),
    ("q=r&at=bill_list", ""),
    ("q=nothing&at=bill_list", ""),
    ("q=&at=bill_list", ""),
    ("q=gar", ""),
]


def test_enter_in_the_switcher_opens_the_only_match_in_the_same_section(client: Client, bob: User) -> None:
    _join(bob, "larch", "garnet", "juniper")
    Tenant.objects.filter(slug="juniper").update(provider=Provider.BIGCAPITAL)  # which has no bills
    assert [(asked, client.get(f"/?{asked}").headers.get("Location", "")) for asked, _ in ENTERED] == ENTERED


def test_the_switcher_lists_companies_in_the_same_section(client: Client, bob: User) -> None:
    _join(bob, "larch", "garnet")
    page = client.get("/", {"now": "larch", "at": "bill_list"}, headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r'href="([^"]+)"', page) == ["/t/garnet/bills/", "/t/larch/bills/"]


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("", "home"),
        ("bills/", "bill_list"),
        ("bills/B1/edit", "bill_list"),
        ("vendors/V1/", "bill_list"),
        ("lists/bills/", "bill_list"),
        ("edits/drafts/", "edit_list"),
        ("connection/", "connection"),
    ],
)
def test_a_page_names_its_section(bob: User, path: str, section: str) -> None:
    _join(bob, "larch")
    here = Member(Tenant.objects.get(), bob, Role.BOOKKEEPER)
    assert find_section_of(here, f"/t/larch/{path}") == section


def test_a_person_without_a_company_is_told_kindly(client: Client, bob: User) -> None:
    assert "you do not have any companies yet" in client.get("/").content.decode()


def test_one_click_signs_a_demo_person_in(client: Client) -> None:
    User.objects.create_user("alice")
    answer = client.post("/demo/sign-in/", {"person": "alice", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"]


def test_nobody_else_signs_in_with_one_click(client: Client) -> None:
    User.objects.create_user("mallory")
    assert client.post("/demo/sign-in/", {"person": "mallory"}).status_code == 404


def test_one_click_exists_only_in_the_demo(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    User.objects.create_user("alice")
    assert client.post("/demo/sign-in/", {"person": "alice"}).status_code == 404


def test_the_sheet_of_states_stays_out_of_real_installations(client: Client, bob: User, settings: Settings) -> None:
    assert client.get("/look/").status_code == 200
    settings.DEMO = False
    assert client.get("/look/").status_code == 404


def test_no_page_carries_script_or_style_of_its_own(client: Client, bob: User) -> None:
    text = client.get("/look/").content.decode()
    assert [found for found in (" style=", "<style", " onclick=", "<script>") if found in text] == []
