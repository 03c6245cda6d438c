"""What the page of a bulk change shows, as far as its reader is a member of the companies of its records."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.urls import reverse

from books import registry
from books.mirror.order import RecordPage
from edits.models.batch import Batch, BatchItemQuerySet, BatchState
from tenants.access import Member, list_memberships
from tenants.models import Role

from . import confirm, items, progress, undo

PER_PAGE = 100
BITS = 64  # of the database's numbers


class FoundBatch(NamedTuple):
    """A bulk change as far as its reader may see it: `items` are the records of their companies."""

    batch: Batch
    person: User
    members: dict[int, Member]
    items: BatchItemQuerySet

    @property
    def is_author(self) -> bool:
        return self.batch.person_id == self.person.pk

    @property
    def may_edit(self) -> bool:
        here = set(self.items.order_by().values_list("tenant", flat=True).distinct())
        return any(self.members[company].may_edit for company in here)


def find_batch(request: HttpRequest, pk: int) -> FoundBatch:
    """Return the bulk change with the records of the reader's companies. Raises Http404 if there are none."""
    person = cast(User, request.user)
    own = {one.tenant_id: Member(one.tenant, person, Role(one.role)) for one in list_memberships(person)}
    batch = Batch.objects.select_related("undoes").filter(pk=pk).first() if pk.bit_length() < BITS else None
    found = None if batch is None else items.filter_items(batch, own)
    if batch is None or found is None or not found.exists():
        raise Http404("There is no such bulk change in your companies.")
    hides = items.hides_any(batch.kind, own, found)
    for one in (batch, batch.undoes):
        if one is not None:
            one.hide_words(person.pk, hides=hides)
    return FoundBatch(batch, person, own, found)


def count_filters(found: FoundBatch) -> list[tuple[items.ItemFilter, int]]:
    """Return the filters that find any record, with how many."""
    counts = items.count_filters(found.batch, found.items)
    return [(one, counts[one.name]) for one in items.list_filters(found.batch) if counts[one.name]]


def make_context(found: FoundBatch, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows to everybody: the records that were asked for, and how far it is."""
    batch = found.batch
    is_planned = batch.state == BatchState.PLANNED
    listed = _list_items(found, asked)
    context: dict[str, Any] = {
        "is_planned": is_planned,
        "listed": listed,
        "rows_shown": ",".join(str(row.item.number) for row in listed.rows),
        "here": reverse("batch_page", args=[batch.pk]),
        # They may name companies whose records are not among those that the page shows: for whoever has planned it.
        "remarks": batch.remarks.splitlines() if found.is_author and not batch.handed_over else [],
    }
    return context | (_make_counts(found, asked) if is_planned else make_moving(found, asked))


def make_moving(found: FoundBatch, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changes on the page while it runs, but for the records' results."""
    batch, context = found.batch, _make_counts(found, asked)
    context["progress"] = progress.measure_progress(batch, found.items)
    context["undone_by"] = undone_by = undo.find_undo(batch)
    if undone_by is not None:
        undone_by.hide_words(found.person.pk, hides=items.hides_any(batch.kind, found.members, found.items))
    may_go_back = undone_by is None or undone_by.state == BatchState.ENDED
    is_left = batch.state == BatchState.ENDED and may_go_back and undo.is_left(found.items)
    return context | {"is_left": is_left, "may_undo": found.may_edit and is_left}


def _make_counts(found: FoundBatch, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "batch": found.batch,
        "is_author": found.is_author,
        "counts": count_filters(found),
        "companies": items.count_companies(found.items),
        **asked,
    }


def list_results(found: FoundBatch, numbers: Sequence[int]) -> list[items.ItemRow]:
    """Return the records that a page shows, by their numbers, whatever its filter would find by now."""
    rows = items.fetch_listed(found.items.filter(number__in=numbers[:PER_PAGE]))
    return list(items.make_rows(found.members, rows))


def describe_start(found: FoundBatch) -> dict[str, Any]:
    """Return what the author of a plan is asked before it is started."""
    first = found.items.select_related("tenant")[0].tenant
    table = registry.get_visible_table(found.members[first.pk], found.batch.kind)
    return {
        "left_alone": items.list_left_alone(found.items, table),
        "asked": confirm.list_asked(found.items),
        "taken": items.count_taken(found.items),
        "totals": items.sum_totals(found.items),
        "books": registry.get_description(first).name,
    }


def _list_items(found: FoundBatch, asked: Mapping[str, Any]) -> RecordPage:
    only = next((one for one in items.list_filters(found.batch) if one.name == asked["show"]), None)
    listed = found.items.filter(only.items) if only else found.items
    listed = listed.filter(tenant__slug=asked["company"]) if asked["company"] else listed
    total = listed.count()
    page = min(asked["page"] or 1, max(1, -(-total // PER_PAGE)))
    rows = items.fetch_listed(listed)[(page - 1) * PER_PAGE : page * PER_PAGE]
    return RecordPage(list(items.make_rows(found.members, rows)), total, page, PER_PAGE)
