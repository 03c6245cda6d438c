"""Rows that are written in SQL are those that Django itself would write."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from tenants.models import Membership, Role, Tenant
from tenants.row_writes import insert_row, update_row

COLUMNS = ["memo", "quote's"]


def read(person: User, tenant: Tenant) -> list[tuple[int, list[str]]]:
    return list(Membership.objects.filter(person=person, tenant=tenant).values_list("role", "hidden_columns"))


def test_a_row_is_inserted_with_its_number(dave: User, larch: Tenant) -> None:
    row = Membership(tenant=larch, person=dave, role=Role.VIEWER, hidden_columns=COLUMNS)
    assert insert_row(row)
    assert Membership.objects.get(person=dave, tenant=larch).pk == row.pk
    assert read(dave, larch) == [(Role.VIEWER, COLUMNS)]


def test_a_row_that_is_there_already_is_left_as_it_is(bob: User, larch: Tenant) -> None:
    before = read(bob, larch)
    row = Membership(tenant=larch, person=bob, role=Role.VIEWER, hidden_columns=COLUMNS)
    assert not insert_row(row, unless=("tenant", "person"))
    assert (read(bob, larch), row._state.adding) == (before, True)


def test_a_row_that_breaks_another_rule_is_an_error(bob: User, larch: Tenant) -> None:
    with pytest.raises(IntegrityError):
        insert_row(Membership(tenant=larch, person=bob, role=Role.VIEWER))


def test_a_row_is_written_only_where_it_has_the_values(bob: User, larch: Tenant) -> None:
    Membership.objects.filter(person=bob, tenant=larch).update(role=Role.VIEWER)
    values = {"hidden_columns": COLUMNS, "role": Role.ADMIN}
    assert not update_row(Membership, values, person=bob, tenant=larch, role=Role.BOOKKEEPER)
    assert update_row(Membership, values, person=bob, tenant=larch, role=Role.VIEWER)
    assert read(bob, larch) == [(Role.ADMIN, COLUMNS)]
