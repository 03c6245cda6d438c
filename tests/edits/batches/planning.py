"""What the tests of bulk changes share: planning one of phone numbers, starting it, and what became of it."""

from typing import Any

from books.mirror import lookup
from books.models import Record
from edits.batches import confirm, plan
from edits.batches.proposals import Proposal
from edits.models.batch import Batch
from records.content import Content
from tenants.access import Member
from tests.edits.lifecycle.queueing import find_again
from tests.support.tasks import run_queued_tasks

NEW_PHONE = "555-0100"


def propose(member: Member, record: Record, **values: Any) -> Proposal:
    """Propose these values for a record as it is given."""
    return Proposal(member, record, record.version, lookup.get_content(record).replace(**values))


def plan_batch(*proposals: Proposal, **more: Any) -> Batch:
    said = {"kind": "customers", "title": "Phone", "source": "Customers", **more}
    return plan.plan_batch(proposals[0].member.person, proposals, **said)


def plan_phones(member: Member, records: list[Record], phone: str = NEW_PHONE) -> Batch:
    """Plan the same phone number for all of these."""
    return plan_batch(*(propose(member, record, phone=phone) for record in records))


def start(batch: Batch, **more: Any) -> Batch:
    """Confirm a bulk change and agree to whatever is asked."""
    agreed = [one.box for one in confirm.list_asked(batch.items.all())]
    assert batch.person_id is not None
    assert confirm.confirm(batch, batch.person_id, confirm.TakenItems(), **{"agreed": agreed, **more}) == []
    return batch


def run() -> None:
    """Let the worker do what is queued for bulk changes."""
    run_queued_tasks("batches")


def list_steps(batch: Batch) -> list[tuple[str, str]]:
    """The step of every item, and the state of its edit, "" for none."""
    found = batch.items.values_list("step", "edit__state")
    return [(step, state or "") for step, state in found]


def get_now(record: Record) -> Content:
    return lookup.get_content(find_again(record))
