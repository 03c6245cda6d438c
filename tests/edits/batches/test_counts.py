"""The numbers of a bulk change's page: every record is in one of its filters, and companies are measured each."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from books import registry
from books.mirror import lookup
from edits.batches import items as listing
from edits.batches.progress import measure_progress
from edits.models.batch import WORTH_RUNNING, Batch, BatchItem, BatchState, Finding, Step
from edits.models.edit import LEFT, Edit, State
from tenants.access import Member
from tenants.models import Role, Tenant


def store_batch(person: User, state: BatchState) -> Batch:
    said = {"person": person, "person_name": "bob", "kind": "customers", "title": "Phone", "planned_at": timezone.now()}
    return Batch.objects.create(state=state, **said)


def store_item(batch: Batch, tenant: Tenant, number: int, **more: Any) -> BatchItem:
    said = {"remote_id": f"C{number}", "record_name": f"C{number}", "finding": Finding.CHANGES, **more}
    return BatchItem.objects.create(batch=batch, tenant=tenant, number=number, **said)


def store_edit(batch: Batch, tenant: Tenant, state: State, **more: Any) -> Edit:
    said = {"person": batch.person, "person_name": "bob", "kind": "customers", "remote_id": "C1", "record_name": "C1"}
    return Edit.objects.create(batch=batch, tenant=tenant, state=state, **{"sent_at": timezone.now(), **said, **more})


def list_plan() -> Iterator[dict[str, Any]]:
    for finding in Finding:
        yield {"finding": finding, "step": Step.PLANNED}
    for finding in WORTH_RUNNING:
        yield {"finding": finding, "step": Step.LEFT_OUT}


def list_started(batch: Batch, tenant: Tenant) -> Iterator[dict[str, Any]]:
    """Every step that a record can have been in, and every state of the edit that it has become."""
    for finding, step in product(WORTH_RUNNING, Step):
        if step not in (Step.PLANNED, Step.BEGUN):
            yield {"finding": finding, "step": step}
    for finding in (Finding.UNCHANGED, Finding.CANNOT):
        yield {"finding": finding, "step": Step.PLANNED}
    for state in State:
        if state != State.DRAFT:
            yield {"step": Step.BEGUN, "edit": store_edit(batch, tenant, state)}
    by = store_edit(batch, tenant, State.SAVED)
    for state in LEFT:
        yield {"step": Step.BEGUN, "edit": store_edit(batch, tenant, state, resolved_by=by)}


def add_up(batch: Batch) -> tuple[int, int]:
    """How many records the filters find, and how many there are."""
    counts = listing.count_filters(batch, BatchItem.objects.filter(batch=batch))
    return sum(count for name, count in counts.items() if name not in ("all", "checks")), counts["all"]


def test_the_numbers_of_a_plan_add_up(bob: User, larch: Tenant) -> None:
    batch = store_batch(bob, BatchState.PLANNED)
    kinds = list(list_plan())
    for number, kind in enumerate(kinds, 1):
        store_item(batch, larch, number, **kind)
    assert add_up(batch) == (len(kinds), len(kinds))


def test_the_numbers_of_what_was_started_add_up(bob: User, larch: Tenant) -> None:
    batch = store_batch(bob, BatchState.RUNNING)
    kinds = list(list_started(batch, larch))
    for number, kind in enumerate(kinds, 1):
        store_item(batch, larch, number, **kind)
    assert add_up(batch) == (len(kinds), len(kinds))
    found = measure_progress(batch, BatchItem.objects.filter(batch=batch))
    counts = listing.count_filters(batch, BatchItem.objects.filter(batch=batch))
    assert (found.left, found.total - found.done - found.left) == (counts["waiting"], counts["cancelled"])


def test_each_company_is_measured_by_its_own_records(bob: User, larch: Tenant, harbor: Tenant) -> None:
    batch, now = store_batch(bob, BatchState.RUNNING), timezone.now()
    number = 0
    for tenant, seconds in ((larch, 2), (harbor, 9)):
        for place in range(70):
            number += 1
            at = now - timedelta(seconds=seconds * (70 - place))
            edit = store_edit(batch, tenant, State.SAVED, sent_at=at)
            store_item(batch, tenant, number, step=Step.BEGUN, edit=edit)
        number += 1
        store_item(batch, tenant, number, step=Step.WAITING)
    found = measure_progress(batch, BatchItem.objects.filter(batch=batch))
    assert {one.tenant: one.seconds for one in found.companies} == {larch: 2.0, harbor: 9.0}


def test_what_its_author_sends_again_later_is_not_measured(bob: User, larch: Tenant) -> None:
    batch, now = store_batch(bob, BatchState.RUNNING), timezone.now()
    for number in range(1, 5):
        edit = store_edit(batch, larch, State.SAVED, sent_at=now - timedelta(seconds=4 * number))
        store_item(batch, larch, number, step=Step.BEGUN, edit=edit)
    again = store_edit(batch, larch, State.SAVED, sent_at=now + timedelta(seconds=8))
    Edit.objects.filter(pk=again.pk).update(batch=None)
    store_item(batch, larch, 5, step=Step.BEGUN, edit=again)
    store_item(batch, larch, 6, step=Step.WAITING)
    (found,) = measure_progress(batch, BatchItem.objects.filter(batch=batch)).companies
    assert found.seconds == 4.0


def test_amounts_of_different_companies_are_added_up_only_in_a_currency_of_the_same_name(
    bob: User, larch: Tenant, harbor: Tenant
) -> None:
    batch = store_batch(bob, BatchState.PLANNED)
    rows = ((larch, "", 10), (harbor, "", 20), (harbor, "", 5), (larch, "US Dollar", 7), (harbor, "US Dollar", 9))
    for number, (tenant, currency, total) in enumerate(rows, 1):
        store_item(batch, tenant, number, currency=currency, total_before="1.00", total_after=f"{total}.00")
    members = {tenant.pk: Member(tenant, bob, Role.BOOKKEEPER) for tenant in (larch, harbor)}
    found = {currency: after for currency, _, after in listing.sum_totals(listing.filter_items(batch, members))}
    assert found == {larch.name: Decimal(10), harbor.name: Decimal(25), "US Dollar": Decimal(16)}
    (one,) = listing.sum_totals(listing.filter_items(batch, {larch.pk: members[larch.pk]}).filter(currency=""))
    assert one == ("", Decimal(1), Decimal(10))


def test_a_currency_is_one_whatever_each_company_calls_it(bob: User, larch: Tenant, harbor: Tenant) -> None:
    dollar = {"id": "D", "name": "US Dollar", "currencyCode": "USD", "isActive": True}
    lookup.store_record(larch, registry.get_table(larch, "currencies"), dollar)
    batch = store_batch(bob, BatchState.PLANNED)
    for number, (tenant, currency) in enumerate([(larch, "US Dollar"), (harbor, "USD")], 1):
        store_item(batch, tenant, number, currency=currency, total_before="1.00", total_after="2.50")
    assert listing.sum_totals(batch.items.all()) == [("USD", Decimal(2), Decimal(5))]
