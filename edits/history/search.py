"""Searches the history of a company: edits of ours and what was seen to change in the books, as one list.

A page takes three queries, one far down four, however long the history is.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.utils import timezone

from books.mirror.query import Listing
from books.models import Record
from edits.models.edit import OUTCOMES, Edit, EditQuerySet, Sighting
from tenants.models import Tenant

from .entries import SEEN, Entry, entries

BOOKS = "books:"  # stands for the books among people; no person's name has a colon
AT_ONCE = 500  # entries that an export reads at once


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person looks for; what is blank asks for nothing. `field` is kind and name, `record` kind and id."""

    q: str = ""
    person: str = ""
    field: tuple[str, str] | None = None
    since: date | None = None
    until: date | None = None
    outcome: str = ""
    record: tuple[str, str] | None = None

    @property
    def takes_edits(self) -> bool:
        return self.person != BOOKS and self.outcome != SEEN.name

    @property
    def takes_sightings(self) -> bool:
        return self.person in ("", BOOKS) and self.outcome in ("", SEEN.name)

    @property
    def is_narrow(self) -> bool:
        """Whether anything but a record is asked for."""
        return any((self.q, self.person, self.field, self.since, self.until, self.outcome))


def search(tenant: Tenant, asked: Asked, page: int, size: int, known: Mapping[str, int] | None = None) -> Listing:
    """One page of what was asked for, newest first. A page beyond the last is the last.

    `known` is what `people` has found: then all that there is need not be counted again.
    """
    first = latest(tenant, asked, size) if page <= 1 else None
    if first is not None and len(first) < size:
        return Listing(first, len(first), 1, size)  # that is all, and need not be counted
    total = _keys(tenant, asked).count() if known is None or asked != Asked() else sum(known.values())
    page = min(max(1, page), max(1, -(-total // size)))
    start = (page - 1) * size
    if start:
        rows = _read(tenant, [(own, pk) for _, own, pk in _in_order(tenant, asked)[start : start + size]])
    else:
        rows = latest(tenant, asked, size) if first is None else first
    return Listing(rows, total, page, size)


def latest(tenant: Tenant, asked: Asked, count: int) -> list[Entry]:
    """The newest entries of what was asked for."""
    edits, sightings = _edits(tenant, asked), _sightings(tenant, asked)
    ours: Iterable[Edit] = () if edits is None else edits.listed()[:count]
    theirs: Iterable[Sighting] = () if sightings is None else sightings[:count]
    # As `_in_order` has them: of the same moment ours come first, and of those the last.
    return sorted(entries(tenant, ours, theirs), key=lambda entry: (entry.at, bool(entry.who)), reverse=True)[:count]


def of(record: Record, count: int) -> list[Entry]:
    """The newest entries of one record."""
    return latest(record.tenant, Asked(record=(record.kind, record.remote_id)), count)


def every(tenant: Tenant, asked: Asked) -> Iterator[Entry]:
    """All that was asked for as it stands now, newest first, read piece by piece."""
    # Eight bytes each: there may be very many, and nobody else's change may move them while they are read.
    keys = array("q", (pk * 2 + own for _, own, pk in _in_order(tenant, asked).iterator()))
    for start in range(0, len(keys), AT_ONCE):
        yield from _read(tenant, [(key % 2, key // 2) for key in keys[start : start + AT_ONCE]])


def people(tenant: Tenant) -> dict[str, int]:
    """Who has changed anything in this company, the books among them, and how often."""
    ours = Edit.objects.sent().filter(tenant=tenant).order_by().values("person_name").annotate(count=Count("pk"))
    theirs = Sighting.objects.filter(tenant=tenant).order_by().annotate(person_name=Value(BOOKS))
    both = ours.union(theirs.values("person_name").annotate(count=Count("pk")), all=True)
    return {row["person_name"]: row["count"] for row in both.order_by("person_name")}


Key = tuple[datetime, int, int]


def _keys(tenant: Tenant, asked: Asked) -> QuerySet[Any, Key]:
    """When, whether ours, and id of all that was asked for: enough to count it, and to know a page without reading."""
    parts = []
    for found, moment, own in ((_edits(tenant, asked), "sent_at", 1), (_sightings(tenant, asked), "seen_at", 0)):
        if found is not None:
            named: QuerySet[Any] = found.order_by().annotate(at=F(moment), own=Value(own))
            parts.append(named.values_list("at", "own", "pk"))
    if not parts:
        return Edit.objects.none().values_list("sent_at", "pk", "pk")
    return parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]


def _in_order(tenant: Tenant, asked: Asked) -> QuerySet[Any, Key]:
    return _keys(tenant, asked).order_by("-at", "-own", "-pk")


def _read(tenant: Tenant, keys: list[tuple[int, int]]) -> list[Entry]:
    edits = Edit.objects.listed().in_bulk([pk for own, pk in keys if own])
    sightings = Sighting.objects.in_bulk([pk for own, pk in keys if not own])
    both = {
        **{(1, pk): entry for pk, entry in zip(edits, entries(tenant, edits.values(), ()), strict=True)},
        **{(0, pk): entry for pk, entry in zip(sightings, entries(tenant, (), sightings.values()), strict=True)},
    }
    return [both[key] for key in keys]


def _edits(tenant: Tenant, asked: Asked) -> EditQuerySet | None:
    if not asked.takes_edits:
        return None
    found = Edit.objects.sent().filter(_both(tenant, asked, "sent_at"))
    for word in asked.q.casefold().split():
        found = found.filter(Q(search__holds=word) | Q(request_id__iexact=word))
    if asked.person:
        found = found.filter(person_name=asked.person)
    return found.filter(OUTCOMES[asked.outcome].edits) if asked.outcome else found


def _sightings(tenant: Tenant, asked: Asked) -> QuerySet[Sighting] | None:
    if not asked.takes_sightings:
        return None
    found = Sighting.objects.filter(_both(tenant, asked, "seen_at"))
    for word in asked.q.casefold().split():
        found = found.filter(search__holds=word)
    return found


def _both(tenant: Tenant, asked: Asked, moment: str) -> Q:
    """What holds for edits and sightings alike."""
    found = Q(tenant=tenant)
    if asked.record:
        found &= Q(kind=asked.record[0], remote_id=asked.record[1])
    if asked.field:
        found &= Q(kind=asked.field[0], fields__contains=f" {asked.field[1]} ")
    if asked.since:
        found &= Q(**{f"{moment}__gte": _midnight(asked.since)})
    if asked.until:
        found &= Q(**{f"{moment}__lt": _midnight(asked.until + timedelta(days=1))})
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
