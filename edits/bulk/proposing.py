"""What a bulk change wants each selected record to become, as proposals for its dry run. Checks and sends nothing."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError

from books import registry
from books.mirror import lookup
from edits.batches.proposals import Proposal
from record_forms.bulk.form import BulkForm
from record_forms.bulk.operations import BulkOperation, apply_all
from record_forms.bulk.selection import BulkSelection, ChosenRecord
from record_forms.bulk.value_changes import CannotApply
from records.json_text import NotReadable
from tenants.access import Member

NOT_LOADED = "It is not completely loaded yet. Try again in a minute."
NOT_READABLE = "Its values cannot be read."

Prepared = list[BulkOperation] | str  # the operations of a company, or why there are none


def make_proposals(selection: BulkSelection, form: BulkForm, others: Iterable[Member] = ()) -> Iterator[Proposal]:
    """Yield a proposal for each selected record, those of other companies by the same filter included."""
    prepared: dict[int, Prepared] = {}
    for member, chosen in selection.list_chosen(others):
        if member.tenant.pk not in prepared:
            prepared[member.tenant.pk] = _prepare(member, selection.kind, form)
        yield _propose(member, chosen, prepared[member.tenant.pk])


def _prepare(member: Member, kind: str, form: BulkForm) -> Prepared:
    """Return what the form means in a company, whose own entries its names stand for."""
    try:
        return form.make_operations(member.tenant, registry.get_visible_table(member, kind))
    except ValidationError as error:
        return error.messages[0]


def _propose(member: Member, chosen: ChosenRecord, prepared: Prepared) -> Proposal:
    """Return what becomes of one record, from the version that the list showed."""
    record, seen = chosen.record, chosen.seen
    if seen is None or isinstance(prepared, str):
        return Proposal(member, record, seen, None, NOT_LOADED if isinstance(prepared, list) else prepared)
    table = registry.get_visible_table(member, record.kind)
    try:
        return Proposal(member, record, seen, apply_all(prepared, lookup.decode_version(table, seen)))
    except CannotApply as error:
        return Proposal(member, record, seen, None, str(error))
    except NotReadable:
        return Proposal(member, record, seen, None, NOT_READABLE)
