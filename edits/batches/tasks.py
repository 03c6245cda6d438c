"""The task of bulk changes: one record of a company, after which it queues itself again."""

from django_tasks import task

from edits.models.batch import GOES_ON, Batch, BatchItem, Step
from edits.tasks import queue_once

from . import moves, run


@task(queue_name="batches")
def run_batches(tenant_id: int) -> None:
    """Carry out the next record of the company's running bulk changes, and queue the one after."""
    if run.carry_on(tenant_id):
        queue_once(run_batches, tenant_id)


def queue_batch(batch: Batch) -> None:
    """Queue that task for each company of a bulk change that has just been started or resumed."""
    waiting = BatchItem.objects.filter(batch=batch, step=Step.WAITING)
    for tenant_id in waiting.order_by().values_list("tenant", flat=True).distinct():
        queue_once(run_batches, tenant_id)


def queue_due_batches() -> None:
    """Queue it where a bulk change waited or lost its task, and end those that are done; the timetable calls this."""
    if not Batch.objects.filter(state__in=GOES_ON).exists():
        return
    run.hold_outside_hours()
    for tenant_id in run.list_due_companies():
        queue_once(run_batches, tenant_id)
    moves.end_done()
