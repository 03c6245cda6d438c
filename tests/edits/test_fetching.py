"""An edit that is fetched in SQL is the one that Django fetches, with what stands beside it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from books.models import Record
from edits.models.edit import Edit, State
from edits.models.fetching import LONG, fetch_brief, fetch_edit
from tenants.models import Tenant
from tests.edits.factories import an_edit
from tests.tenants.test_joined import facts


def test_an_edit_comes_with_its_company_author_and_versions(job: Record, bob: User, django_assert_num_queries) -> None:
    pk = an_edit(job.tenant, bob, timezone.now(), base=job.version, result=job.version, token="t").pk
    with django_assert_num_queries(1):
        edit = fetch_edit(pk)
        assert edit is not None
        beside = [facts(row) for row in (edit.tenant, edit.person, edit.base, edit.result)]
    stored = Edit.objects.get(pk=pk)
    assert facts(edit) == facts(stored) | {"is_aside": False}
    assert beside == [facts(row) for row in (stored.tenant, stored.person, stored.base, stored.result)]


def test_an_edit_without_versions_and_author_comes_without_them(larch: Tenant, bob: User) -> None:
    pk = an_edit(larch, bob, timezone.now(), state=State.CONFLICT).pk
    Edit.objects.filter(pk=pk).update(person=None)
    edit = fetch_edit(pk)
    assert edit is not None
    assert (edit.person, edit.base, edit.result) == (None, None, None)


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**40])
def test_there_is_no_edit_of_an_unknown_number(db: None, number: int) -> None:
    assert fetch_edit(number) is None


def test_brief_edits_come_newest_first_without_long_texts(larch: Tenant, bob: User, django_assert_num_queries) -> None:
    now = timezone.now()
    older, newer = (an_edit(larch, bob, now - timedelta(minutes=ago)) for ago in (5, 1))
    with django_assert_num_queries(1):
        found = fetch_brief("SELECT id FROM edits_edit WHERE person_id = %s", [bob.pk])
        assert [(edit.pk, edit.tenant, edit.result) for edit in found] == [
            (newer.pk, larch, None),
            (older.pk, larch, None),
        ]
    assert found[0].get_deferred_fields() == set(LONG)
