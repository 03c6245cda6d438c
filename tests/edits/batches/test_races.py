"""Two people, or a person and a worker, move the same bulk change at once: neither overwrites what the other did."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.models import Record
from edits.batches import confirm, moves
from edits.batches import run as running
from edits.models.batch import Batch, Step
from edits.models.edit import Edit
from tenants.access import Member
from tests.books.mirror.test_concurrent_writes import meanwhile, wait_for

from .planning import list_steps, plan_phones, start
from .test_run import member, records

__all__ = ["meanwhile", "member", "records"]

pytestmark = [
    pytest.mark.postgres_only("SQLite lets one transaction write at a time"),
    pytest.mark.django_db(transaction=True),
]
Meanwhile = Callable[[Callable[[], Any]], Future[Any]]


def test_what_is_cancelled_while_a_worker_begins_it_is_not_begun(
    bob: User, member: Member, records: list[Record], meanwhile: Meanwhile
) -> None:
    batch = start(plan_phones(member, records))
    item = running.find_next(member.tenant.pk, timezone.now())
    assert item is not None
    with transaction.atomic():
        moves.cancel_rest(batch)
        worker = meanwhile(lambda: running._begin(item))
        wait_for(worker)
    assert (worker.result(), list_steps(batch), Edit.objects.count()) == (None, [(Step.CANCELLED, "")] * 3, 0)


def test_a_record_that_a_worker_parks_is_not_taken_back_from_a_cancellation(
    member: Member, records: list[Record], meanwhile: Meanwhile
) -> None:
    batch = start(plan_phones(member, records))
    item = batch.items.get(number=1)
    with transaction.atomic():
        moves.cancel_rest(batch)
        worker = meanwhile(lambda: moves.park(item, "It cannot be read."))
        wait_for(worker)
    worker.result()
    assert list_steps(batch) == [(Step.CANCELLED, "")] * 3


def test_a_second_click_on_start_takes_no_record_out_of_what_runs(
    member: Member, records: list[Record], meanwhile: Meanwhile
) -> None:
    batch = plan_phones(member, records)
    again = Batch.objects.get(pk=batch.pk)
    fewer = confirm.TakenItems([1, 2, 3], [2, 3])  # in another tab
    with transaction.atomic():
        confirm.confirm(batch, member.person.pk, confirm.TakenItems(), agreed=())
        second = meanwhile(lambda: confirm.confirm(again, member.person.pk, fewer, agreed=()))
        wait_for(second)
    assert (second.result(), list_steps(batch)) == ([], [(Step.WAITING, "")] * 3)


def test_a_plan_that_is_being_started_takes_no_record_in(
    member: Member, records: list[Record], meanwhile: Meanwhile
) -> None:
    batch = plan_phones(member, records)
    with transaction.atomic():
        confirm.confirm(batch, member.person.pk, confirm.TakenItems(), agreed=())
        other = meanwhile(lambda: moves.choose(batch, [1, 2, 3], []))
        wait_for(other)
    other.result()
    assert list_steps(batch) == [(Step.WAITING, "")] * 3
