"""Puts the vendor's objects into the mirror, a page at a time, in few statements.

Knows no provider: the field table says which values go into the columns.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from books.models import Record, Version
from books.models.upsert import upsert_rows
from books.providers.base import Row
from books.stamps import filter_before
from records.fields import Table
from records.json_text import NotReadable, parse_json
from tenants.models import Tenant

from . import cache_version, renames, unreadable
from .projection import FILLED, make_projection
from .well_formed import Sound, check, get_revision, split_rows

__all__ = ["Row", "fill_rows", "get_revision", "store_page", "store_version"]

CHUNK = 1_350  # rows per lookup; one statement writes as many customers


def store_page(tenant: Tenant, table: Table, rows: Iterable[Row], read_at: datetime) -> int:
    """Store complete vendor objects in the mirror in one transaction; return how many there were.

    A new revision becomes a new version. The same revision with other content (balances and renamed parents change
    without a new revision) replaces that version's content. An object that cannot be stored or shown is kept aside and
    does not affect the others.
    """
    sound, aside = split_rows(table, rows)
    pending = iter(sound)
    with transaction.atomic():
        cache_version.lock(tenant)
        while chunk := list(islice(pending, CHUNK)):
            _store(tenant, table, chunk, read_at, is_list=True)
        if aside:
            unreadable.note(tenant, table, aside, read_at)
    return len(sound) + len(aside)


def store_version(tenant: Tenant, table: Table, row: Row, read_at: datetime) -> Version:
    """Store one complete vendor object; return the version that now holds it, its id and revision without its content.

    Raises NotReadable for an object that cannot be stored or shown, and keeps nothing of it.
    """
    sound = check(table, row)
    with transaction.atomic(savepoint=False):  # what fails here ends the caller's transaction too
        cache_version.lock(tenant)
        (pk,) = _store(tenant, table, [sound], read_at)
    return Version(pk=pk, revision=sound.revision)


def _store(
    tenant: Tenant, table: Table, rows: Sequence[Sound], read_at: datetime, is_list: bool = False
) -> Iterable[int]:
    """Store the rows; return the ids of the versions that hold them now, in no order.

    A row of a list does not replace the answer of a later request, as a long list is stored in pieces after it is read.
    """
    known, readable_again = _fetch_known(tenant, table.kind, [row.id for row in rows])
    same, changed, moment = {}, [], connection.ops.adapt_datetimefield_value(read_at)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    has_history = table.is_editable
    for row in rows:
        pk, version, revision, held, deleted_at, last_read, called = known.get(row.id, _NEW)
        is_unchanged = revision == row.revision and held == row.text and deleted_at is None
        if version and (is_unchanged or (is_list and _is_outdated(moment, now, last_read, deleted_at))):
            same[pk] = version
        else:
            # A version keeps its row as long as its revision is kept, even if its content changes.
            is_same = revision == row.revision
            kept, left = (version, None) if is_same else (None, version if has_history else None)
            read = max(moment, last_read) if is_same and last_read and last_read <= now else moment
            changed.append((row, pk, kept, left, read, called))
    unreadable.forget(tenant, table.kind, readable_again)
    if same:
        # A revision that was read later stays read then: its answer may be stored before that of an earlier request.
        Record.objects.filter(filter_before("read_at", read_at), id__in=same).update(read_at=read_at)
    if changed:
        is_one = len(changed) == 1 and changed[0][1] is not None
        written = _write_one(tenant, table, changed[0], moment) if is_one else _write(tenant, table, changed, moment)
        cache_version.renew_version(tenant)
        return (*same.values(), *written)
    return same.values()


def _is_outdated(moment: Any, now: Any, last_read: Any, deleted_at: Any) -> bool:
    """Whether the answer of a later request is stored already, or that the record is gone.

    A moment in the future was noted by a wrong clock and says nothing. The next refresh reads the record again.
    """
    return any(later is not None and moment < later <= now for later in (last_read, deleted_at))


# The row, its record's id, the version that it keeps, the one that it replaces, when it was read, its name until now.
Changed = tuple[Sound, int | None, int | None, int | None, Any, str | None]
Known = Sequence[Any]
_NEW: Known = (None, None, "", "", None, None, None)


def _fetch_known(tenant: Tenant, kind: str, ids: Sequence[str]) -> tuple[dict[str, Known], set[str]]:
    """Return row id, version id, revision, content, deletion, reading time and name of the records in the mirror.

    Also return which of them were kept aside until now.
    """
    found = _fetch_rows(_KNOWN, [tenant.pk, kind, tenant.pk, kind], ids)
    aside = {remote_id for remote_id, pk, *_ in found if pk is None}
    return {remote_id: known for remote_id, *known in found if known[0] is not None}, aside.intersection(ids)


# In SQL, because for a single record the ORM takes several times as long to compose it as the database to execute it.
_KNOWN = """SELECT remote_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM books_unreadablerecord WHERE tenant_id = %s AND kind = %s
UNION ALL SELECT remote_id, record.id, version_id, record.revision, content, deleted_at, read_at, full_name
FROM books_record record LEFT JOIN books_version version ON version.id = version_id
WHERE tenant_id = %s AND kind = %s AND remote_id"""
_KEPT = "SELECT record_id, revision, id FROM books_version WHERE record_id"


def _fetch_rows(select: str, values: Sequence[Any], among: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of `select` whose last column is one of `among`."""
    with connection.cursor() as cursor:
        cursor.execute(f"{select} IN ({', '.join(['%s'] * len(among))})", [*values, *among])
        return list(cursor.fetchall())


def _write(tenant: Tenant, table: Table, changed: Sequence[Changed], moment: Any) -> list[int]:
    """Write records and versions under ids allocated beforehand, so that each row is written once."""
    projection, fixed = make_projection(table), (tenant.pk, table.kind)
    names, values = (*_FIXED, *projection.names), projection.read([sound.row for sound, *_ in changed])
    full_name = projection.names.index("full_name") if "full_name" in projection.names else None
    old = _fetch_kept_versions(changed)
    records, versions, renamed = [], [], {}
    new_records = iter(_allocate_ids(Record, sum(pk is None for _, pk, *_ in changed)))
    new_versions = iter(_allocate_ids(Version, len(changed)))
    for (sound, pk, version, left, read_at, called), own in zip(changed, values, strict=True):
        pk = pk or next(new_records)
        version = version or old.get((pk, sound.revision)) or next(new_versions)
        records.append((pk, *fixed, sound.id, sound.revision, version, read_at, None, *own))
        versions.append((version, pk, sound.revision, sound.text, moment, left))
        if called and full_name is not None and (now := own[full_name]) and now != called:
            renamed[sound.id] = renames.Rename(called, now)
    upsert_rows("books_record", names, _RECORD[4:], records)
    # In the order of their ids, as the reader of external changes locks them: another order could deadlock.
    _write_versions(sorted(versions, key=itemgetter(0)))
    if renamed:
        _follow_renames(tenant, table, renamed)
    return [id for id, *_ in versions]


def _write_one(tenant: Tenant, table: Table, changed: Changed, moment: Any) -> list[int]:
    """Write a record that is in the mirror, as after a save, in the columns alone that change: each is in an index."""
    sound, pk, version, left, read_at, called = changed
    projection = make_projection(table)
    (own,) = projection.read([sound.row])
    held, kept, following = _fetch_one(pk, sound.revision)
    version = version or kept or following or next(iter(_allocate_ids(Version, 1)))
    fixed = (pk, tenant.pk, table.kind, sound.id, sound.revision, version, read_at, None)
    values = {**dict.fromkeys(_RECORD), **dict(zip((*_FIXED, *projection.names), (*fixed, *own), strict=True))}
    differing = [name for name, was in zip(_RECORD, held, strict=True) if values[name] != was]
    if differing:
        upsert_rows("books_record", _RECORD, differing, [tuple(values.values())])
    _write_versions([(version, pk, sound.revision, sound.text, moment, left)])
    if called and (now := values["full_name"]) and now != called:
        _follow_renames(tenant, table, {sound.id: renames.Rename(called, now)})
    return [version]


def _write_versions(versions: Sequence[tuple[Any, ...]]) -> None:
    upsert_rows("books_version", _VERSION, ("content",), versions, unless_null=("replaces_unreported_id",))


def _fetch_one(pk: int | None, revision: str) -> tuple[Sequence[Any], int | None, int | None]:
    """Return a row, the version of it at this revision, and on SQLite the id of the next new one."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE.format(_FOLLOWING.get(connection.vendor, "NULL")), [revision, pk])
        *held, kept, following = cursor.fetchone()
    return held, kept, following


def _follow_renames(tenant: Tenant, table: Table, renamed: renames.Renames) -> None:
    """Store the new names wherever the renamed records are shown. Revisions and reading times stay as they are."""
    for other, records in renames.list_followers(tenant, table, renamed):
        for version in sorted((one.version for one in records if one.version), key=lambda one: one.pk):
            Version.objects.filter(pk=version.pk).update(content=version.content)
        fill_rows(other, records)


def _fetch_kept_versions(changed: Sequence[Changed]) -> dict[tuple[int, str], int]:
    """Return earlier versions that a record has returned to, by record and revision."""
    known = [pk for _, pk, version, *_ in changed if pk and not version]
    if not known:
        return {}
    return {(record, revision): id for record, revision, id in _fetch_rows(_KEPT, [], known)}


def _allocate_ids(model: type[Record] | type[Version], count: int) -> Iterable[int]:
    """Allocate unused ids: a sequence's or, on SQLite, where only one process writes at a time, the next ones."""
    if not count:
        return ()
    name = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
            start = (cursor.fetchone() or (0,))[0] + 1
            return range(start, start + count)
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [name, count])
        return [id for (id,) in cursor.fetchall()]


_FIXED = ("id", "tenant_id", "kind", "remote_id", "revision", "version_id", "read_at", "deleted_at")
_RECORD = (*_FIXED, *FILLED)
_ONE = f"""SELECT {", ".join(f"record.{name}" for name in _RECORD)}, kept.id, {{}} FROM books_record record
LEFT JOIN books_version kept ON kept.record_id = record.id AND kept.revision = %s WHERE record.id = %s"""  # noqa: S608 - names of columns are no input
_FOLLOWING = {"sqlite": "(SELECT seq + 1 FROM sqlite_sequence WHERE name = 'books_version')"}
_VERSION = ("id", "record_id", "revision", "content", "seen_at", "replaces_unreported_id")


def fill_rows(table: Table, records: Iterable[Record]) -> int:
    """Fill the columns of records again from the versions that they hold; how many could be read.

    Call it in a transaction that holds `cache_version.lock`, with records fetched in it.
    """
    projection, adapt = make_projection(table), connection.ops.adapt_datetimefield_value
    rows = []
    for record in records:
        fixed = (record.pk, record.tenant_id, record.kind, record.remote_id, record.revision, record.version_id)
        with suppress(NotReadable):  # stored by an older edition of the desk: its page says so
            (values,) = projection.read([parse_json(record.version.content if record.version else "{}")])
            rows.append((*fixed, adapt(record.read_at), adapt(record.deleted_at), *values))
    upsert_rows("books_record", (*_FIXED, *projection.names), FILLED, rows)
    return len(rows)
