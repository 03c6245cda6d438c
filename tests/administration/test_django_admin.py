"""Django's own administration: who may look at its tables, that nothing is changed there, and what is not shown."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.sync import refresh
from tenants.models import Tenant
from tests.edits.factories import an_edit
from tests.support.people import signed_in

HOME = "/administration/django/"
TABLES = {
    "auth/user": User,
    "django_tasks_database/dbtaskresult": DBTaskResult,
    "edits/edit": None,
    "tenants/membership": None,
    "tenants/tenant": Tenant,
}
SEALED = "sealed-key-of-larch"


@pytest.fixture
def as_chief(alice: User) -> Client:
    """A Ledgerdesk administrator who is a member of no company."""
    return signed_in(User.objects.create(username="chief", is_staff=True))


@pytest.fixture
def rows(larch: Tenant, bob: User, sandbox: Any) -> dict[str, Any]:
    """A row of each table, by its place."""
    Tenant.objects.filter(pk=larch.pk).update(sealed_key=SEALED)
    edit = an_edit(larch, bob, timezone.now(), record_name="Ada Secretive", reason="Told in private")
    refresh.request_refresh(larch, "person")
    task = DBTaskResult.objects.earliest("enqueued_at")
    membership = larch.memberships.get(person=bob)
    numbers = {"auth/user": bob.pk, "edits/edit": edit.pk, "tenants/membership": membership.pk}
    return {**numbers, "tenants/tenant": larch.pk, "django_tasks_database/dbtaskresult": task.pk}


def list_pages(rows: dict[str, Any]) -> list[str]:
    lists = [f"{HOME}{table}/" for table in TABLES]
    return [HOME, f"{HOME}tenants/", *lists, *(f"{HOME}{table}/{pk}/change/" for table, pk in rows.items())]


def test_an_administrator_looks_at_every_table_and_row(as_chief: Client, rows: dict[str, Any]) -> None:
    assert {as_chief.get(page).status_code for page in list_pages(rows)} == {200}


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "dave"])
def test_for_anybody_else_there_is_nothing(everybody: dict[str, User], rows: dict[str, Any], name: str) -> None:
    client = signed_in(everybody[name])
    asked = [ask(page).status_code for page in list_pages(rows) for ask in (client.get, client.post)]
    assert set(asked) == {404}


def test_without_a_sign_in_it_leads_to_ours(client: Client, db: None) -> None:
    answer = client.get(HOME)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_no_page_shows_a_secret_or_a_record(as_chief: Client, rows: dict[str, Any], bob: User) -> None:
    hidden = [SEALED, bob.password, "Ada Secretive", "Told in private", "555-0199"]
    for page in list_pages(rows):
        text = as_chief.get(page).content.decode()
        assert [one for one in hidden if one in text] == [], page


@pytest.mark.parametrize(
    "query",
    [
        "auth/user/?password__startswith=md5",
        "tenants/tenant/?sealed_key__startswith=s",
        "edits/edit/?wanted__contains=5",
    ],
)
def test_no_address_asks_for_what_is_not_shown(as_chief: Client, rows: dict[str, Any], query: str) -> None:
    assert as_chief.get(f"{HOME}{query}").status_code == 400


def test_nothing_is_changed_there(as_chief: Client, rows: dict[str, Any]) -> None:
    before = [list(model.objects.values()) for model in (User, Tenant)]
    answers = [as_chief.post(page, {"name": "x", "username": "x"}).status_code for page in list_pages(rows)[-5:]]
    assert (answers, [list(model.objects.values()) for model in (User, Tenant)]) == ([403] * 5, before)


def test_there_is_no_page_to_add_or_delete(as_chief: Client, rows: dict[str, Any]) -> None:
    pages = [f"{table}/{page}" for table in TABLES for page in ("add/", "1/delete/", "1/history/", "1/password/")]
    assert {page: as_chief.get(f"{HOME}{page}").status_code for page in pages} == dict.fromkeys(pages, 404)


@pytest.mark.parametrize("page", ["login/", "logout/", "password_change/", "autocomplete/", "r/1/1/"])
def test_it_has_no_account_pages_of_its_own(as_chief: Client, db: None, page: str) -> None:
    assert as_chief.get(f"{HOME}{page}").status_code == 404


def test_a_row_that_is_not_there_is_not_found(as_chief: Client, rows: dict[str, Any]) -> None:
    pages = [f"{HOME}tenants/tenant/999999/change/", f"{HOME}edits/edit/x/change/"]
    assert [as_chief.get(page).status_code for page in pages] == [404, 404]


def test_its_pages_keep_to_the_content_policy(as_chief: Client, rows: dict[str, Any]) -> None:
    for page in list_pages(rows):
        answer = as_chief.get(page)
        text = answer.content.decode()
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style|\sstyle=|\son[a-z]+=", text)
        assert (inline, "script-src 'self'" in answer["Content-Security-Policy"]) == ([], True), page


def test_a_company_leads_to_the_page_where_it_is_changed(as_chief: Client, rows: dict[str, Any]) -> None:
    page = as_chief.get(f"{HOME}tenants/tenant/").content.decode()
    assert '<a href="/administration/companies/larch/">Change</a>' in page
