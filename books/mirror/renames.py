"""The records that show the name of another one which was renamed or moved: its jobs, and whatever refers to it.

Writes nothing and knows no provider. The vendors change these names without a new revision, so they would be noticed
only when everything is read again.
"""

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q, Value
from django.db.models.functions import StrIndex

from books.models import Record
from books.registry import get_description
from records.fields import FieldKind, Shape, Table
from records.json_text import Json, NotReadable, dump_json, parse_json
from tenants.models import Tenant

COLON = ":"  # separates the names in a full name
NAME, LEVEL, ABOVE = "fullName", "sublevel", "parent"  # members of an answer, as the vendors spell them
FEW = 10  # up to so many renamed records, the database finds their ids in the contents; more are found in one pass
AT_ONCE = 500
MOST = 2_000  # records with a reference that are stored again, some two seconds; others follow when they are read again
IDS = re.compile(r'"id":\s*"([^"]*)"')


class Rename(NamedTuple):
    """The full name of a record before and after."""

    was: str
    now: str


Renames = Mapping[str, Rename]  # by id
Followers = Iterator[tuple[Table, list[Record]]]


def list_followers(tenant: Tenant, table: Table, renames: Renames) -> Followers:
    """Yield the records to store again, by table. The version of each has the content with the new names.

    Call it after the renamed records of `table` have been stored, in their transaction.
    """
    below, renamed = _rename_below(tenant, table, renames)
    if below:
        yield table, below
    for other in get_description(tenant).tables.values():
        if other.is_editable and _has_references(other.shape):
            done = {record.pk for record in below}
            for records in _find_referring(tenant, other, renamed):
                changed = [record for record in records if record.pk not in done and _rewrite(record, renamed)]
                if changed:
                    yield other, changed


def _has_references(shape: Shape) -> bool:
    fields = shape.declared
    return any(f.kind is FieldKind.REFERENCE or (f.members and _has_references(f.members)) for f in fields)


def _rename_below(tenant: Tenant, table: Table, renames: Renames) -> tuple[list[Record], Renames]:
    """Return the descendants of the renamed records, changed, and the renames with theirs."""
    full_name = table.columns.get("full_name", "")
    if full_name not in table.shape or table.shape[full_name].wire != NAME:
        return [], renames  # a flat list
    renamed, below = dict(renames), []
    named = reduce(or_, (Q(full_name__startswith=one.was + COLON) for one in renames.values()))
    found = Record.objects.filter(named, tenant=tenant, kind=table.kind, version__isnull=False, deleted_at=None)
    # Those above come first.
    for record in sorted(found.select_related("version"), key=lambda one: (one.full_name or "").count(COLON)):
        raw = _read(record)
        above = renamed.get(_get_id(raw.get(ABOVE)))
        if above and record.remote_id not in renamed:
            now = f"{above.now}{COLON}{(record.full_name or '').rpartition(COLON)[2]}"
            renamed[record.remote_id] = Rename(record.full_name or "", now)
            raw[NAME] = now
            if LEVEL in raw:
                raw[LEVEL] = now.count(COLON)
            _replace_names(raw, renamed)
            _write(record, raw)
            below.append(record)
    return below, renamed


def _find_referring(tenant: Tenant, table: Table, renamed: Renames) -> Iterator[list[Record]]:
    """Yield records whose content has the id of a renamed one, the newest first."""
    records = Record.objects.filter(tenant=tenant, kind=table.kind, version__isnull=False, deleted_at=None)
    records = records.order_by("-pk")
    ids = [f'"{id}"' for id in renamed]
    if len(ids) <= FEW:
        places = {f"place{number}": StrIndex("version__content", Value(id)) for number, id in enumerate(ids)}
        records = records.alias(**places).filter(reduce(or_, (Q(**{f"{name}__gt": 0}) for name in places)))
        found = list(records.values_list("pk", flat=True))
    else:
        contents = records.values_list("pk", "version__content").iterator(AT_ONCE)
        found = [pk for pk, content in contents if not renamed.keys().isdisjoint(IDS.findall(content))]
    found = found[:MOST]
    for start in range(0, len(found), AT_ONCE):
        yield list(Record.objects.filter(pk__in=found[start : start + AT_ONCE]).select_related("version"))


def _rewrite(record: Record, renamed: Renames) -> bool:
    """Put the new names into a record's content; return whether it had an old one."""
    raw = _read(record)
    if not _replace_names(raw, renamed):
        return False
    _write(record, raw)
    return True


def _replace_names(value: Json, renamed: Renames) -> bool:
    """Put the new names into every reference inside a value; return whether there was one.

    A reference under another name stays: a sales representative's initials are in their list, the name in a reference.
    """
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = False
    for each in inside:
        found |= _replace_names(each, renamed)
    one = renamed.get(_get_id(value))
    if one and value.get(NAME) == one.was:
        value[NAME] = one.now
        return True
    return found


def _get_id(value: Json) -> str:
    id = value.get("id") if isinstance(value, dict) else None
    return id if isinstance(id, str) else ""


def _read(record: Record) -> dict[str, Json]:
    """Return a record's content, blank if an older release stored one that cannot be read."""
    try:
        raw = parse_json(record.version.content if record.version else "{}")
    except NotReadable:
        return {}
    return raw if isinstance(raw, dict) else {}


def _write(record: Record, raw: dict[str, Json]) -> None:
    assert record.version is not None, "only records with a version are looked for"
    record.version.content = dump_json(raw)
