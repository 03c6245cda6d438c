"""The operator's commands about people go by the same rules as the pages."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from edits.models.edit import Edit, State
from tenants.models import Role, Tenant
from tests.administration.people.acting import log_of, make_office, role_of
from tests.edits.factories import an_edit
from tests.support.factors import SECOND_STEP, SIGN_IN, give_app
from tests.support.people import signed_in
from tests.tenants.test_commands import run


@pytest.mark.parametrize("role", ["viewer", "none"])
def test_set_role_keeps_the_last_administrator(alice: User, larch: Tenant, role: str) -> None:
    with pytest.raises(CommandError, match="alice is the last administrator of Larch Street Supply"):
        run("set_role", "alice", "larch", role)
    assert role_of(alice, larch) == Role.ADMIN


def test_what_the_operator_does_is_logged_without_a_name(bob: User, larch: Tenant) -> None:
    run("set_role", "bob", "larch", "viewer")
    assert log_of("kind", "actor_name", "person_name") == [("role_changed", "", "bob")]


def test_remove_person_hands_over_what_is_left_open(bob: User, alice: User, larch: Tenant) -> None:
    an_edit(larch, bob, timezone.now(), state=State.CONFLICT)
    for command in (("remove_person", "bob", "larch"), ("set_role", "bob", "larch", "none")):
        with pytest.raises(CommandError, match="bob has left open: 1 to decide"):
            run(*command)
    said = run("remove_person", "bob", "larch", "--hand-over-to", "alice@example.com")
    assert said.strip() == "bob was removed from Larch Street Supply. Handed over to alice: 1 to decide."
    assert (role_of(bob, larch), [one.by for one in Edit.objects.get().hand_overs]) == (None, [""])


def test_remove_person_refuses_who_is_no_member(dave: User, larch: Tenant) -> None:
    with pytest.raises(CommandError, match="dave is not a member of Larch Street Supply"):
        run("remove_person", "dave", "larch")


def test_an_account_is_turned_off_and_on(bob: User) -> None:
    client = signed_in(bob)
    run("turn_person_off", "bob")
    off = client.get("/").status_code
    run("turn_person_on", "bob@example.com")
    bob.refresh_from_db()
    assert (off, bob.is_active) == (302, True)


def test_sessions_are_ended(bob: User) -> None:
    clients = [signed_in(bob), signed_in(bob)]
    assert run("end_sessions", "bob").strip() == "Sessions of bob ended: 2."
    assert [client.get("/").status_code for client in clients] == [302, 302]


def test_a_second_factor_is_reset_where_nobody_else_is_left_to_do_so(dave: User) -> None:
    make_office(dave)
    give_app(dave)
    client = signed_in(dave)
    said = [run("reset_second_factor", "dave").strip() for _ in range(2)]
    assert said == [
        "The second factor of dave is reset. All of their sessions have ended.",
        "The second factor of dave was not set up.",
    ]
    again = Client().post(SIGN_IN, {"login": "dave", "password": "demo"})
    assert (client.get("/").status_code, again["Location"] == SECOND_STEP) == (302, False)
    assert ("second_factor_reset", "", "dave") in log_of("kind", "actor_name", "person_name")


def test_a_ledgerdesk_administrator_is_made_and_the_last_one_stays(dave: User) -> None:
    User.objects.update(is_staff=False)
    assert run("set_administrator", "dave", "yes").strip() == "dave is now a Ledgerdesk administrator."
    with pytest.raises(CommandError, match="dave is the last Ledgerdesk administrator"):
        run("set_administrator", "dave", "no")


def test_the_first_person_can_be_added_as_a_ledgerdesk_administrator(db: None) -> None:
    run("add_person", "--username", "mara", "--email", "mara@office.example", "--ledgerdesk-administrator")
    assert User.objects.get().is_staff


def test_list_people_says_who_may_do_what(everybody: dict[str, User], larch: Tenant) -> None:
    make_office(everybody["dave"])
    User.objects.filter(username="carol").update(is_active=False)
    lines = [line.split("\t") for line in run("list_people").splitlines()]
    assert [line[0] for line in lines] == ["alice", "bob", "carol", "dave"]
    assert lines[3] == ["dave", "dave@example.com", "never", "", "Ledgerdesk administrator"]
    assert ("abc: viewer" in lines[2][4], lines[2][3]) == (True, "turned off")
    of_larch = [line.split("\t")[4] for line in run("list_people", "larch").splitlines()]
    assert of_larch == ["larch: administrator", "larch: bookkeeper", "larch: viewer"]


@pytest.mark.parametrize(
    "command",
    [
        ("remove_person", "nobody", "larch"),
        ("turn_person_off", "nobody"),
        ("turn_person_on", "nobody"),
        ("end_sessions", "nobody"),
        ("reset_second_factor", "nobody"),
        ("set_administrator", "nobody", "yes"),
    ],
)
def test_a_person_who_does_not_exist_is_named(larch: Tenant, command: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="There is no person with the username or email address 'nobody'"):
        run(*command)
