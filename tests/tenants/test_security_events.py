"""What sign-in, passwords, second factors, sessions and exports leave in the security log, and what never does."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from administration.management.commands.add_person import link as link_for
from tenants.models import SecurityEvent, Tenant
from tenants.models.security import AppendOnly
from tenants.security_log import Kind, log_event
from tenants.sign_in.factors import NAMES
from tests.support.factors import SECOND_STEP, SIGN_IN, code_of, first_step, give_app, second_step, wrong_code
from tests.support.people import signed_in
from tests.support.vendor import Sandbox

NEW = "a long word for bob"


def noted(*kinds: Kind) -> list[tuple[str, str, str, dict[str, Any]]]:
    """What the log holds of these kinds, or of all, oldest first: kind, by whom, whom it concerns, details."""
    found = SecurityEvent.objects.filter(kind__in=kinds or Kind.values).order_by("pk")
    return [(event.kind, event.actor_name, event.person_name, event.details) for event in found]


def sign_in(password: str = "demo", login: str = "bob", at: str = "198.51.100.7") -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": login, "password": password}, REMOTE_ADDR=at)
    return client


def test_a_sign_in_and_a_sign_out(bob: User) -> None:
    sign_in().post("/accounts/logout/")
    assert noted() == [("signed_in", "bob", "bob", {}), ("signed_out", "bob", "bob", {})]


def test_where_it_came_from(bob: User) -> None:
    sign_in(at="2001:db8:1:2:3::7")
    assert SecurityEvent.objects.get().address == "2001:db8:1:2::/64"


def test_the_demos_click(bob: User) -> None:
    Client().post("/demo/sign-in/", {"person": "bob"})
    assert noted() == [("signed_in", "bob", "bob", {})]


def test_a_wrong_password(bob: User) -> None:
    sign_in("wrong")
    assert noted() == [("sign_in_failed", "", "bob", {"tried": "password"})]


def test_a_name_that_nobody_has_is_not_stored(bob: User) -> None:
    sign_in("x", login="my secret password")
    assert noted() == [("sign_in_failed", "", "", {"tried": "password"})]


def test_a_lock_out_is_noted_once(bob: User) -> None:
    for _ in range(9):
        sign_in("wrong")
    assert noted(Kind.LOCKED_OUT) == [("locked_out", "", "bob", {})]


def test_lock_outs_of_names_that_nobody_has_are_noted_once_together(bob: User) -> None:
    for number in range(60):
        sign_in("wrong", login=f"nobody {number}")
    assert noted(Kind.LOCKED_OUT) == [("locked_out", "", "", {})]


def test_a_lock_out_is_noted_once_for_a_name_and_an_address(bob: User) -> None:
    for login in ("bob", "BOB", bob.email) * 3:
        sign_in("wrong", login=login)
    assert noted(Kind.LOCKED_OUT) == [("locked_out", "", "bob", {})]


def test_the_first_of_two_steps_is_no_sign_in(bob: User) -> None:
    give_app(bob)
    client = first_step(bob)
    before = noted()
    second_step(client, code_of())
    assert (before, noted()) == ([], [("signed_in", "bob", "bob", {})])


def test_a_wrong_code_and_its_lock_out(bob: User) -> None:
    give_app(bob)
    for _ in range(6):
        second_step(first_step(bob), wrong_code())
    failed = ("sign_in_failed", "", "bob", {"tried": "code"})
    assert noted() == [*[failed] * 5, ("locked_out", "", "bob", {})]


def test_a_wrong_passkey(bob: User) -> None:
    give_app(bob)
    first_step(bob).post(SECOND_STEP, {"credential": "[1]"})
    assert noted() == [("sign_in_failed", "", "bob", {"tried": "passkey"})]


def test_a_changed_password(bob: User) -> None:
    signed_in(bob).post("/accounts/password/change/", {"oldpassword": "demo", "password1": NEW, "password2": NEW})
    assert noted() == [("password_changed", "bob", "bob", {})]


def test_a_password_set_through_a_link(bob: User) -> None:
    client = Client()
    form = client.get(link_for(bob), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert noted() == [("password_changed", "", "bob", {"through": "a link"})]


def test_a_factor_that_is_set_up_and_removed(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = sign_in()
    secret = re.search(r"data-secret>(\w+)<", client.get("/accounts/2fa/app/").content.decode())
    assert secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/app/", {"code": code_of(secret[1])})
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/new/")
    client.post("/accounts/2fa/app/remove/")
    said = [(kind, details["what"]) for kind, _, _, details in noted() if "what" in details]
    assert sorted(said) == [
        ("second_factor_added", "authenticator app"),
        ("second_factor_added", "new recovery codes"),
        ("second_factor_added", "recovery codes"),
        ("second_factor_removed", "authenticator app"),
        ("second_factor_removed", "recovery codes"),
    ]


def test_sessions_that_somebody_ends(bob: User) -> None:
    client = signed_in(bob)
    signed_in(bob)
    client.post("/accounts/sessions/", {"session": "others"})
    assert noted() == [("session_ended", "bob", "bob", {"sessions": 1})]


EXPORTS = {
    "/t/larch/lists/customers/export.csv": "customers",
    "/t/larch/lists/bills/export.xlsx": "bills",
    "/t/larch/lists/customers/edit.xlsx": "customers to edit",
    "/t/larch/edits/export.csv": "history",
}


@pytest.mark.parametrize(("path", "what"), EXPORTS.items())
def test_a_file_that_is_taken_away(bob: User, larch: Tenant, sandbox: Sandbox, path: str, what: str) -> None:
    answer: Any = signed_in(bob).get(path)
    assert b"".join(answer.streaming_content)
    event = SecurityEvent.objects.get()
    said = (event.kind, event.tenant, event.actor_name, event.details["what"], event.details["rows"])
    assert (answer.status_code, said) == (200, ("exported", larch, "bob", what, 0))


def test_who_only_asks_about_a_file_takes_none_away(bob: User, larch: Tenant) -> None:
    signed_in(bob).head("/t/larch/lists/customers/export.csv")
    assert noted() == []


def test_no_secret_is_in_it(bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    sign_in("a wrong password")
    give_app(bob)
    client = first_step(bob)
    wrong = wrong_code()
    second_step(client, wrong)
    second_step(client, code_of())
    held = str(list(SecurityEvent.objects.values()))
    assert [word in held for word in ("a wrong password", "demo", wrong, code_of())] == [False] * 4


@pytest.fixture
def entry(bob: User) -> SecurityEvent:
    log_event(Kind.SIGNED_IN, actor=bob, person=bob)
    return SecurityEvent.objects.get()


CHANGES: list[Callable[[SecurityEvent], object]] = [
    lambda event: event.save(),
    lambda event: event.delete(),
    lambda event: SecurityEvent.objects.filter(pk=event.pk).update(kind="x"),
    lambda event: SecurityEvent.objects.all().delete(),
    lambda event: SecurityEvent.objects.bulk_update([event], ["kind"]),
]


@pytest.mark.parametrize("change", CHANGES)
def test_no_code_changes_an_entry(entry: SecurityEvent, change: Callable[[SecurityEvent], object]) -> None:
    with pytest.raises(AppendOnly):
        change(entry)


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("column", ["kind", "actor_name", "person_name", "tenant_name", "address", "details", "at"])
def test_nor_does_the_database_rewrite_one(entry: SecurityEvent, column: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"):
        run(f"UPDATE tenants_securityevent SET {column} = {column}")


def test_nor_delete_one(entry: SecurityEvent) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"):
        run("DELETE FROM tenants_securityevent")


@pytest.mark.parametrize("column", ["tenant_id", "actor_id", "person_id"])
def test_nor_give_one_to_somebody_else(entry: SecurityEvent, larch: Tenant, dave: User, column: str) -> None:
    other = larch.pk if column == "tenant_id" else dave.pk
    with pytest.raises(DatabaseError, match="only ever added to"):
        run(f"UPDATE tenants_securityevent SET {column} = {other}")


def test_nor_number_it_anew(entry: SecurityEvent) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"):
        run("UPDATE tenants_securityevent SET id = id + 1")


@pytest.mark.sqlite_only("PostgreSQL has no REPLACE")
def test_nor_replace_it(entry: SecurityEvent) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"):
        run("REPLACE INTO tenants_securityevent SELECT * FROM tenants_securityevent")


def test_an_entry_outlives_its_person_and_its_company(bob: User, larch: Tenant) -> None:
    log_event(Kind.MEMBER_ADDED, tenant=larch, actor=bob, person=bob)
    bob.delete()
    larch.delete()
    event = SecurityEvent.objects.get()
    assert (event.actor, event.tenant, event.person_name, event.tenant_name) == (
        None,
        None,
        "bob",
        "Larch Street Supply",
    )


def test_a_factor_may_be_of_a_kind_only_that_the_log_can_name() -> None:
    assert set(NAMES) == set(Authenticator.Type)
