"""The actions of the palette: who is offered which, and that each does what it says without a script as well."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from lxml import html

from books.models import SyncStatus
from edits.models.edit import Edit, State
from overview.search.hits import Hit
from tenants.models import PersonSettings, Tenant
from tests.overview.inbox.test_inbox import left
from tests.support.inputs import controls
from tests.support.people import signed_in

from .test_search import store

LIST = "/t/larch/bills/?state=overdue&page=2"


def list_actions(client: Client, q: str = "", **asked: str) -> list[Hit]:
    groups = client.get("/search/", {"q": q, "now": "larch", **asked}).context["groups"]
    return [hit for group in groups if group.name == "actions" for hit in group.hits]


def press(client: Client, title: str, q: str, **asked: str) -> Any:
    """Press the button of an action on the page without a script."""
    page = client.get("/search/", {"q": q, "now": "larch", **asked}).content.decode()
    forms = html.fromstring(page).xpath("//main//form[@method='post']")
    (form,) = [form for form in forms if title in form.text_content()]
    return client.post(form.get("action"), dict(controls(form)))


OFFERED = [
    (
        "bob",
        LIST,
        ["Export this list as Excel", "Export this list as CSV", "Export this list to edit it",
         "Save this list as a view", "Choose columns and order", "Refresh this company"],
    ),
    (
        "carol",
        LIST,
        ["Export this list as Excel", "Export this list as CSV", "Save this list as a view",
         "Choose columns and order", "Refresh this company"],
    ),
    ("bob", "/t/larch/bills/B9/", ["Edit this bill", "History of this bill", "Refresh this company"]),
    ("carol", "/t/larch/customers/C1/", ["History of this customer", "Refresh this company"]),
    ("carol", "/t/larch/edits/?outcome=seen", ["Export this list as CSV", "Refresh this company"]),
    ("carol", "/t/nothing/bills/", ["Refresh this company"]),
    ("carol", "nonsense", ["Refresh this company"]),
    ("carol", "//[", ["Refresh this company"]),
]  # fmt: skip


def test_what_can_be_done_with_a_page_is_offered_to_who_may(everybody: dict[str, User], larch: Tenant) -> None:
    store(larch, "bills", {"id": "B9"})
    store(larch, "customers", "C1")
    clients = {name: signed_in(everybody[name]) for name, _, _ in OFFERED}
    hits = [(name, at, list_actions(clients[name], page=at)) for name, at, _ in OFFERED]
    assert [(name, at, [hit.title for hit in found]) for name, at, found in hits] == OFFERED
    for name, url in sorted({(name, hit.url) for name, _, found in hits for hit in found if hit.posts is None}):
        answer = clients[name].get(url)
        assert (url, answer.status_code, bool(b"".join(answer))) == (url, 200, True)


def test_an_export_of_this_list_is_of_its_filters(as_carol: Client, larch: Tenant) -> None:
    (hit, *_) = list_actions(as_carol, "export excel", page=LIST)
    assert (hit.url, hit.is_file) == ("/t/larch/lists/bills/export.xlsx?state=overdue", True)


FOUND_BY = [
    ("alice", "new", ["New view of customers", "New view of bills", "New member"]),
    ("bob", "new", ["New view of customers", "New view of bills"]),
    ("bob", "EXPÓRT BILLS", ["Export bills"]),
    ("carol", "night", ["Use the dark theme"]),
    ("bob", "answer", ["Try the connection now"]),
    ("carol", "answer", []),
    ("carol", "log out", ["Sign out"]),
]


def test_actions_are_found_folded_and_by_other_words_by_who_may(everybody: dict[str, User], larch: Tenant) -> None:
    clients = {name: signed_in(everybody[name]) for name, _, _ in FOUND_BY}
    found = [(name, q, [hit.title for hit in list_actions(clients[name], q)]) for name, q, _ in FOUND_BY]
    assert found == FOUND_BY


def test_who_administers_ledgerdesk_adds_companies(as_bob: Client, bob: User, larch: Tenant) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert [hit.title for hit in list_actions(as_bob, "new company")] == ["New company"]


def test_another_company_is_refreshed_by_its_name(as_bob: Client, larch: Tenant, harbor: Tenant) -> None:
    (hit,) = list_actions(as_bob, f"refresh {harbor.name}")
    assert (hit.url, hit.company, hit.posts) == ("/t/harbor/refresh/", harbor.name, ())


def test_a_paused_company_is_not_refreshed(as_bob: Client, larch: Tenant) -> None:
    SyncStatus.objects.create(tenant=larch, resting_since=timezone.now())
    assert list_actions(as_bob) == []


def test_this_company_is_refreshed_and_the_page_shown_again(as_carol: Client, larch: Tenant) -> None:
    answer = press(as_carol, "Refresh this company", "refresh", page=LIST)
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert SyncStatus.objects.get(tenant=larch).queued_at is not None


def test_all_is_sent_again_of_every_company_or_of_this_one(
    as_bob: Client, bob: User, larch: Tenant, harbor: Tenant
) -> None:
    own = left(larch, bob, State.NOT_SENT)
    other = left(harbor, bob, State.NOT_APPLIED)
    left(larch, bob, State.CONFLICT)
    found = [(hit.title, hit.aside, hit.company, dict(hit.posts or ())) for hit in list_actions(as_bob, "send all")]
    both = {int(number) for number in found[0][3]["shown"].split()}
    assert (both, [hit[:3] for hit in found]) == (
        {own.pk, other.pk},
        [("Send all again", "2 changes", ""), ("Send all again", "1 change", larch.name)],
    )
    assert found[1][3] == {"step": "changes again all larch", "shown": f"{own.pk}"}
    as_bob.post("/inbox/", found[1][3])
    assert Edit.objects.filter(resolved_by__isnull=False).count() <= 1


def test_who_may_only_view_sends_nothing_again(as_carol: Client, carol: User, larch: Tenant) -> None:
    left(larch, carol, State.NOT_SENT)
    assert list_actions(as_carol, "send all") == []


@pytest.mark.parametrize(
    ("title", "chosen"), [("Use the dark theme", ("dark", "compact")), ("Use comfortable rows", ("light", ""))]
)
def test_a_choice_is_stored_and_nothing_else(
    as_bob: Client, bob: User, larch: Tenant, title: str, chosen: tuple[str, str]
) -> None:
    PersonSettings.objects.create(person=bob, theme="light", density="compact", date_style="iso")
    answer = press(as_bob, title, title, page="/t/larch/")
    own = PersonSettings.objects.get(person=bob)
    assert (answer["Location"], own.theme, own.density, own.date_style) == ("/t/larch/", *chosen, "iso")


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", ""])
def test_a_choice_leads_to_no_other_site(as_bob: Client, elsewhere: str) -> None:
    assert as_bob.post("/settings/choose/", {"theme": "dark", "page": elsewhere})["Location"] == "/settings/"


def test_a_choice_that_is_not_known_is_refused(as_bob: Client) -> None:
    assert as_bob.post("/settings/choose/", {"theme": "pink"}).status_code == 400


def test_who_signs_out_is_signed_out(as_bob: Client, larch: Tenant) -> None:
    press(as_bob, "Sign out", "sign out")
    assert as_bob.get("/t/larch/").status_code == 302


def test_the_search_of_a_page_without_script_knows_the_page(as_bob: Client, larch: Tenant) -> None:
    (url,) = html.fromstring(as_bob.get(LIST).content.decode()).xpath("//a[@data-palette]/@href")
    assert url == f"/search/?now=larch&at=bill_list&page={quote(LIST, safe='')}"
