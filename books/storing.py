"""Puts the vendor's objects into the mirror, a page at a time: columns read straight from the JSON, in few statements.

Knows no provider: the field table says which values go into the columns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from django.db import connection, transaction

from tenants.models import Tenant

from .fields import Kind, Table
from .models import Record, Version
from .records import Json, decode_value, dumps

Row = Mapping[str, Json]
CHUNK = 300

_FIXED = ("tenant_id", "kind", "remote_id", "revision", "read_at", "deleted_at", "search")
_COLUMNS = (
    *("name", "full_name", "is_active", "subtype", "detail", "parent_id", "company_name", "phone", "email"),
    *(
        "terms_name",
        "balance",
        "total_balance",
        "currency",
        "vendor_name",
        "vendor_id",
        "memo",
        "bill_date",
        "due_date",
    ),
    *("amount", "open_amount", "is_paid", "changed_at"),
)


def store_page(tenant: Tenant, table: Table, rows: Iterable[Row], read_at: datetime) -> int:
    """Put whole objects of the vendor's into the mirror in one transaction; how many there were.

    A new revision becomes a new version. The same revision with other content (balances and renamed parents do that
    without a new one) replaces that version's content. Raises NotReadable.
    """
    unique = {str(row["id"]): row for row in rows}
    pending = iter(unique.values())
    with transaction.atomic():
        while chunk := list(islice(pending, CHUNK)):
            _store(tenant, table, chunk, read_at)
    return len(unique)


def _store(tenant: Tenant, table: Table, rows: Sequence[Row], read_at: datetime) -> None:
    known = _known(tenant, table.kind, [str(row["id"]) for row in rows])
    read, changed = _reader(table), []
    same = []
    for row in rows:
        content = dumps(row)
        before = known.get(str(row["id"]))
        if before and before[1:] == (_revision(row), content):
            same.append(before[0])
        else:
            changed.append((row, content))
    if same:
        Record.objects.filter(id__in=same).update(read_at=read_at, deleted_at=None)
    if changed:
        moment = connection.ops.adapt_datetimefield_value(read_at)
        _write_records([_values(tenant, table, row, read, moment) for row, _ in changed])
        _write_versions(tenant, table.kind, changed, moment)


def _known(tenant: Tenant, kind: str, ids: list[str]) -> dict[str, tuple[int, str, str]]:
    """Row id, revision and content of the records that are in the mirror already."""
    found = Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=ids)
    values = found.values_list("remote_id", "id", "revision", "version__content")
    return {remote_id: (id, revision, content) for remote_id, id, revision, content in values}


def _revision(row: Row) -> str:
    return str(row.get("revisionNumber") or "")


def _values(tenant: Tenant, table: Table, row: Row, read: "Reader", moment: Any) -> tuple[Any, ...]:
    columns = read(row)
    search = "\n".join(str(columns[name]) for name in table.search if columns[name] is not None).casefold()
    fixed = (tenant.pk, table.kind, str(row["id"]), _revision(row), moment, None, search)
    return (*fixed, *(columns.get(name) for name in _COLUMNS))


def _write_records(rows: list[tuple[Any, ...]]) -> None:
    names = (*_FIXED, *_COLUMNS)
    kept = ("tenant_id", "kind", "remote_id")
    sql = (
        f"INSERT INTO books_record ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))}) "  # noqa: S608
        f"ON CONFLICT (tenant_id, kind, remote_id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in names if name not in kept)
    )  # the names are this module's own
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _write_versions(tenant: Tenant, kind: str, changed: Sequence[tuple[Row, str]], moment: Any) -> None:
    ids = [str(row["id"]) for row, _ in changed]
    found = Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=ids)
    pks = dict(found.values_list("remote_id", "id"))
    rows = [(pks[str(row["id"])], _revision(row), content, moment) for row, content in changed]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO books_version (record_id, revision, content, seen_at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (record_id, revision) DO UPDATE SET content = excluded.content",
            rows,
        )
        cursor.executemany(
            "UPDATE books_record SET version_id = "
            "(SELECT id FROM books_version WHERE record_id = %s AND revision = %s) WHERE id = %s",
            [(pk, revision, pk) for pk, revision, _, _ in rows],
        )


Reader = Callable[[Row], dict[str, Any]]


@cache
def _reader(table: Table) -> Reader:
    """A function from one of the vendor's objects to the values of its columns, as the database takes them."""
    steps = [(column, *_step(table, path)) for column, path in table.columns.items()]

    def read(row: Row) -> dict[str, Any]:
        return {column: convert(take(row)) for column, take, convert in steps}

    return read


def _step(table: Table, path: str) -> tuple[Callable[[Row], Any], Callable[[Any], Any]]:
    name, _, member = path.partition(".")
    f = table.shape[name]
    wires = (f.wire, *f.also)

    def take(row: Row) -> Any:
        raw = next((row[wire] for wire in wires if wire in row), None)
        value = decode_value(f, raw)
        return getattr(value, member, None) if member else value

    if f.kind is Kind.MOMENT:
        return take, lambda moment: connection.ops.adapt_datetimefield_value(moment)
    return take, _plain


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return value or None
    return value if value is None or isinstance(value, bool | int) else value.isoformat()


def newest_change(table: Table, rows: Iterable[Row]) -> datetime | None:
    """The latest moment at which one of these objects was changed in the books."""
    f = table.shape["updated_at"]
    moments = (decode_value(f, row.get(f.wire)) for row in rows)
    return max((moment for moment in moments if moment), default=None)


def version_of(record: Record) -> Version:
    """The record's current version. Raises LookupError where it was never read whole."""
    if record.version is None:
        raise LookupError(f"{record} has no version.")
    return record.version
