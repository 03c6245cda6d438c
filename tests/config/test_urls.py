"""Requests every URL as nobody, as an outsider, and in each role. A new URL needs a line in NEEDED."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from edits.models.batch import Batch, Finding
from tenants.models import Role, Tenant
from tests.support.people import signed_in
from tests.tenants.test_account_pages import PAGES as ACCOUNT_PAGES

PUBLIC = {"demo_sign_in", "healthz", "readyz", "invitation", "password_link", *ACCOUNT_PAGES}
ANYBODY_SIGNED_IN = {
    "batch_list",
    "company_list",
    "email_address",
    "guide",
    "guide_picture",
    "inbox",
    "inbox_count",
    "keys",
    "look",
    "look_options",
    "person_settings",
    "setting_choose",
    "inbox_notices",
    "search",
    "signed_in",
}
# For the person to whom the link was sent.
OF_LINKS = {"email_confirm"}
# Open to whoever is a member of a company of its records, and to nobody else.
OF_RECORDS = {"batch_page", "batch_progress", "batch_csv", "batch_xlsx"}
# For Ledgerdesk administrators; to others they do not exist.
OF_LEDGERDESK = {
    *("administration_people", "administration_person", "administration_test_mail", "administration_invitation"),
    "administration_account",
    *("administration_log", "administration_log_export", "all_factors"),
    "administration",
    "administration_companies",
    "administration_company_add",
    "administration_connect",
    "administration_end_user_delete",
    *("usage", "usage_export"),
}
NEEDED = {
    "home": Role.VIEWER,
    "connection": Role.VIEWER,
    "connection_try": Role.BOOKKEEPER,
    "connection_same_company": Role.ADMIN,
    "connection_vendor": Role.ADMIN,
    "connection_link": Role.ADMIN,
    "company_settings": Role.ADMIN,
    "progress": Role.VIEWER,
    "connection_refresh": Role.VIEWER,
    "reference_options": Role.VIEWER,
    "customer_list": Role.VIEWER,
    "customer_page": Role.VIEWER,
    "customer_edit": Role.BOOKKEEPER,
    "bill_list": Role.VIEWER,
    "bill_page": Role.VIEWER,
    "bill_edit": Role.BOOKKEEPER,
    "bill_paste": Role.BOOKKEEPER,
    "bill_due": Role.BOOKKEEPER,
    "line_entry": Role.BOOKKEEPER,
    "line_unit_cost": Role.BOOKKEEPER,
    "bill_groups": Role.BOOKKEEPER,
    "vendor_page": Role.VIEWER,
    "list_setup": Role.VIEWER,
    "list_menu": Role.VIEWER,
    "list_export": Role.VIEWER,
    "list_export_to_edit": Role.BOOKKEEPER,
    "list_import": Role.BOOKKEEPER,
    "list_settings": Role.VIEWER,
    "view_save": Role.VIEWER,
    "view_change": Role.VIEWER,
    "edit_list": Role.VIEWER,
    "edit_page": Role.VIEWER,
    "edit_undo": Role.BOOKKEEPER,
    "history_export": Role.VIEWER,
    "record_history": Role.VIEWER,
    "sighting_page": Role.VIEWER,
    "record_history_moved": Role.VIEWER,
    "sighting_page_moved": Role.VIEWER,
    "edit_progress": Role.BOOKKEEPER,
    "queued_list": Role.BOOKKEEPER,
    "edit_news": Role.VIEWER,
    "draft_list": Role.BOOKKEEPER,
    "typed_day": Role.VIEWER,
    "live_look": Role.VIEWER,
    "pending_look": Role.BOOKKEEPER,
    "bulk_change": Role.BOOKKEEPER,
    "security_log": Role.ADMIN,
    "security_log_export": Role.ADMIN,
    "company_factors": Role.ADMIN,
    "members": Role.ADMIN,
    "member_page": Role.ADMIN,
    "invitation_change": Role.ADMIN,
}
EXAMPLES = {
    "remote_id": "80000001-1234567890",
    "kind": "customer",
    "listed": "customers",
    "picker": "terms",
    "pk": 1,
    "suffix": "csv",
    "token": "forged",
    "company": "larch",
    "app_label": "tenants",
    "object_id": 1,
    "name": "members",
}
OF_LISTS = {"kind": "customers"}
ROLES = {"carol": Role.VIEWER, "bob": Role.BOOKKEEPER, "alice": Role.ADMIN}


def addresses(resolver: URLResolver, above: tuple[str, ...] = (), space: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the name of every URL, in its namespace, with the names of its arguments."""
    for entry in resolver.url_patterns:
        own = (*above, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name or entry.pattern}", list(own)
        else:
            yield from addresses(entry, own, f"{entry.namespace}:" if entry.namespace else space)


WALKED = list(addresses(get_resolver()))
ADDRESSES = dict(WALKED)
# For administrators of the whole Ledgerdesk; to anybody else they do not exist.
OF_LEDGERDESK |= {name for name in ADDRESSES if name.startswith("tables:")} | {"company_life", "removed_history"}
# To administrators too, where there is no such row.
OF_SOME_ROW = {
    *("removed_history", "tables:django_tasks_database_dbtaskresult_change", "tables:edits_edit_change"),
    *("tables:tenants_tenant_change", "administration_invitation"),
}
OF_COMPANIES = [name for name, arguments in ADDRESSES.items() if "slug" in arguments]


def example(name: str) -> str:
    """Return the URL of that name in the company `larch`."""
    own = OF_LISTS if name.startswith(("list_", "view_", "bulk_")) else {}
    arguments: dict[str, Any] = {
        argument: "larch" if argument == "slug" else (EXAMPLES | own)[argument] for argument in ADDRESSES[name]
    }
    return reverse(name, kwargs=arguments)


def ask(client: Client, name: str) -> Any:
    """GET the page, or post nothing to it if it only takes a form."""
    answer = client.get(example(name))
    return client.post(example(name)) if answer.status_code == 405 else answer


def test_every_url_declares_its_access():
    assert sorted(name for name, _ in WALKED) == sorted(ADDRESSES), "two addresses share a name"
    assert set(ADDRESSES) - PUBLIC - ANYBODY_SIGNED_IN - OF_LINKS - OF_RECORDS - OF_LEDGERDESK - set(NEEDED) == set()
    assert set(OF_COMPANIES) <= set(NEEDED)


def ask_all(client: Client, names: Iterable[str]) -> dict[str, int]:
    """The status of each page, for a person whom none of them lets change anything."""
    return {name: ask(client, name).status_code for name in names}


def test_nobody_gets_further_than_the_sign_in_page(client, db):
    names = sorted(set(ADDRESSES) - PUBLIC)
    answers = {(name, method): getattr(client, method)(example(name)) for name in names for method in ("get", "post")}
    assert {
        asked: answer.status_code for asked, answer in answers.items() if answer.status_code not in (302, 303)
    } == {}
    led = {asked: answer.headers["Location"].split("?")[0] for asked, answer in answers.items()}
    assert led == dict.fromkeys(answers, reverse("account_login"))


def test_an_outsider_sees_the_pages_that_belong_to_no_company(as_dave):
    wanted = dict.fromkeys(ANYBODY_SIGNED_IN, 200) | {"inbox_notices": 204, "setting_choose": 303}
    assert ask_all(as_dave, sorted(ANYBODY_SIGNED_IN)) == wanted


def test_to_nobody_leads_a_forged_link_anywhere(everybody):
    clients = {person: signed_in(found) for person, found in everybody.items()}
    asked = [(person, name, method) for person in clients for name in OF_LINKS for method in ("get", "post")]
    found = {one: getattr(clients[one[0]], one[2])(example(one[1])).status_code for one in asked}
    assert found == dict.fromkeys(asked, 404)


def test_to_an_outsider_a_company_does_not_exist(as_dave):
    assert ask_all(as_dave, OF_COMPANIES) == dict.fromkeys(OF_COMPANIES, 404)


def test_an_administrator_of_ledgerdesk_finds_the_pages_of_administration(dave, as_dave, larch, sandbox):
    Tenant.objects.filter(pk=larch.pk).update(archived_at=now())
    User.objects.filter(pk=dave.pk).update(is_staff=True)
    found = ask_all(as_dave, sorted(OF_LEDGERDESK - OF_SOME_ROW))
    assert {name: status for name, status in found.items() if status not in {200, 303}} == {}  # 303 of mere buttons


@pytest.mark.parametrize("person", ["alice", "bob", "carol", "dave"])
def test_to_all_but_its_administrators_a_page_of_ledgerdesk_does_not_exist(everybody, larch, person):
    Tenant.objects.filter(pk=larch.pk).update(archived_at=now())
    client, form = signed_in(everybody[person]), {"do": "try"}
    pages = {name: example(name) for name in OF_LEDGERDESK}
    found = {name: (client.get(page).status_code, client.post(page, form).status_code) for name, page in pages.items()}
    assert {name: both for name, both in found.items() if both not in ((404, 404), (404, 405), (405, 404))} == {}


def test_to_an_outsider_there_is_no_bulk_change(as_bob, as_dave, sandbox, larch, bob):
    batch = Batch.objects.create(pk=1, person=bob, person_name="bob", kind="customers", title="", planned_at=now())
    batch.items.create(number=1, tenant=larch, remote_id="8-1", record_name="Ada", finding=Finding.UNCHANGED)
    names = sorted(OF_RECORDS)
    assert [ask_all(client, names) for client in (as_bob, as_dave)] == [dict.fromkeys(names, n) for n in (200, 404)]


def test_a_ledgerdesk_administrator_enters_no_company_without_being_a_member(dave, as_dave, larch):
    User.objects.filter(pk=dave.pk).update(is_staff=True)
    assert ask_all(as_dave, OF_COMPANIES) == dict.fromkeys(OF_COMPANIES, 404)


@pytest.mark.parametrize("person", ROLES)
def test_a_role_gives_the_declared_access_and_no_more(everybody: dict[str, User], sandbox, person):
    answers = ask_all(signed_in(everybody[person]), OF_COMPANIES)
    refused = {name for name, status in answers.items() if status == 403}
    assert refused == {name for name in OF_COMPANIES if ROLES[person] < NEEDED[name]}


def test_a_page_answers_head_like_get(as_alice, sandbox):
    pages = {name: example(name) for name in sorted(set(ADDRESSES) - PUBLIC)}
    head = {name: as_alice.head(page).status_code for name, page in pages.items()}
    assert head == {name: as_alice.get(page).status_code for name, page in pages.items()}


def test_a_role_in_one_company_gives_no_access_to_another(bob, larch, as_bob):
    bob.memberships.filter(tenant=larch).delete()
    assert ask_all(as_bob, OF_COMPANIES) == dict.fromkeys(OF_COMPANIES, 404)


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("/t/larch/edits/of/customers/8-1/", "/t/larch/edits/records/customers/8-1/"),
        ("/t/larch/edits/seen/1/", "/t/larch/edits/external-changes/1/"),
    ],
)
def test_an_address_of_an_earlier_edition_leads_to_where_its_page_is_now(as_carol, larch, old, now):
    answer = as_carol.get(old)
    assert (answer.status_code, answer["Location"]) == (302, now)


FIXED = {
    "customer_edit",
    "bill_edit",
    "history_export",
    "list_export",
    "list_export_to_edit",
    "security_log_export",
}  # promised to others, and files


def test_every_address_but_those_that_are_fixed_ends_with_a_slash():
    ends = {name: example(name) for name in OF_COMPANIES}
    assert {name for name, address in ends.items() if not address.endswith("/")} == FIXED
