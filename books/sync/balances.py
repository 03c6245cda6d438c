"""Refreshes balances, which move without a new revision of the record: reads again what the vendor's transactions name.

A run has pieces: what a person asked for, then the list of transactions, then the records that it names.
A transaction names the customer or vendor that it belongs to now. Whom it belonged to is known of those last told of.
What no transaction tells, such as a deleted payment, or one moved that was told of long ago, is left to the daily
reading, and the age of balances on pages says so (docs/vendors/conductor.md, section 5).
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from books import stamps
from books.mirror import lookup, store, unreadable
from books.mirror.projection import find_newest_change
from books.models import ReadState, Record, SyncRun, SyncStatus
from books.providers.base import BalanceClient, Movements, Row
from books.providers.errors import BadAnswer, NoAnswer, Refused
from books.providers.lock import RequestPriority
from books.registry import get_description, make_client
from records.content import Content, Reference
from records.decoder import decode, read_id
from records.json_text import Json, NotReadable, RawRow
from tenants.models import Tenant

from . import clock, company_file, marks, outcome

log = logging.getLogger(__name__)

ONCE = 50  # ids in one request
LEVELS = 5  # of customers above one another (docs/vendors/conductor.md, section 9)
ASK: dict[str, Json] = {"ask": "transactions"}  # the piece that asks for them
TRIES = 3  # of a piece before it is halved
LONGEST_GAP = timedelta(days=90)  # without readings, after which balances come with the whole lists
MOST_WANTED = 500  # ids of one kind that people can ask for until they are read
REMEMBERED = 1_000  # transactions, beside those that the last list told of: some 60 kB in the row of the run


class Told(NamedTuple):
    """What one transaction says: its id, whose balance it has moved ("" if nobody's), and a digest of all it says.

    The digest is "" once it is stored, if the transaction is to be told of again.
    """

    id: str
    entity: str
    digest: str


Known = Mapping[str, Told]  # by the id of the transaction


def read_piece(tenant: Tenant, run: SyncRun) -> None:
    """Read the next piece of the run. Raises BooksError."""
    movements = get_description(tenant).movements
    assert movements is not None, "only a provider with movements has this run"
    run.slices = [*_take_wanted(tenant, movements), *(run.slices or [ASK])]
    outcome.store_progress(run)  # or what was taken would be lost if the reading has to wait
    if run.slices[0] == ASK:
        _read_transactions(tenant, movements, run)
    else:
        _read_slice_or_halves(tenant, movements, run)
    if not run.slices:
        run.slices = _take_wanted(tenant, movements)
    if not run.slices:
        run.state, run.as_of, run.is_asked = ReadState.DONE, run.started_at, False
        marks.move_mark(run)
        outcome.forget_failure(run)
        outcome.store_end(run)
    else:
        outcome.store_progress(run)


def want(tenant: Tenant, kind: str, ids: Iterable[str]) -> None:
    """Let the next refresh read these records again, if the company's balances are refreshed at all."""
    movements, new = get_description(tenant).movements, list(dict.fromkeys(ids))
    if movements is None or kind not in movements.owners or not new:
        return
    watch, _ = SyncStatus.objects.get_or_create(tenant=tenant)
    is_noted = False
    while not is_noted:  # again if another process has written it meanwhile
        wanted = SyncStatus.objects.values_list("wanted", flat=True).get(pk=watch.pk)
        more = list(dict.fromkeys([*wanted.get(kind, ()), *new]))[:MOST_WANTED]
        same = SyncStatus.objects.filter(pk=watch.pk, wanted=wanted)
        is_noted = bool(same.update(wanted={**wanted, kind: more}))


def want_parents(tenant: Tenant, kind: str, ids: Collection[str]) -> None:
    """Let those above these records be read again, whose totals include theirs."""
    rows = Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=ids, parent_id__isnull=False)
    above = {str(parent) for parent in rows.values_list("parent_id", flat=True)}
    want(tenant, kind, sorted(add_parents(tenant, kind, above)))


def add_parents(tenant: Tenant, kind: str, ids: Collection[str]) -> set[str]:
    """Return the ids and those of the records above them, whose totals include theirs."""
    found, level = set(ids), set(ids)
    for _ in range(LEVELS if ids else 0):
        rows = Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=level, parent_id__isnull=False)
        level = {str(above) for above in rows.values_list("parent_id", flat=True)} - found
        if not level:
            break
        found |= level
    return found


def _read_transactions(tenant: Tenant, movements: Movements, run: SyncRun) -> None:
    now, known = timezone.now(), load_known(run.seen)
    client = make_client(tenant, RequestPriority.SYNC)
    since = _find_start(tenant, movements, run, now)
    rows = [
        row
        for page in client.pages(movements.table, updatedAfter=since.isoformat(timespec="seconds"))
        for row in page.rows
    ]
    told = list(_read_told(tenant, movements, rows, now))
    run.is_full, run.started_at, run.heartbeat_at = False, now, timezone.now()
    run.rows, run.rows_told, run.slices_done = 0, None, run.slices_done + 1
    run.newest = find_newest_change(movements.table, rows, now)
    new = [one for one in told if one.id not in known or known[one.id].digest != one.digest]
    new += list_former(known, new)
    owners = _find_owners(tenant, movements, {one.entity for one in new} - {""})
    run.slices = list(_plan(tenant, movements, owners, new))
    run.seen = remember(known, told, set().union(*owners.values()))
    run.state = ReadState.RUNNING


def load_known(stored: Iterable[Json]) -> Known:
    """Return what a run has stored of transactions. Earlier editions stored digests alone, which tell of no entity."""
    return {one[0]: Told(*one) for one in stored if isinstance(one, list)}


def list_former(known: Known, told: Iterable[Told]) -> list[Told]:
    """Return the transactions that belonged to another entity when they were last told of, as if told of that one."""
    before = ((one, known[one.id].entity) for one in told if one.id in known)
    return [one._replace(entity=entity) for one, entity in before if entity not in ("", one.entity)]


def remember(known: Known, told: Collection[Told], owners: Collection[str]) -> list[Told]:
    """Return what to store of transactions: all that were told of now, and the last of those before, in their order.

    One of an entity that is not among the owners, as it is not loaded yet, is told of again.
    """
    ids = {one.id for one in told}
    kept = {id: one for id, one in known.items() if id not in ids}
    for one in told:
        is_done = one.entity in owners or known.get(one.id) == one
        kept[one.id] = one if is_done else one._replace(digest="")
    return list(kept.values())[-max(REMEMBERED, len(told)) :]


def _find_start(tenant: Tenant, movements: Movements, run: SyncRun, now: datetime) -> datetime:
    """Return since when to ask: the mark, or the earliest of the readings that the lists of the mirror come from.

    What moved before the last whole readings of those lists is in them, so that nobody asks further back.
    """
    lag, mark = clock.get_lag(tenant), stamps.drop_ahead(run.high_water_mark, now)
    lists = SyncRun.objects.filter(tenant=tenant, kind__in=movements.owners).values_list("full_at", "started_at")
    if mark is None:
        mark = min((moment for pair in lists for moment in pair if moment and moment <= now), default=now)
    whole = min((full_at for full_at, _ in lists if full_at and full_at <= now), default=mark)
    return max(mark, whole, now - LONGEST_GAP) - marks.OVERLAP - lag


def _read_told(tenant: Tenant, movements: Movements, rows: Sequence[Row], now: datetime) -> Iterator[Told]:
    """Yield what the transactions say; one that cannot be read is kept aside and told on the connection page."""
    aside = []
    for row in rows:
        try:
            content = _decode(movements, row)
        except NotReadable as error:
            aside.append(unreadable.UnreadableRow(row, str(error), of=_find_id(row)))
            continue
        entity = content["entity"]
        yield Told(str(content["transaction_id"]), entity.id if isinstance(entity, Reference) else "", _digest(row))
    unreadable.note(tenant, movements.table, aside, now)
    unreadable.forget_unseen(tenant, movements.table.kind, now)


def _digest(row: Row) -> str:
    text = row.text if isinstance(row, RawRow) else str(row)
    return blake2b(text.encode(errors="replace"), digest_size=6).hexdigest()


def _decode(movements: Movements, row: Row) -> Content:
    if isinstance(row, RawRow) and row.why_not:
        raise NotReadable(row.why_not)
    return decode(movements.table.shape, row)


def _find_id(row: Row) -> str:
    try:
        return read_id(row.get("transactionId"))
    except NotReadable:
        return ""


def _find_owners(tenant: Tenant, movements: Movements, entities: Collection[str]) -> dict[str, set[str]]:
    """Return, by kind, which of these entities own records of ours."""
    found: dict[str, set[str]] = {kind: set() for kind in movements.owners}
    for kind, column in movements.owners.items():
        rows = Record.objects.filter(tenant=tenant, kind=kind, deleted_at=None)
        for some in _cut(sorted(entities)):
            found[kind] |= set(rows.filter(Q((f"{column}__in", some))).values_list(column, flat=True))
    return found


def _plan(
    tenant: Tenant, movements: Movements, owners: Mapping[str, set[str]], told: Collection[Told]
) -> Iterator[Json]:
    """Yield the pieces that read the records whose balances the transactions of these owners have moved."""
    for kind, ids in owners.items():
        if movements.owners[kind] == "remote_id":
            yield from _make_slices(kind, sorted(add_parents(tenant, kind, ids)))
        else:
            for some in _cut(sorted(ids)):
                yield {"kind": kind, "entities": some, "told": [one.id for one in told if one.entity in some]}


def _make_slices(kind: str, ids: Sequence[str]) -> Iterator[Json]:
    return ({"kind": kind, "ids": some} for some in _cut(ids))


def _cut(ids: Sequence[str]) -> Iterator[list[str]]:
    return (list(ids[start : start + ONCE]) for start in range(0, len(ids), ONCE))


def _read_slice_or_halves(tenant: Tenant, movements: Movements, run: SyncRun) -> None:
    """Read one piece; halve it if it keeps failing, as one record in it may be why. Raises what it has to wait for.

    A record that is refused alone is left to the daily reading. Without an answer nothing is left out, as it may be
    the company that does not answer.
    """
    try:
        _read_slice(tenant, movements, run)
    except (Refused, NoAnswer) as error:
        if run.tries < TRIES:
            raise
        is_answered, halves = isinstance(error, Refused | BadAnswer), _halve(run.slices[0])
        if halves or is_answered:
            log.warning("Of company %s %s cannot be read: %r", tenant.slug, run.slices[0], error)
            run.slices = [*halves, *run.slices[1:]]
        if not is_answered:
            raise


def _halve(piece: Json) -> list[Json]:
    name = "ids" if "ids" in piece else "entities"
    middle = len(piece[name]) // 2
    return [{**piece, name: some} for some in (piece[name][:middle], piece[name][middle:])] if middle else []


def _read_slice(tenant: Tenant, movements: Movements, run: SyncRun) -> None:
    """Read one piece: records by their ids, or those of some entities that are not paid."""
    piece, *rest = run.slices
    table, began = get_description(tenant).tables[piece["kind"]], timezone.now()
    client = make_client(tenant, RequestPriority.SYNC)
    assert isinstance(client, BalanceClient)
    if "ids" in piece:
        rows, missing = client.read_several(table, piece["ids"])
        store.store_page(tenant, table, rows, began)
        if missing and company_file.answers_own(tenant):
            lookup.mark_deleted(tenant, table.kind, missing)
        run.rows += len(rows)
    else:
        for page in client.read_unpaid(table, piece["entities"]):
            store.store_page(tenant, table, page.rows, began)
            run.rows += len(page.rows)
        rest = [*_make_slices(table.kind, _list_absent(tenant, movements, piece, began)), *rest]
    run.slices, run.slices_done, run.heartbeat_at = rest, run.slices_done + 1, timezone.now()


def _list_absent(tenant: Tenant, movements: Movements, piece: Json, began: datetime) -> list[str]:
    """Return those of our records that did not come among the unpaid: not paid in our copy, or linked to what was told.

    The second are paid before and after, by another amount.
    """
    column, told = movements.owners[piece["kind"]], piece["told"]
    of_entities = Q((f"{column}__in", piece["entities"]))
    unread = stamps.filter_before("read_at", began)
    ours = Record.objects.filter(of_entities, unread, tenant=tenant, kind=piece["kind"], deleted_at=None)
    found = set(ours.exclude(is_paid=True).values_list("remote_id", flat=True))
    for some in _cut(told):
        linked = (Q(version__content__contains=f'"{id}"') & ~Q(remote_id=id) for id in some)
        found |= set(ours.filter(reduce(or_, linked)).values_list("remote_id", flat=True))
    return sorted(found)


def _take_wanted(tenant: Tenant, movements: Movements) -> list[Json]:
    """Return the pieces that read what people have asked for since, which nobody else takes then."""
    wanted = SyncStatus.objects.filter(tenant=tenant).values_list("wanted", flat=True).first() or {}
    if not wanted or not SyncStatus.objects.filter(tenant=tenant, wanted=wanted).update(wanted={}):
        return []
    return [piece for kind in movements.owners for piece in _make_slices(kind, wanted.get(kind, []))]
