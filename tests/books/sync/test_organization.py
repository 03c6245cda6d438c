"""Another organization's key in a company's variable or file: it is noticed before anything is read or sent with it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, SyncRun, SyncStatus
from books.providers import errors
from books.providers.lock import RequestPriority
from books.sync import company_file, refresh, tasks
from edits.lifecycle.save import carry_out
from edits.models.edit import State
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.support import saving
from tests.support.vendor import JUNIPER, JUNIPER_KEY, KAWARA_KEY, Sandbox

KAWARA, VARIABLE = "org_kawaratea00001", "BIGCAPITAL_KEY_KAWARA"
DIFFERENT = f'The key leads to "Juniper Grove Interiors" ({JUNIPER}) instead of "Kawara Tea Trading" ({KAWARA}).'
Again = Callable[[], SyncStatus]


@pytest.fixture
def kawara(sandbox: Sandbox, companies: dict[str, Tenant]) -> Tenant:
    return companies["kawara"]


@pytest.fixture
def read(sandbox: Sandbox, kawara: Tenant) -> Again:
    """The company after the first reading of its customers; returns a function that reads what is due again."""
    SyncStatus.objects.create(tenant=kawara)
    SyncRun.objects.create(tenant=kawara, kind="customers")

    def again() -> SyncStatus:
        SyncRun.objects.filter(tenant=kawara).update(state="queued", slices_done=0)
        SyncStatus.objects.filter(tenant=kawara).update(next_try_at=None)
        tasks.read_at_once(kawara)
        return SyncStatus.objects.get(tenant=kawara)

    again()
    sandbox.clear_requests()
    return again


@pytest.fixture(params=["variable", "file"])
def put_key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Put another key into the company's variable, or the file that it names."""

    def put(key: str) -> None:
        if request.param == "variable":
            monkeypatch.setenv(VARIABLE, key)
        else:
            monkeypatch.delenv(VARIABLE, raising=False)
            (tmp_path / "key").write_text(f"{key}\n")
            monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "key"))

    return put


def asked(sandbox: Sandbox) -> list[str]:
    return [f"{request['method']} {request['path'].removeprefix('/api')}" for request in sandbox.requests()]


def records() -> list[tuple[str, str]]:
    return list(Record.objects.order_by("pk").values_list("remote_id", "version__content"))


@pytest.mark.on_both
def test_no_record_of_another_organization_is_read(
    sandbox: Sandbox, kawara: Tenant, read: Again, put_key: Callable[[str], None]
) -> None:
    before = records()
    put_key(JUNIPER_KEY)
    status = read()
    assert (asked(sandbox), records()) == (["GET /organization/current"], before)
    assert (status.other_file["account"], registry.describe_other_file(status)) == (JUNIPER, DIFFERENT)


def test_a_record_is_not_read_before_the_key_was_compared(
    sandbox: Sandbox, kawara: Tenant, read: Again, put_key: Callable[[str], None]
) -> None:
    put_key(JUNIPER_KEY)
    table = registry.get_table(kawara, "customers")
    with pytest.raises(errors.OtherOrganization):
        refresh.read_record(kawara, table, "1")
    with pytest.raises(errors.OtherOrganization):
        next(registry.make_client(kawara, RequestPriority.SYNC).pages(table))
    assert asked(sandbox) == ["GET /organization/current"] * 2


def test_a_change_is_not_sent_before_the_key_was_compared_and_waits_for_the_right_one(
    sandbox: Sandbox, kawara: Tenant, read: Again, put_key: Callable[[str], None], bob: User
) -> None:
    job = lookup.find_record(kawara, "customers", "1")
    member = Member(kawara, bob, Role.BOOKKEEPER)
    edit = saving.accept(member, job, lookup.get_content(job).replace(note="Mine"))
    put_key(JUNIPER_KEY)
    edit = carry_out(edit)
    assert (edit.state, edit.error, asked(sandbox)) == (
        State.QUEUED, "OtherOrganization", ["GET /organization/current"],
    )  # fmt: skip
    put_key(KAWARA_KEY)
    assert carry_out(edit).state == State.SAVED


def test_no_answer_about_the_organization_leaves_no_doubt_about_a_change(
    sandbox: Sandbox, kawara: Tenant, read: Again, bob: User
) -> None:
    job = lookup.find_record(kawara, "customers", "1")
    edit = saving.accept(Member(kawara, bob, Role.BOOKKEEPER), job, lookup.get_content(job).replace(note="Mine"))
    SyncStatus.objects.update(company_file={"account": KAWARA})
    sandbox.fault(organizationId=KAWARA, fault="cut_before", count=2)  # a read is repeated once
    assert carry_out(edit).error == "NotReached"


def test_the_right_key_put_back_ends_it(
    sandbox: Sandbox, kawara: Tenant, read: Again, put_key: Callable[[str], None]
) -> None:
    put_key(JUNIPER_KEY)
    read()
    put_key(KAWARA_KEY)
    status = read()
    assert (status.other_file, status.other_file_since) == ({}, None)
    assert asked(sandbox)[-1] == "GET /customers"


def test_another_address_of_the_same_organization_is_compared_once(
    sandbox: Sandbox, kawara: Tenant, read: Again, settings: Any
) -> None:
    settings.BIGCAPITAL_BASE_URL = settings.BIGCAPITAL_BASE_URL.replace("127.0.0.1", "localhost")
    assert read().other_file_since is None
    read()
    assert asked(sandbox) == ["GET /organization/current", *["GET /customers"] * 4]


def test_the_same_key_is_not_asked_for_again(sandbox: Sandbox, kawara: Tenant, read: Again) -> None:
    SyncStatus.objects.update(file_asked_at=timezone.now() - timedelta(hours=2))
    read()
    assert asked(sandbox) == ["GET /customers"] * 2


def test_a_company_whose_key_was_compared_by_an_earlier_edition_goes_on(
    sandbox: Sandbox, kawara: Tenant, read: Again
) -> None:
    SyncStatus.objects.update(company_file={"account": KAWARA})
    assert read().other_file_since is None
    assert asked(sandbox) == ["GET /organization/current", *["GET /customers"] * 2]


def test_a_renamed_organization_stops_nothing(sandbox: Sandbox, kawara: Tenant, read: Again) -> None:
    headers = {"Authorization": f"Bearer {KAWARA_KEY}"}
    sandbox.http.put("/api/organization", json={"name": "Kawara Ltd"}, headers=headers).raise_for_status()
    SyncStatus.objects.update(company_file={"account": KAWARA, "name": "Kawara Tea"})
    assert read().other_file_since is None


def test_an_administrator_says_that_it_is_the_same_company(
    sandbox: Sandbox, kawara: Tenant, read: Again, put_key: Callable[[str], None], as_alice: Client
) -> None:
    put_key(JUNIPER_KEY)
    form = {"mark": company_file.make_mark(read())}
    page = " ".join(as_alice.get("/t/kawara/connection/").content.decode().split())
    assert "The key is of a different organization in Bigcapital, since" in page
    answer = as_alice.post("/t/kawara/connection/same-company/", form, follow=True)
    assert "now belongs to the organization Juniper" in answer.content.decode()
    assert (read().other_file_since, asked(sandbox)[-1]) == (None, "GET /customers")


def test_an_organization_that_another_company_here_has_is_never_taken(
    sandbox: Sandbox, kawara: Tenant, read: Again, put_key: Callable[[str], None], juniper: Tenant
) -> None:
    put_key(JUNIPER_KEY)
    read()
    SyncStatus.objects.create(tenant=juniper, company_file={"account": JUNIPER})
    with pytest.raises(errors.KeyRefused):
        company_file.confirm(kawara, "alice")
    with pytest.raises(errors.KeyRefused):
        read()
    assert "GET /customers" not in asked(sandbox)
