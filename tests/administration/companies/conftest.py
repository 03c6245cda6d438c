"""An administrator of the Ledgerdesk who is in no company, and companies that wait to be connected."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from books.models import SyncStatus
from tenants.models import Tenant
from tests.support.people import PatientClient, signed_in
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import KEY, Sandbox

ADD = "/administration/companies/add/"
FERN = "/administration/companies/fern/connect/"
PERSON = {"company_name": "Fern & Fig", "email": "ann@fern.example", "source_id": "fern-1"}


@pytest.fixture
def as_root(dave: User) -> PatientClient:
    """Dave has no company; here he administers the Ledgerdesk."""
    User.objects.filter(pk=dave.pk).update(is_staff=True)
    return signed_in(User.objects.get(pk=dave.pk))


@pytest.fixture
def fern(as_root: PatientClient, sandbox: Sandbox) -> Tenant:
    """A company in QuickBooks that was just added."""
    as_root.post(ADD, {"name": "Fern & Fig", "slug": "fern", "provider": "conductor", "joins": "on"})
    return Tenant.objects.get(slug="fern")


@pytest.fixture
def fig(as_root: PatientClient, sandbox: Sandbox) -> Tenant:
    """A company in Bigcapital that was just added."""
    as_root.post(ADD, {"name": "Fig Tea", "slug": "fig", "provider": "bigcapital", "joins": "on"})
    return Tenant.objects.get(slug="fig")


def text(answer: Any) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def token(answer: Any, form: str = "create_form") -> str:
    """The number of a form on a page."""
    return str(answer.context[form]["token"].value())


def create(client: PatientClient, **more: str) -> Any:
    """Post the form that has Conductor create the end user."""
    number = more.pop("token", "") or token(client.get(FERN))
    return client.post(FERN, {"do": "create", "token": number, **PERSON, **more})


def make_link(client: PatientClient, address: str = FERN) -> str:
    """Have a link made, and return it."""
    number = token(client.get(address), "link_form")
    client.post(address, {"do": "link", "token": number, "minutes": "1440"})
    run_queued_tasks()
    return str(client.get(address).context["connecting"].link.url)


def sent(sandbox: Sandbox, method: str, path: str = "/v1/end-users") -> list[Any]:
    """The bodies of what Conductor has received."""
    return [one["body"] for one in sandbox.requests() if (one["method"], one["path"]) == (method, path)]


def list_end_users(sandbox: Sandbox) -> dict[str, str]:
    """The ids of the end users at Conductor by source id."""
    headers = {"Authorization": f"Bearer {KEY}"}
    rows = sandbox.http.get("/v1/end-users", headers=headers).raise_for_status().json()["data"]
    return {one["sourceId"]: one["id"] for one in rows}


def is_setting_up(tenant: Tenant) -> bool:
    return SyncStatus.objects.get(tenant=tenant).setting_up_since is not None
