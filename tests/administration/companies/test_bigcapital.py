"""A company in Bigcapital: address and key, tried at once; the key is stored sealed and never shown."""

from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from books.models import Record, SyncStatus
from books.providers.errors import KeyRefused
from books.providers.lock import RequestPriority
from books.registry import make_client
from books.sync import refresh, scheduler, tasks
from tenants.models import OfferedAccess, SecurityEvent, Tenant
from tests.support.people import PatientClient
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import JUNIPER_KEY, KAWARA_KEY, Sandbox
from tests.tenants.test_commands import run

from .conftest import is_setting_up, text

KAWARA = "org_kawaratea00001"
FIG = "/administration/companies/fig/connect/"


def store(client: PatientClient, sandbox: Sandbox, page: str = FIG, **more: str) -> Any:
    asked = {"do": "access", "base_url": f"{sandbox.url}/api", "key": JUNIPER_KEY, **more}
    answer = client.post(page, asked)
    run_queued_tasks()
    return answer


def test_the_key_is_tried_at_once_and_tells_whose_it_is(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    sandbox.limits(auth={"calls": 10, "seconds": 60})
    store(as_root, sandbox)
    page = text(as_root.get(FIG))
    told = ["Connected.", "Juniper Grove Interiors", "America/New York", "up to 10 in 60 seconds"]
    shown = page.replace("_", " ")
    assert [one for one in (*told, "THROTTLE AUTH LIMIT") if one not in shown] == []
    assert is_setting_up(fig) is False


def test_a_server_without_the_usual_limits_needs_no_advice(
    as_root: PatientClient, fig: Tenant, sandbox: Sandbox
) -> None:
    store(as_root, sandbox)
    page = text(as_root.get(FIG))
    assert ("no limit" in page, "THROTTLE_AUTH_LIMIT" in page) == (True, False)


def test_its_customers_are_read_from_then_on(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    store(as_root, sandbox)
    tasks.read_at_once(Tenant.objects.get(pk=fig.pk))
    assert as_root.get("/t/fig/customers/").context["found"].total > 0


def test_a_typed_key_is_nowhere_but_sealed(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    store(as_root, sandbox)
    fig.refresh_from_db()
    pages = [as_root.get(path).content.decode() for path in (FIG, "/administration/companies/", "/t/fig/connection/")]
    logged = str(list(SecurityEvent.objects.values_list("details", flat=True)))
    queued = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    assert (fig.sealed_key != "", fig.key_variable) == (True, "")
    assert [where for where in (*pages, logged, queued, fig.sealed_key) if JUNIPER_KEY in where] == []


def test_a_key_with_a_mistake_is_not_drawn_again(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    answer = store(as_root, sandbox, key=JUNIPER_KEY, key_variable="BIGCAPITAL_KEY_JUNIPER")
    assert (answer.status_code, JUNIPER_KEY in answer.content.decode()) == (422, False)


def test_a_key_of_a_variable_is_used(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    store(as_root, sandbox, key="", key_variable="BIGCAPITAL_KEY_JUNIPER")
    assert (is_setting_up(fig), Tenant.objects.get(pk=fig.pk).sealed_key) == (False, "")


def test_a_wrong_key_is_said_and_nothing_is_read(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    store(as_root, sandbox, key="", key_variable="BIGCAPITAL_KEY_NOWHERE")
    page = text(as_root.get(FIG))
    assert ("BIGCAPITAL_KEY_NOWHERE is not set" in page, is_setting_up(fig)) == (True, True)


NOT_STORED: list[tuple[dict[str, str], str]] = [
    ({"base_url": "ftp://x"}, "base_url"),
    ({"base_url": "https://books.example.com/api"}, "base_url"),  # a demo calls the sandbox alone
    ({"base_url": "https://ann:secret@books.example.com/api"}, "base_url"),
    ({"base_url": "http://[books/api"}, "base_url"),
    ({"key": ""}, "key"),
    ({"key": "a key"}, "key"),
    ({"key": "", "key_variable": "SECRET_KEY"}, "key_variable"),
    ({"key": "", "key_variable": "bc_123"}, "key_variable"),
]


def test_what_cannot_be_stored_is_said_at_its_field(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    answers = [store(as_root, sandbox, **wrong) for wrong, _ in NOT_STORED]
    fig.refresh_from_db()
    found = [(answer.status_code, list(answer.context["access_form"].errors)) for answer in answers]
    assert found == [(422, [field]) for _, field in NOT_STORED]
    assert (fig.base_url, fig.sealed_key, sandbox.requests()) == ("", "", [])


def test_another_key_of_the_same_organization_goes_on(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    store(as_root, sandbox)
    store(as_root, sandbox, key="", key_variable="BIGCAPITAL_KEY_JUNIPER")
    assert is_setting_up(fig) is False


def test_a_key_of_another_organization_is_refused_and_nothing_is_read(
    as_root: PatientClient, fig: Tenant, sandbox: Sandbox
) -> None:
    Tenant.objects.exclude(pk=fig.pk).delete()
    store(as_root, sandbox)
    store(as_root, sandbox, key=KAWARA_KEY)
    as_root.post(FIG, {"do": "keep"})
    run_queued_tasks("reads")
    sandbox.clear_requests()
    scheduler.run_round()
    run_queued_tasks("sync")
    assert sandbox.requests(organization_id=KAWARA) == []
    assert "This key belongs to another organization" in text(as_root.get(FIG))
    assert (is_setting_up(fig), SyncStatus.objects.get(tenant=fig).company_file["account"]) == (
        True,
        "org_junipergrove01",
    )


def access_of(tenant: Tenant) -> tuple[str, str, str]:
    now = Tenant.objects.get(pk=tenant.pk)
    return now.base_url, now.key_variable, now.sealed_key


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": "bc_mistyped_key"}, "The new key does not work, so the former one was kept."),
        ({"key": KAWARA_KEY}, "This key belongs to another organization"),
        ({"key": "", "key_variable": "BIGCAPITAL_KEY_NOWHERE"}, "BIGCAPITAL_KEY_NOWHERE is not set"),
    ],
)
def test_a_key_that_does_not_work_never_replaces_one_that_does(
    as_root: PatientClient, fig: Tenant, sandbox: Sandbox, wrong: dict[str, str], why: str
) -> None:
    store(as_root, sandbox)
    before = access_of(fig)
    store(as_root, sandbox, **wrong)
    page = text(as_root.get(FIG))
    assert (why in page, "Keep anyway" in page, access_of(fig) == before, is_setting_up(fig)) == (*[True] * 3, False)
    assert make_client(Tenant.objects.get(pk=fig.pk), RequestPriority.PERSON).health() >= 0


def test_a_key_that_works_replaces_the_former_one_and_says_so(
    as_root: PatientClient, fig: Tenant, sandbox: Sandbox
) -> None:
    store(as_root, sandbox)
    store(as_root, sandbox, key="", key_variable="BIGCAPITAL_KEY_JUNIPER")
    assert access_of(fig) == (f"{sandbox.url}/api", "BIGCAPITAL_KEY_JUNIPER", "")
    assert ("has replaced the former one" in text(as_root.get(FIG)), OfferedAccess.objects.exists()) == (True, False)
    logged = SecurityEvent.objects.filter(tenant=fig, kind="key_changed").order_by("pk")
    assert [(one.actor_name, one.details.get("what")) for one in logged] == [
        ("dave", None),
        ("dave", "Another key entered, to be tried"),
        ("dave", "Replaced after it was tried"),
    ]


def test_a_key_is_kept_that_does_not_work_yet_if_the_person_says_so(
    as_root: PatientClient, fig: Tenant, sandbox: Sandbox
) -> None:
    store(as_root, sandbox)
    store(as_root, sandbox, key="", key_variable="BIGCAPITAL_KEY_LATER")
    as_root.post(FIG, {"do": "keep"})
    assert (access_of(fig)[1], is_setting_up(fig), OfferedAccess.objects.exists()) == (
        "BIGCAPITAL_KEY_LATER",
        True,
        False,
    )


def test_a_key_that_does_not_work_is_discarded(as_root: PatientClient, fig: Tenant, sandbox: Sandbox) -> None:
    store(as_root, sandbox)
    before = access_of(fig)
    store(as_root, sandbox, key="bc_mistyped_key")
    as_root.post(FIG, {"do": "discard"})
    page = text(as_root.get(FIG))
    assert (access_of(fig) == before, OfferedAccess.objects.exists(), "Keep anyway" in page) == (True, False, False)


def test_the_organization_of_a_company_from_the_command_line_is_learned_and_kept(
    as_root: PatientClient, juniper: Tenant, sandbox: Sandbox
) -> None:
    refresh.request_refresh(juniper, "person")
    run_queued_tasks("sync")
    learned = SyncStatus.objects.get(tenant=juniper).company_file
    store(as_root, sandbox, page="/administration/companies/juniper/connect/", key=KAWARA_KEY)
    assert learned["account"] == "org_junipergrove01"
    assert "This key belongs to another organization" in text(as_root.get("/administration/companies/juniper/connect/"))


def test_an_organization_is_one_company_here(
    as_root: PatientClient, fig: Tenant, juniper: Tenant, sandbox: Sandbox
) -> None:
    SyncStatus.objects.update_or_create(tenant=juniper, defaults={"company_file": {"account": "org_junipergrove01"}})
    store(as_root, sandbox)
    assert "connected to this organization already" in text(as_root.get(FIG))
    assert is_setting_up(fig)


def test_so_it_is_for_two_that_are_added_by_command(juniper: Tenant, sandbox: Sandbox) -> None:
    for slug in ("plum", "pear"):
        access = ("--base-url", f"{sandbox.url}/api", "--key-variable", juniper.key_variable)
        run("add_company", "--slug", slug, "--name", slug, *access)
    Tenant.objects.filter(pk=juniper.pk).delete()
    own = [Tenant.objects.get(slug=slug) for slug in ("plum", "pear")]
    for tenant in own:
        refresh.request_refresh(tenant, "person")
        run_queued_tasks("sync")
    found = [SyncStatus.objects.get(tenant=tenant) for tenant in own]
    assert [one.company_file.get("account") for one in found] == ["org_junipergrove01", None]
    assert (found[0].why, found[1].why) == ("", "Another company here is connected to this organization already.")
    assert not Record.objects.filter(tenant=own[1]).exists()


def test_the_key_of_another_company_is_sent_to_no_other_server(
    as_root: PatientClient, fig: Tenant, juniper: Tenant, sandbox: Sandbox
) -> None:
    Tenant.objects.filter(pk=juniper.pk).update(base_url="https://books.example.com/api")
    answer = store(as_root, sandbox, key="", key_variable=juniper.key_variable)
    fig.refresh_from_db()
    assert (answer.status_code, list(answer.context["access_form"].errors)) == (422, ["key_variable"])
    assert (fig.key_variable, sandbox.requests()) == ("", [])


JUNIPER = "/administration/companies/juniper/connect/"


@pytest.fixture
def elsewhere(sandbox: Sandbox, settings: Any) -> str:
    """Another server than the sandbox, as it were; a demo calls none."""
    settings.DEMO = False
    return f"{sandbox.url}/elsewhere/api"


def test_the_key_of_a_variable_follows_no_changed_address_of_its_own_company(
    as_root: PatientClient, juniper: Tenant, sandbox: Sandbox, elsewhere: str
) -> None:
    kept = access_of(juniper)
    answer = store(as_root, sandbox, JUNIPER, base_url=elsewhere, key="", key_variable=juniper.key_variable)
    assert (answer.status_code, list(answer.context["access_form"].errors)) == (422, ["key_variable"])
    assert (access_of(juniper), OfferedAccess.objects.exists(), sandbox.requests()) == (kept, False, [])


@pytest.mark.parametrize("named", ["", "http://[books", "https://books.example.com/api"])
def test_the_key_of_a_variable_that_no_company_has_goes_to_no_server_that_is_not_set(
    as_root: PatientClient,
    fig: Tenant,
    sandbox: Sandbox,
    elsewhere: str,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
) -> None:
    monkeypatch.setenv("BIGCAPITAL_KEY_LATER", JUNIPER_KEY)
    monkeypatch.setenv("BIGCAPITAL_KEY_LATER_BASE_URL", named)
    answer = store(as_root, sandbox, base_url=elsewhere, key="", key_variable="BIGCAPITAL_KEY_LATER")
    assert (answer.status_code, access_of(fig)[1], sandbox.requests()) == (422, "", [])


def test_the_key_of_a_variable_goes_to_the_server_that_is_set_for_it(
    as_root: PatientClient,
    fig: Tenant,
    juniper: Tenant,
    sandbox: Sandbox,
    elsewhere: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"{juniper.key_variable}_BASE_URL", f"{elsewhere}/")
    refused = store(as_root, sandbox, key="", key_variable=juniper.key_variable)
    store(as_root, sandbox, base_url=elsewhere, key="", key_variable=juniper.key_variable)
    assert (refused.status_code, access_of(fig)) == (422, (elsewhere, juniper.key_variable, ""))


def test_what_was_asked_with_an_earlier_key_connects_nothing(fig: Tenant) -> None:
    earlier = Tenant.objects.get(pk=fig.pk)
    Tenant.objects.filter(pk=fig.pk).update(key_variable="BIGCAPITAL_KEY_KAWARA")
    assert (refresh.note_connected(earlier), is_setting_up(fig)) == (False, True)


def test_a_key_sealed_with_another_secret_is_asked_for_again(
    as_root: PatientClient, fig: Tenant, sandbox: Sandbox, settings: Any
) -> None:
    store(as_root, sandbox)
    settings.SECRET_KEY = "another"
    with pytest.raises(KeyRefused, match="SECRET_KEY has changed"):
        make_client(Tenant.objects.get(pk=fig.pk), RequestPriority.PERSON)
