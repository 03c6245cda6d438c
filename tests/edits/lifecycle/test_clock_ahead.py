"""Until when an edit waits was noted by our own clock: what it noted while it ran ahead holds nothing up afterwards."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from books.models import Record, SyncStatus
from books.providers.errors import TooMany
from books.registry import get_write_seconds
from edits.batches import run
from edits.lifecycle import queue, settle
from edits.models.edit import Edit, State
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.edits.factories import an_edit
from tests.edits.lifecycle.queueing import list_states, save_values, send
from tests.support.vendor import Sandbox

AHEAD = timedelta(days=1)


@pytest.fixture
def author(bob: User, job: Record) -> Member:
    return Member(job.tenant, bob, Role.BOOKKEEPER)


@pytest.mark.parametrize("error", ["", TooMany.__name__])
def test_a_queued_edit_is_sent(author: Member, job: Record, sandbox: Sandbox, error: str) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    Edit.objects.update(waits_until=timezone.now() + AHEAD, error=error)
    assert queue.list_due_companies() == [edit.tenant_id]
    send()
    assert list_states() == [State.SAVED]


def test_an_edit_that_a_vendor_has_put_off_for_an_hour_is_not(author: Member, job: Record, sandbox: Sandbox) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    Edit.objects.update(waits_until=timezone.now() + timedelta(hours=1), error=TooMany.__name__)
    assert queue.list_due_companies() == []
    send()
    assert list_states() == [State.QUEUED]


def test_a_lease_of_a_process_that_cannot_be_looked_up_has_lapsed(abc: Tenant, bob: User) -> None:
    ahead = {"lease_until": timezone.now() + AHEAD, "process": "another machine:1:1"}
    assert settle.is_abandoned(an_edit(abc, bob, timezone.now(), state=State.SENDING, **ahead))


def test_an_edit_without_an_answer_is_settled_after_the_vendors_limit_from_now(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    ahead = timezone.now() + AHEAD
    save_values(author, job, "form-1", phone="555-0100")
    Edit.objects.update(state=State.UNKNOWN, uncertain_until=ahead, look_at=ahead)
    assert settle.settle_due() == 1
    edit = Edit.objects.get()
    assert (edit.state, edit.uncertain_until) == (State.UNKNOWN, edit.look_at)
    longest = timedelta(seconds=get_write_seconds(edit.tenant)) + settle.MARGIN
    assert edit.uncertain_until is not None
    assert timedelta(0) < edit.uncertain_until - timezone.now() <= longest


def test_the_bulk_changes_of_a_company_that_failed_go_on(abc: Tenant) -> None:
    now = timezone.now()
    SyncStatus.objects.create(tenant=abc, failing_since=now, next_try_at=now + AHEAD)
    assert not run._is_away(abc, now)
