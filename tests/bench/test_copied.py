"""Copies of a company's mirror, with which many companies are measured."""

from datetime import UTC, datetime

import pytest

from bench.crowd.copied import copy_mirror
from books.models import Record, SyncRun, SyncStatus, Version
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def copies() -> list[Tenant]:
    """Two companies with the mirror of a third."""
    first, *others = (Tenant.objects.create(slug=slug, name=slug, end_user_id=slug) for slug in ("one", "two", "three"))
    record = Record.objects.create(tenant=first, kind="customers", remote_id="8", revision="1", read_at=MOMENT)
    record.version = Version.objects.create(record=record, revision="1", content='{"id": "8"}', seen_at=MOMENT)
    record.save()
    SyncRun.objects.create(tenant=first, kind="customers", as_of=MOMENT)
    SyncStatus.objects.create(tenant=first, company_file={"name": "One"})
    copy_mirror(first, others)
    return others


def test_a_copy_has_each_record_with_its_own_version(copies: list[Tenant]) -> None:
    rows = Record.objects.filter(tenant__in=copies).select_related("version")
    found = [(row.tenant_id, row.remote_id, row.version and row.version.record_id) for row in rows.order_by("tenant")]
    assert found == [(row.tenant_id, "8", row.pk) for row in rows.order_by("tenant")]
    assert len(found) == 2


def test_a_copy_is_as_old_as_its_source(copies: list[Tenant]) -> None:
    assert set(SyncRun.objects.values_list("kind", "as_of")) == {("customers", MOMENT)}
    assert SyncRun.objects.count() == 3


def test_a_copy_does_not_know_its_company_file_yet(copies: list[Tenant]) -> None:
    states = SyncStatus.objects.filter(tenant__in=copies)
    assert [state.company_file for state in states] == [{}, {}]
    assert len({state.edition for state in SyncStatus.objects.all()}) == 3
