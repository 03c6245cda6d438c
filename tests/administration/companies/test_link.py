"""The connection link: made, shown until it expires, mailed, used; and the company that it connects."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from administration.companies.link_page import MAILED
from books.models import ConnectionAct, ReadState, SyncRun, SyncStatus, VendorRead
from books.providers.errors import NotSetUp
from books.registry import check_may_ask
from books.sync import scheduler, tasks
from tenants import mailing
from tenants.models import SecurityEvent, Tenant
from tests.support.people import PatientClient
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

from .conftest import FERN, create, is_setting_up, make_link, sent, text, token

AGAIN = "/t/garnet/connection/link/"


@pytest.fixture
def link(as_root: PatientClient, fern: Tenant) -> str:
    """The link of a company whose end user was just created."""
    create(as_root)
    run_queued_tasks()
    return make_link(as_root)


def look(client: Client, address: str = FERN) -> str:
    """Look at the page until the worker has nothing to do, as its poll does."""
    client.get(address)
    run_queued_tasks()
    return text(client.get(address))


def test_a_link_is_made_by_the_worker_and_shown_with_its_end(
    as_root: PatientClient, fern: Tenant, link: str, sandbox: Sandbox
) -> None:
    page = as_root.get(FERN)
    fern.refresh_from_db()
    asked = {"publishableKey": "pk_conductor_sandbox", "endUserId": fern.end_user_id, "linkExpiryMins": 1440}
    assert (sent(sandbox, "POST", "/v1/auth-sessions"), link in page.content.decode()) == ([asked], True)
    left = page.context["connecting"].link.expires_at - timezone.now()
    assert 1430 < left.total_seconds() / 60 <= 1440
    assert "Open the link in a browser on that PC" in text(page)


def test_a_link_is_stored_sealed_and_never_logged(link: str) -> None:
    stored = [str(act.answer) for act in ConnectionAct.objects.all()]
    logged = [str(event.details) for event in SecurityEvent.objects.all()]
    secret = link.rpartition("/")[2]
    assert [one for one in (*stored, *logged) if secret in one] == []
    assert [one for one in logged if "Connection link requested" in one] != []


def test_a_link_that_has_expired_is_shown_no_longer(as_root: PatientClient, fern: Tenant, link: str) -> None:
    for act in ConnectionAct.objects.filter(kind="link"):
        act.answer = {**act.answer, "expires_at": timezone.now().isoformat()}
        act.save(update_fields=["answer"])
    page = as_root.get(FERN).content.decode()
    assert (link in page, "Make a connection link" in page) == (False, True)


def test_a_link_of_an_earlier_end_user_is_shown_no_longer(as_root: PatientClient, fern: Tenant, link: str) -> None:
    Tenant.objects.filter(pk=fern.pk).update(end_user_id="end_usr_another00001")
    assert link not in as_root.get(FERN).content.decode()


def test_without_a_publishable_key_it_says_what_to_set(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox, settings: Any
) -> None:
    settings.CONDUCTOR_PUBLISHABLE_KEY = ""
    create(as_root)
    run_queued_tasks()
    as_root.post(FERN, {"do": "link", "token": token(as_root.get(FERN), "link_form"), "minutes": "30"})
    run_queued_tasks()
    assert "CONDUCTOR_PUBLISHABLE_KEY" in text(as_root.get(FERN))
    assert sent(sandbox, "POST", "/v1/auth-sessions") == []


def test_it_is_watched_from_nobody_to_connected_and_then_it_loads(
    as_root: PatientClient, fern: Tenant, link: str, sandbox: Sandbox
) -> None:
    assert "Nobody has opened the link yet." in look(as_root)
    sandbox.http.get(link)
    age_setup(fern)
    assert "The QuickBooks Desktop connection has not been set up." in look(as_root)
    sandbox.http.post(link)
    age_setup(fern)
    shown = look(as_root)
    assert ("Connected." in shown, "Open its customers" in shown, is_setting_up(fern)) == (True, True, False)
    assert SyncStatus.objects.get(tenant=fern).state == ReadState.QUEUED
    tasks.read_at_once(Tenant.objects.get(pk=fern.pk))
    run_queued_tasks("sync")
    assert "Everything is loaded: 28 lists." in text(as_root.get(FERN))
    assert len(as_root.get("/t/fern/customers/").context["found"].rows) == 20


def age_setup(tenant: Tenant) -> None:
    """Let the page ask again now."""
    VendorRead.objects.filter(tenant=tenant).update(ended_at=timezone.now() - timedelta(minutes=1))


def test_nothing_is_read_or_saved_before_it_is_connected(fern: Tenant, link: str, sandbox: Sandbox) -> None:
    Tenant.objects.exclude(pk=fern.pk).delete()  # they would be read
    scheduler.run_round()
    run_queued_tasks("sync")
    fern.refresh_from_db()
    with pytest.raises(NotSetUp):
        check_may_ask(fern)
    assert (sandbox.requests(fern.end_user_id), SyncRun.objects.filter(tenant=fern).count()) == ([], 0)


def test_a_page_asks_at_most_every_few_seconds(
    as_root: PatientClient, fern: Tenant, link: str, sandbox: Sandbox
) -> None:
    look(as_root)
    VendorRead.objects.update(ended_at=timezone.now() + timedelta(minutes=1))  # a slow machine makes no difference
    before = len(sandbox.requests())
    for _ in range(5):
        look(as_root)
    assert len(sandbox.requests()) == before


def test_the_parts_that_move_come_alone(as_root: PatientClient, fern: Tenant, link: str) -> None:
    for part in ("standing", "connecting"):
        answer = as_root.get(FERN, headers={"HX-Request": "true", "HX-Target": part})
        assert (f'id="{part}"' in answer.content.decode(), "<html" in answer.content.decode()) == (True, False)
        assert "HX-Request" in answer["Vary"]


def test_the_link_is_mailed_with_the_steps(as_root: PatientClient, fern: Tenant, link: str, settings: Any) -> None:
    settings.HAS_MAIL = True
    as_root.post(FERN, {"do": "mail", "email": "ann@fern.example"})
    mailing.OUTGOING.submit(lambda: None).result()  # mails are sent one after the other
    assert ([one.to for one in mail.outbox], link in mail.outbox[0].body) == ([["ann@fern.example"]], True)
    assert ("1. Sign in to Windows" in mail.outbox[0].body, "Fern & Fig" in mail.outbox[0].body) == (True, True)


def test_very_many_mails_with_a_link_are_throttled(
    as_root: PatientClient, fern: Tenant, link: str, settings: Any
) -> None:
    settings.HAS_MAIL = True
    asked = {"do": "mail", "email": "ann@fern.example"}
    statuses = [as_root.post(FERN, asked).status_code for _ in range(MAILED.tries)]
    last = as_root.post(FERN, asked)
    mailing.OUTGOING.submit(lambda: None).result()
    assert (set(statuses), last.status_code, len(mail.outbox)) == ({303}, 422, MAILED.tries)
    assert "Too many links were emailed. Try again in" in text(last)


def test_without_mail_the_link_is_to_be_copied(as_root: PatientClient, fern: Tenant, link: str) -> None:
    answer = as_root.post(FERN, {"do": "mail", "email": "ann@fern.example"})
    assert (answer.status_code, mail.outbox) == (422, [])
    assert "Ledgerdesk cannot send email here." in text(answer)


@pytest.mark.parametrize("minutes", ["14", "10081", "", "x"])
def test_only_the_offered_times_are_taken(as_root: PatientClient, fern: Tenant, link: str, minutes: str) -> None:
    answer = as_root.post(FERN, {"do": "link", "token": "t", "minutes": minutes})
    assert (answer.status_code, list(answer.context["link_form"].errors)) == (422, ["minutes"])


def test_an_administrator_of_the_company_connects_it_again(
    as_alice: PatientClient, garnet: Tenant, sandbox: Sandbox
) -> None:
    assert AGAIN in as_alice.get("/t/garnet/connection/").content.decode()
    link = make_link(as_alice, AGAIN)
    assert "connection is not active" in look(as_alice, AGAIN)
    sandbox.http.post(link)
    age_setup(garnet)
    look(as_alice, AGAIN)
    status = SyncStatus.objects.get(tenant=garnet)
    assert (status.answered_at is not None, status.failing_since) == (True, None)
    assert SecurityEvent.objects.get(tenant=garnet).actor_name == "alice"


def test_nobody_else_and_no_other_company_is_connected_by_a_link(
    as_bob: PatientClient, as_alice: PatientClient, as_root: PatientClient, garnet: Tenant, juniper: Tenant
) -> None:
    asked = {"do": "link", "token": "t", "minutes": "30"}
    answers = [client.post(AGAIN, asked).status_code for client in (as_bob, as_root)]
    answers.append(as_alice.post("/t/juniper/connection/link/", asked).status_code)
    assert (answers, ConnectionAct.objects.count()) == ([403, 404, 404], 0)


@pytest.mark.parametrize("do", ["create", "adopt", "access"])
def test_a_company_administrator_can_only_make_links(as_alice: PatientClient, garnet: Tenant, do: str) -> None:
    assert as_alice.post(AGAIN, {"do": do, "token": "t", "base_url": "http://x.example/api"}).status_code == 422
    garnet.refresh_from_db()
    assert (garnet.end_user_id, garnet.base_url, ConnectionAct.objects.count()) == ("end_usr_pcisoff00001", "", 0)
