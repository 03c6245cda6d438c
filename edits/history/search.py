"""Searches the history of a company: edits and external changes, as one list.

A page takes three queries, a later page four, however long the history is.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.utils import timezone

from books.mirror.query import RecordPage, match_term
from books.models import Record
from edits.models.edit import OUTCOMES, Edit, EditQuerySet
from edits.models.external_change import ExternalChange
from edits.models.fetching import fetch_external, fetch_listed
from records.searching import explain_too_long, split_search
from tenants.access import Member
from tenants.models import Tenant

from .entries import SEEN, HistoryEntry, make_entries

BOOKS = "books:"  # the vendor in the filter by person; a person's name has no colon
AT_ONCE = 500  # entries that an export reads at once


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Search criteria; a blank one is not applied. `field` is kind and name, `record` kind and id.

    `among` are a kind and the ids of several records, or a query for them.
    """

    q: str = ""
    person: str = ""
    field: tuple[str, str] | None = None
    since: date | None = None
    until: date | None = None
    outcome: str = ""
    record: tuple[str, str] | None = None
    among: tuple[str, Any] | None = None

    @property
    def takes_edits(self) -> bool:
        return not self.too_long and self.person != BOOKS and self.outcome != SEEN.name

    @property
    def takes_sightings(self) -> bool:
        return not self.too_long and self.person in ("", BOOKS) and self.outcome in ("", SEEN.name)

    @property
    def too_long(self) -> str:
        """Why nothing is searched, in words for a person."""
        return explain_too_long(self.q)

    @property
    def is_narrow(self) -> bool:
        """Whether any criterion other than the record is set."""
        return bool(self.q) or self.is_filtered

    @property
    def is_filtered(self) -> bool:
        """Whether a search is limited to some of the entries."""
        return any((self.person, self.field, self.since, self.until, self.outcome))


def search_history(
    member: Member, asked: HistoryQuery, page: int, size: int, known: Mapping[str, int] | None = None
) -> RecordPage:
    """Return one page of the results, newest first. A page beyond the last is the last.

    `known` is the result of `list_people`, from which the total is taken if no filter is set.
    """
    tenant = member.tenant
    first = list_latest(member, asked, size) if page <= 1 else None
    if first is not None and len(first) < size:
        return RecordPage(first, len(first), 1, size)  # that is everything, so it need not be counted
    total = _fetch_keys(tenant, asked).count() if known is None or asked != HistoryQuery() else sum(known.values())
    page = min(max(1, page), max(1, -(-total // size)))
    start = (page - 1) * size
    if start:
        rows = _fetch_entries(member, [(own, pk) for _, own, pk in _order_entries(tenant, asked)[start : start + size]])
    else:
        rows = list_latest(member, asked, size) if first is None else first
    return RecordPage(rows, total, page, size)


def list_latest(member: Member, asked: HistoryQuery, count: int) -> list[HistoryEntry]:
    """Return the newest entries of the results."""
    edits, sightings = _filter_edits(member.tenant, asked), _filter_external_changes(member.tenant, asked)
    ours: Iterable[Edit] = () if edits is None else edits.listed()[:count]
    theirs: Iterable[ExternalChange] = () if sightings is None else sightings[:count]
    return _merge_entries(member, ours, theirs, count)


def _merge_entries(
    member: Member, ours: Iterable[Edit], theirs: Iterable[ExternalChange], count: int
) -> list[HistoryEntry]:
    # The order of `_order_entries`: at the same time edits come first, the latest of them at the top.
    found = sorted(make_entries(member, ours, theirs), key=lambda entry: (entry.at, bool(entry.who)), reverse=True)
    return found[:count]


def search_companies(members: Mapping[int, Member], q: str, count: int) -> list[tuple[Member, HistoryEntry]]:
    """Return the newest entries that a search finds in several companies, each with its member. Two queries."""
    asked, companies = HistoryQuery(q=q), list(members)
    edits, sightings = _filter_edits(companies, asked), _filter_external_changes(companies, asked)
    ours: list[Edit] = [] if edits is None else list(edits.listed()[:count])
    theirs: list[ExternalChange] = [] if sightings is None else list(sightings[:count])
    found: list[tuple[Member, HistoryEntry]] = []
    for pk in {*(one.tenant_id for one in ours), *(one.tenant_id for one in theirs)}:
        own = [edit for edit in ours if edit.tenant_id == pk], [one for one in theirs if one.tenant_id == pk]
        found += [(members[pk], entry) for entry in make_entries(members[pk], *own)]
    return sorted(found, key=lambda one: one[1].at, reverse=True)[:count]


def list_record_history(member: Member, record: Record, count: int) -> list[HistoryEntry]:
    """Return the newest entries of one record."""
    own = (member.tenant.pk, record.kind, record.remote_id)
    return _merge_entries(member, fetch_listed(*own, count), fetch_external(*own, count), count)


def list_all(member: Member, asked: HistoryQuery) -> Iterator[HistoryEntry]:
    """Yield all results as of now, newest first, read in batches."""
    # Eight bytes each: there may be very many, and changes during the export must not shift them.
    keys = array("q", (pk * 2 + own for _, own, pk in _order_entries(member.tenant, asked).iterator()))
    for start in range(0, len(keys), AT_ONCE):
        yield from _fetch_entries(member, [(key % 2, key // 2) for key in keys[start : start + AT_ONCE]])


def count_all(member: Member, asked: HistoryQuery) -> int:
    """Return how many results there are."""
    return _fetch_keys(member.tenant, asked).count()


def list_people(tenant: Tenant) -> dict[str, int]:
    """Return who has changed anything in this company, the vendor included, and how often."""
    ours = Edit.objects.sent().filter(tenant=tenant).order_by().values("person_name").annotate(count=Count("pk"))
    theirs = ExternalChange.objects.filter(tenant=tenant).order_by().annotate(person_name=Value(BOOKS))
    both = ours.union(theirs.values("person_name").annotate(count=Count("pk")), all=True)
    return {row["person_name"]: row["count"] for row in both.order_by("person_name")}


Key = tuple[datetime, int, int]
Companies = Tenant | Sequence[int]  # one, or the numbers of several


def _fetch_keys(tenant: Tenant, asked: HistoryQuery) -> QuerySet[Any, Key]:
    """Return time, whether it is an edit, and id of all results: enough to count them and to select a page."""
    parts = []
    for found, moment, own in (
        (_filter_edits(tenant, asked), "sent_at", 1),
        (_filter_external_changes(tenant, asked), "seen_at", 0),
    ):
        if found is not None:
            named: QuerySet[Any] = found.order_by().annotate(at=F(moment), own=Value(own))
            parts.append(named.values_list("at", "own", "pk"))
    if not parts:
        return Edit.objects.none().values_list("sent_at", "pk", "pk")
    return parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]


def _order_entries(tenant: Tenant, asked: HistoryQuery) -> QuerySet[Any, Key]:
    return _fetch_keys(tenant, asked).order_by("-at", "-own", "-pk")


def _fetch_entries(member: Member, keys: list[tuple[int, int]]) -> list[HistoryEntry]:
    edits = Edit.objects.listed().in_bulk([pk for own, pk in keys if own])
    sightings = ExternalChange.objects.in_bulk([pk for own, pk in keys if not own])
    both = {
        **{(1, pk): entry for pk, entry in zip(edits, make_entries(member, edits.values(), ()), strict=True)},
        **{(0, pk): entry for pk, entry in zip(sightings, make_entries(member, (), sightings.values()), strict=True)},
    }
    return [both[key] for key in keys]


def _filter_edits(tenant: Companies, asked: HistoryQuery) -> EditQuerySet | None:
    if not asked.takes_edits:
        return None
    found = Edit.objects.sent().filter(_union_entries(tenant, asked, "sent_at"))
    for term in split_search(asked.q):
        found = found.filter(match_term(term) | Q(*[Q(request_id__iexact=word) for word in term[0]]))
    if asked.person:
        found = found.filter(person_name=asked.person)
    return found.filter(OUTCOMES[asked.outcome].edits) if asked.outcome else found


def _filter_external_changes(tenant: Companies, asked: HistoryQuery) -> QuerySet[ExternalChange] | None:
    if not asked.takes_sightings:
        return None
    found = ExternalChange.objects.filter(_union_entries(tenant, asked, "seen_at"))
    for term in split_search(asked.q):
        found = found.filter(match_term(term))
    return found


def _union_entries(tenant: Companies, asked: HistoryQuery, moment: str) -> Q:
    """Return the conditions that edits and external changes share."""
    found = Q(tenant=tenant) if isinstance(tenant, Tenant) else Q(tenant__in=tenant)
    if asked.record:
        found &= Q(kind=asked.record[0], remote_id=asked.record[1])
    if asked.among:
        found &= Q(kind=asked.among[0], remote_id__in=asked.among[1])
    if asked.field:
        found &= Q(kind=asked.field[0], fields__contains=f" {asked.field[1]} ")
    if asked.since:
        found &= Q(**{f"{moment}__gte": _get_midnight(asked.since)})
    if asked.until:
        found &= Q(**{f"{moment}__lt": _get_midnight(asked.until + timedelta(days=1))})
    return found


def _get_midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
