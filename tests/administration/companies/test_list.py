"""The list of all companies, adding one, and who finds these pages."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from administration.companies.states import describe_state
from books.health.states import KnownHealth
from books.models import SyncStatus
from books.sync import scheduler
from tenants.models import Membership, SecurityEvent, Tenant
from tests.support.people import PatientClient, signed_in
from tests.support.vendor import Sandbox

from .conftest import ADD, FERN, text

NOW = timezone.now()
LIST = "/administration/companies/"


@pytest.mark.parametrize(
    ("columns", "status", "word"),
    [
        ({}, {}, "Not connected yet"),
        ({"end_user_id": ""}, {"answered_at": NOW}, "Not connected yet"),
        ({}, {"answered_at": NOW}, "Connected"),
        ({}, {"answered_at": NOW, "failing_since": NOW, "error": "NotActive"}, "PC off or Web Connector closed"),
        ({}, {"failing_since": NOW}, "Not answering"),
        ({}, {"answered_at": NOW, "setting_up_since": NOW}, "Not connected yet"),
        ({}, {"answered_at": NOW, "other_file_since": NOW}, "Different company"),
        ({}, {"answered_at": NOW, "resting_since": NOW}, "Paused"),
        ({"archived_at": NOW}, {"answered_at": NOW, "resting_since": NOW}, "Archived"),
        ({"archived_at": NOW, "removed_at": NOW}, {}, "Removed"),
        ({"provider": "bigcapital", "end_user_id": ""}, {"answered_at": NOW}, "Not connected yet"),
        ({"provider": "bigcapital", "end_user_id": "", "key_variable": "K"}, {"answered_at": NOW}, "Connected"),
    ],
)
def test_a_company_has_one_word_for_its_state(columns: dict[str, Any], status: dict[str, Any], word: str) -> None:
    tenant = Tenant(**{"end_user_id": "end_usr_x", **columns})
    assert describe_state(tenant, KnownHealth(SyncStatus(**status))).word == word


def test_the_list_names_every_company_with_its_state(as_root: PatientClient, companies: dict[str, Tenant]) -> None:
    Tenant.objects.filter(slug="abc").update(archived_at=NOW)
    shown = as_root.get(LIST)
    rows = [(row.tenant.slug, row.state.word, row.people) for row in shown.context["rows"]]
    assert (len(rows), rows[-1]) == (7, ("abc", "Archived", 3))
    assert "ABC Corporation QuickBooks Archived" in text(shown)


def test_the_list_takes_as_many_queries_for_seven_companies_as_for_one(
    as_root: PatientClient, companies: dict[str, Tenant], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):
        as_root.get(LIST)
    Tenant.objects.exclude(slug="abc").delete()
    with django_assert_num_queries(9):
        as_root.get(LIST)


def test_the_frame_leads_administrators_there_and_nobody_else(
    as_root: PatientClient, bob: User, companies: dict[str, Tenant]
) -> None:
    link = 'href="/administration/"'
    assert [link in client.get("/").content.decode() for client in (as_root, signed_in(bob))] == [True, False]


def test_adding_a_company_asks_nothing_and_reads_nothing(
    fern: Tenant, sandbox: Sandbox, dave: User, django_assert_num_queries: Any
) -> None:
    Tenant.objects.exclude(pk=fern.pk).delete()
    with django_assert_num_queries(1):
        scheduler.start_new_companies()
    assert (fern.name, fern.provider, fern.end_user_id, sandbox.requests()) == ("Fern & Fig", "conductor", "", [])
    status = SyncStatus.objects.get(tenant=fern)
    assert (status.setting_up_since is not None, status.state, fern.runs.count()) == (True, "done", 0)
    assert [(one.person, one.role) for one in Membership.objects.filter(tenant=fern)] == [(dave, 30)]
    logged = SecurityEvent.objects.filter(tenant=fern).order_by("pk")
    assert [(one.kind, one.actor_name) for one in logged] == [("company_added", "dave"), ("member_added", "dave")]


def test_an_administrator_who_does_not_join_sees_no_records(as_root: PatientClient) -> None:
    as_root.post(ADD, {"name": "Fern", "provider": "conductor"})
    assert [as_root.get(path).status_code for path in (FERN, "/t/fern/")] == [
        200,
        404,
    ]


def test_a_slug_is_made_of_the_name_and_is_free(as_root: PatientClient, larch: Tenant) -> None:
    larch.former_slugs.create(slug="larch-2")
    as_root.post(ADD, {"name": "Larch", "provider": "conductor"})
    as_root.post(ADD, {"name": "Add", "provider": "conductor"})
    assert set(Tenant.objects.filter(end_user_id="", provider="conductor").values_list("slug", flat=True)) == {
        "larch-3",
        "add-2",
    }


def test_a_form_posted_twice_adds_one_company_and_another_of_its_name_takes_an_address(as_root: PatientClient) -> None:
    asked = {"name": "Fern", "provider": "conductor"}
    answers = [as_root.post(ADD, {**asked, **more}) for more in ({}, {}, {"slug": "fern-west"})]
    assert [answer.status_code for answer in answers] == [303, 422, 303]
    assert list(Tenant.objects.filter(name="Fern").order_by("slug").values_list("slug", flat=True)) == [
        "fern",
        "fern-west",
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": "", "provider": "conductor"}, "name"),
        ({"name": "X", "provider": "quicken"}, "provider"),
        ({"name": "X", "provider": "conductor", "slug": "no spaces"}, "slug"),
        ({"name": "X", "provider": "conductor", "slug": "larch"}, "slug"),
        ({"name": "X", "provider": "conductor", "slug": "add"}, "slug"),
        ({"name": "X", "provider": "conductor", "slug": "before"}, "slug"),  # old links lead to another company
        ({"name": "北京", "provider": "conductor"}, "slug"),
    ],
)
def test_what_cannot_be_added_is_said_at_its_field(
    as_root: PatientClient, larch: Tenant, asked: dict[str, str], field: str
) -> None:
    larch.former_slugs.create(slug="before")
    before = Tenant.objects.count()
    answer = as_root.post(ADD, asked)
    found = (answer.status_code, list(answer.context["form"].errors), Tenant.objects.count())
    assert found == (422, [field], before)


def test_administration_leads_to_all_of_its_pages(as_root: PatientClient) -> None:
    page = as_root.get("/administration/").content.decode()
    pages = ("companies/", "usage/", "people/", "log/", "log/second-factor/", "django/")
    assert [path for path in pages if f'href="/administration/{path}"' not in page] == []


@pytest.mark.parametrize("page", ["companies/", "people/", "usage/", "log/", "log/second-factor/"])
def test_each_page_of_administration_leads_back(as_root: PatientClient, page: str) -> None:
    assert '<a href="/administration/">Administration</a>' in as_root.get(f"/administration/{page}").content.decode()
