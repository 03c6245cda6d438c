"""Companies that do not answer, that are paused, or in which another company file is open."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from books.health.states import ConnectionState, name_failure
from books.models import Purpose, SyncStatus, fetch_statuses
from books.registry import get_description, make_other_error
from books.sync import vendor_reads
from edits.next_steps import StepResult
from overview.inbox.items import OPEN, InboxItem, NextStep, Reader, Source
from tenants.access import Member

TRY = NextStep("try", "Try now", "t")


def find_off(reader: Reader) -> Iterable[InboxItem]:
    """Yield a company each that nothing is read from now."""
    for status in fetch_statuses(reader.companies):
        if not (status.failing_since or status.resting_since or status.other_file_since):
            continue
        member = reader.members[status.tenant_id]
        url, (word, since) = reverse("connection", args=[member.tenant.slug]), describe_off(status)
        steps = [NextStep(OPEN, "Open", "o", url), *([TRY] if member.may_edit and not status.resting_since else [])]
        yield InboxItem(
            OFF.name, member.tenant, member.tenant.pk, ("warn", word), "Connection", _explain(member, status), url,
            since, steps, is_counted=False,
        )  # fmt: skip


def describe_off(status: SyncStatus | None) -> tuple[str, datetime | None]:
    """Return why nothing is read from a company, in a word, and since when; "" while it answers.

    One that was never connected is off since no moment that anybody remembers.
    """
    if status is None:
        return "", None
    if status.resting_since:
        return "Paused", status.resting_since
    if status.other_file_since:
        return str(ConnectionState.DIFFERENT), status.other_file_since
    if not status.failing_since:
        return "", None
    if name_failure(status.error, status.code) is ConnectionState.NEVER:
        return str(ConnectionState.NEVER), None
    return str(ConnectionState.SILENT), status.failing_since


def _explain(member: Member, status: SyncStatus) -> str:
    books = get_description(member.tenant).name
    if status.resting_since:
        return f"Nothing is read from {books} and nothing is saved to it."
    if status.other_file_since:
        title = make_other_error(member.tenant).title
        return f"{title}. Nothing is read from it and nothing is saved to it."
    return f"{status.why or f'{books} does not answer.'} {status.next_step}".rstrip()


def try_connection(member: Member, _: int) -> StepResult:
    """Have a company asked at once whether it answers."""
    if not member.may_edit:
        raise PermissionDenied("You can view but not change this company.")
    vendor_reads.ask(member.tenant, Purpose.CONNECTION)
    return StepResult(f"Contacting {get_description(member.tenant).name} of {member.tenant}.")


OFF = Source("companies", find_off, steps={TRY.name: try_connection})
