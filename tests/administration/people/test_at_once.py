"""Two administrators who act on one another at the same moment, each in a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from administration.companies import life
from administration.people import invitations, rules
from administration.people.actors import lock_company
from tenants.models import Membership, Role, Tenant
from tests.books.mirror.test_concurrent_writes import meanwhile, wait_for

from .acting import act, fill_without_office, make_office, refusal_of, role_of

__all__ = ["meanwhile"]

pytestmark = pytest.mark.django_db(transaction=True)


def run_at_once(*acts: Callable[[], object]) -> list[object]:
    """Begin all of these at the same moment, and return what each has returned."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        start.wait(timeout=20)
        try:
            found[place] = acts[place]()  # type: ignore[call-overload]  # whatever it returns
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return list(found)


def test_of_two_administrators_who_remove_each_other_one_stays() -> None:
    fill_without_office()
    larch = Tenant.objects.get(slug="larch")
    alice, bob = User.objects.get(username="alice"), User.objects.get(username="bob")
    Membership.objects.filter(tenant=larch, person=bob).update(role=Role.ADMIN)
    refused = run_at_once(
        lambda: refusal_of(rules.remove_member, act(alice), larch, bob),
        lambda: refusal_of(rules.remove_member, act(bob), larch, alice),
    )
    left = Membership.objects.filter(tenant=larch, role=Role.ADMIN).count()
    assert (left, sorted(map(bool, refused))) == (1, [False, True])


def test_of_two_companies_given_one_address_the_second_is_told_that_it_is_taken() -> None:
    fill_without_office()
    larch, other = Tenant.objects.get(slug="larch"), Tenant.objects.create(slug="other", name="Other")

    def rename(tenant: Tenant) -> str:
        try:
            life.rename_company(tenant, tenant.name, "same")
        except ValidationError as refused:
            return refused.messages[0]
        return ""

    told = run_at_once(lambda: rename(larch), lambda: rename(other))
    taken = "“same” is taken, or was the address of another company."
    assert (sorted(map(str, told)), Tenant.objects.filter(slug="same").count()) == (["", taken], 1)


def test_of_two_administrators_who_step_down_one_stays() -> None:
    fill_without_office()
    larch = Tenant.objects.get(slug="larch")
    alice, bob = User.objects.get(username="alice"), User.objects.get(username="bob")
    Membership.objects.filter(tenant=larch, person=bob).update(role=Role.ADMIN)
    refused = run_at_once(
        lambda: refusal_of(rules.set_role, act(alice), larch, alice, Role.VIEWER),
        lambda: refusal_of(rules.set_role, act(bob), larch, bob, Role.VIEWER),
    )
    left = Membership.objects.filter(tenant=larch, role=Role.ADMIN).count()
    assert (left, sorted(map(bool, refused))) == (1, [False, True])


def test_of_two_ledgerdesk_administrators_who_end_each_other_one_stays() -> None:
    fill_without_office()
    alice, dave = (make_office(User.objects.get(username=name)) for name in ("alice", "dave"))
    refused = run_at_once(
        lambda: refusal_of(rules.set_ledgerdesk_administrator, act(alice), dave, is_one=False),
        lambda: refusal_of(rules.set_ledgerdesk_administrator, act(dave), alice, is_one=False),
    )
    assert (User.objects.filter(is_staff=True).count(), sorted(map(bool, refused))) == (1, [False, True])


@pytest.mark.postgres_only("SQLite lets one transaction write at a time")
def test_two_acts_of_one_administrator_do_not_wait_for_each_other(
    meanwhile: Callable[[Callable[[], Any]], Future[Any]],
) -> None:
    fill_without_office()
    larch = Tenant.objects.get(slug="larch")
    bob, carol, dave = (User.objects.get(username=name) for name in ("bob", "carol", "dave"))
    make_office(dave)
    with transaction.atomic():
        lock_company(larch)
        other = meanwhile(lambda: rules.turn_off(act(dave), bob))
        wait_for(other)
        rules.set_role(act(dave), larch, carol, Role.BOOKKEEPER)
    other.result()
    assert (role_of(carol, larch), User.objects.get(pk=bob.pk).is_active) == (Role.BOOKKEEPER, False)


def test_a_link_that_is_opened_twice_at_once_makes_one_account() -> None:
    fill_without_office()
    larch, alice = Tenant.objects.get(slug="larch"), User.objects.get(username="alice")
    _, token = invitations.invite(act(alice), larch, "erin@example.com", Role.VIEWER)

    def accept(name: str) -> str:
        try:
            invitations.accept_as_new(act(None), token, name, "tall grass by the river")
        except invitations.InvitationClosed as refused:
            return str(refused)
        return ""

    refused = run_at_once(lambda: accept("erin"), lambda: accept("erin2"))
    assert sorted(map(bool, refused)) == [False, True]
    assert Membership.objects.filter(tenant=larch, person__email="erin@example.com").count() == 1
    assert User.objects.filter(email="erin@example.com").count() == 1
