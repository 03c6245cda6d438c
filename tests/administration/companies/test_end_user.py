"""The end user of a company: created at Conductor once, or taken from its list; deleted on purpose alone."""

from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from administration.companies import life
from books.connecting import acts
from books.models import ActKind, ActState, ConnectionAct, SyncStatus
from books.providers import slot
from books.providers.errors import OtherCompany
from books.registry import check_may_ask
from tenants.models import SecurityEvent, Tenant
from tests.books.providers.test_slot import NotedSlot
from tests.support.people import PatientClient
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

from .conftest import FERN, PERSON, create, list_end_users, sent, text, token

CORE = {"endUserId": "conductor", "resource": "end-users"}
GONE = "/administration/companies/abc/end-user/"
ABC = "end_usr_1234567abcdefg"


def state(tenant: Tenant, kind: ActKind = ActKind.CREATE) -> tuple[str, str]:
    act = acts.find_latest(tenant, kind)
    assert act is not None
    return act.state, act.error


def test_the_end_user_is_created_by_the_worker_and_not_by_the_page(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    answer = create(as_root)
    assert (answer.status_code, sandbox.requests()) == (303, [])
    assert "Creating the end user at Conductor" in text(as_root.get(FERN))
    run_queued_tasks()
    fern.refresh_from_db()
    assert fern.end_user_id == list_end_users(sandbox)["fern-1"]
    assert sent(sandbox, "POST") == [{"companyName": "Fern & Fig", "sourceId": "fern-1", "email": "ann@fern.example"}]


def test_a_form_posted_twice_creates_one(as_root: PatientClient, fern: Tenant, sandbox: Sandbox) -> None:
    number = token(as_root.get(FERN))
    for _ in range(2):
        create(as_root, token=number)
    run_queued_tasks()
    create(as_root, token=number)
    run_queued_tasks()
    assert (len(sent(sandbox, "POST")), ConnectionAct.objects.count()) == (1, 1)


def test_two_forms_at_once_create_one(as_root: PatientClient, fern: Tenant, sandbox: Sandbox) -> None:
    first, second = (token(as_root.get(FERN)) for _ in range(2))
    create(as_root, token=first)
    create(as_root, token=second, source_id="fern-2")
    run_queued_tasks()
    assert (first == second, [one["sourceId"] for one in sent(sandbox, "POST")]) == (False, ["fern-1"])
    logged = SecurityEvent.objects.filter(tenant=fern, details__has_key="source_id")
    assert [one.details["source_id"] for one in logged] == ["fern-1"]


def test_an_act_whose_worker_is_suspended_just_before_it_leaves_is_done_once(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    create(as_root)
    with slot.use_slot(NotedSlot(True, True, True, False)):  # a read comes first
        acts.carry_out_act.call(fern.pk, ConnectionAct.objects.get().pk)
    before = (state(fern), len(sent(sandbox, "POST")))
    run_queued_tasks()
    assert (before, state(fern), len(sent(sandbox, "POST"))) == ((("queued", ""), 0), ("done", ""), 1)


@pytest.mark.parametrize(("fault", "has_one"), [("cut_after", True), ("cut_before", False)])
def test_a_lost_answer_is_settled_by_looking_and_never_sent_again(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox, fault: str, has_one: bool
) -> None:
    sandbox.fault(**CORE, operation="create", fault=fault)
    create(as_root)
    run_queued_tasks()
    fern.refresh_from_db()
    assert (len(sent(sandbox, "POST")), bool(fern.end_user_id)) == (1, has_one)
    assert state(fern) == (("done", "") if has_one else ("failed", "NoAnswer"))
    assert fern.end_user_id == list_end_users(sandbox).get("fern-1", "")


def test_one_that_cannot_be_looked_up_waits_for_a_person(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    sandbox.fault(**CORE, operation="create", fault="cut_after")
    sandbox.fault(**CORE, operation="list", fault="internal", skip=1, count=None)
    create(as_root)
    run_queued_tasks()
    assert state(fern) == ("unknown", "NoAnswer")
    assert "Conductor has not said whether it was done." in text(as_root.get(FERN))
    create(as_root, source_id="fern-2")
    run_queued_tasks()
    assert len(sent(sandbox, "POST")) == 1
    sandbox.fault(clear=True)
    as_root.post(FERN, {"do": "check"})
    run_queued_tasks()
    fern.refresh_from_db()
    assert (state(fern), bool(fern.end_user_id), len(sent(sandbox, "POST"))) == (("done", ""), True, 1)


def test_one_that_a_killed_worker_had_sent_is_looked_up(as_root: PatientClient, fern: Tenant, sandbox: Sandbox) -> None:
    create(as_root)
    ConnectionAct.objects.update(state=ActState.SENDING)
    run_queued_tasks()
    assert (state(fern), sent(sandbox, "POST")) == (("failed", "NoAnswer"), [])


def test_a_source_id_in_use_is_refused_before_anything_is_sent(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    taken = next(iter(list_end_users(sandbox)))
    create(as_root, source_id=taken)
    run_queued_tasks()
    fern.refresh_from_db()
    assert (state(fern), fern.end_user_id, sent(sandbox, "POST")) == (("failed", "Refused"), "", [])
    assert "An end user with this source id exists at Conductor already." in text(as_root.get(FERN))


def test_a_wrong_key_is_said_and_the_form_is_back(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox, settings: Any
) -> None:
    settings.CONDUCTOR_SECRET_KEY = "sk_conductor_other"
    create(as_root)
    run_queued_tasks()
    page = text(as_root.get(FERN))
    assert (state(fern), "Create end user" in page) == (("failed", "KeyRefused"), True)


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"source_id": "a b"}, {"company_name": ""}])
def test_what_cannot_be_created_is_said_at_its_field(
    as_root: PatientClient, fern: Tenant, wrong: dict[str, str]
) -> None:
    answer = create(as_root, **wrong)
    assert (answer.status_code, list(answer.context["create_form"].errors)) == (422, list(wrong))
    assert not DBTaskResult.objects.exists()


def test_one_that_may_exist_after_all_is_asked_for_with_the_same_source_id(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    sandbox.fault(**CORE, operation="create", fault="cut_before")
    create(as_root)
    run_queued_tasks()
    assert as_root.get(FERN).context["create_form"]["source_id"].value() == "fern-1"


def test_one_that_another_company_has_taken_meanwhile_is_not_had_twice(
    as_root: PatientClient, fern: Tenant, abc: Tenant, sandbox: Sandbox
) -> None:
    create(as_root)
    run_queued_tasks()
    fern.refresh_from_db()
    made, fern.end_user_id = fern.end_user_id, ""
    fern.save(update_fields=["end_user_id"])
    Tenant.objects.filter(pk=abc.pk).update(end_user_id=made)
    ConnectionAct.objects.update(state=ActState.UNKNOWN)
    as_root.post(FERN, {"do": "check"})
    run_queued_tasks()
    assert (state(fern), Tenant.objects.get(pk=fern.pk).end_user_id) == (("done", ""), "")


def test_a_company_that_was_removed_meanwhile_keeps_none(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    create(as_root)
    life.remove_company(fern, fern.name)
    run_queued_tasks()
    fern.refresh_from_db()
    assert (fern.end_user_id, "fern-1" in list_end_users(sandbox)) == ("", True)  # free for another company


def test_a_company_that_gets_another_end_user_is_held_until_its_file_has_answered(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox
) -> None:
    now = timezone.now()
    SyncStatus.objects.filter(tenant=fern).update(
        answered_at=now, setting_up_since=None, file_asked_at=now, company_file={"name": "Fern", "tax_id": "1"}
    )
    create(as_root)
    run_queued_tasks()
    with pytest.raises(OtherCompany):
        check_may_ask(Tenant.objects.get(pk=fern.pk))
    assert SyncStatus.objects.get(tenant=fern).file_asked_at is None


def test_the_list_of_end_users_is_asked_for_once(as_root: PatientClient, fern: Tenant, sandbox: Sandbox) -> None:
    answer = as_root.get(f"{FERN}?existing=1")
    assert (answer.status_code, answer["Location"]) == (303, FERN)  # where it looks again, also without script


def test_an_end_user_that_conductor_has_is_taken(as_root: PatientClient, fern: Tenant, sandbox: Sandbox) -> None:
    Tenant.objects.filter(slug="garnet").delete()
    as_root.get(f"{FERN}?existing=1")
    run_queued_tasks()
    shown = as_root.get(FERN)
    assert [one["id"] for one in shown.context["free"]] == ["end_usr_pcisoff00001"]
    as_root.post(FERN, {"do": "adopt", "end_user": "end_usr_pcisoff00001"})
    fern.refresh_from_db()
    assert (fern.end_user_id, sent(sandbox, "POST")) == ("end_usr_pcisoff00001", [])
    assert SecurityEvent.objects.filter(tenant=fern).last().details["end_user"] == fern.end_user_id  # type: ignore[union-attr]  # there is one


@pytest.mark.parametrize("end_user", [ABC, "end_usr_nobody", ""])
def test_an_end_user_that_is_taken_or_unknown_is_not(
    as_root: PatientClient, fern: Tenant, sandbox: Sandbox, end_user: str
) -> None:
    as_root.get(f"{FERN}?existing=1")
    run_queued_tasks()
    answer = as_root.post(FERN, {"do": "adopt", "end_user": end_user})
    fern.refresh_from_db()
    assert (answer.status_code, fern.end_user_id) == (422, "")


def test_only_the_end_user_of_an_archived_company_is_deleted(as_root: PatientClient, abc: Tenant) -> None:
    assert as_root.get(GONE).status_code == 404


def test_it_is_deleted_once_the_name_was_typed(as_root: PatientClient, abc: Tenant, sandbox: Sandbox) -> None:
    Tenant.objects.filter(pk=abc.pk).update(archived_at=timezone.now())
    number = token(as_root.get(GONE), "form")
    wrong = as_root.post(GONE, {"token": number, "name": "ABC"})
    run_queued_tasks()
    assert (wrong.status_code, ABC in list_end_users(sandbox).values()) == (422, True)
    as_root.post(GONE, {"token": number, "name": "ABC Corporation"})
    run_queued_tasks()
    abc.refresh_from_db()
    assert (abc.end_user_id, ABC in list_end_users(sandbox).values()) == ("", False)
    last = SecurityEvent.objects.filter(tenant=abc).last()
    assert last is not None
    assert last.details == {"what": "Deletion of the end user requested of Conductor", "end_user": ABC}
    assert "Conductor has deleted the end user." in text(as_root.get(GONE))


@pytest.mark.parametrize("whose", ["brought back", "another's"])
def test_one_that_is_in_use_when_its_turn_comes_is_not_deleted(
    as_root: PatientClient, abc: Tenant, fern: Tenant, sandbox: Sandbox, whose: str
) -> None:
    Tenant.objects.filter(pk=abc.pk).update(archived_at=timezone.now())
    as_root.post(GONE, {"token": token(as_root.get(GONE), "form"), "name": "ABC Corporation"})
    if whose == "brought back":
        Tenant.objects.filter(pk=abc.pk).update(archived_at=None)
    else:
        Tenant.objects.filter(pk=abc.pk).update(end_user_id="")
        Tenant.objects.filter(pk=fern.pk).update(end_user_id=ABC)
    run_queued_tasks()
    assert (state(abc, ActKind.DELETE), ABC in list_end_users(sandbox).values()) == (("failed", "Refused"), True)


def test_a_deletion_without_an_answer_is_looked_up(as_root: PatientClient, abc: Tenant, sandbox: Sandbox) -> None:
    Tenant.objects.filter(pk=abc.pk).update(archived_at=timezone.now())
    sandbox.fault(**CORE, operation="delete", fault="cut_after")
    as_root.post(GONE, {"token": token(as_root.get(GONE), "form"), "name": "ABC Corporation"})
    run_queued_tasks()
    assert (state(abc, ActKind.DELETE), Tenant.objects.get(pk=abc.pk).end_user_id) == (("done", ""), "")


def test_a_company_without_an_end_user_is_asked_nothing(as_root: PatientClient, fern: Tenant, sandbox: Sandbox) -> None:
    as_root.post(FERN, {"do": "try"})
    run_queued_tasks()
    assert sandbox.requests() == []
    assert PERSON["email"] not in text(as_root.get(FERN))
