"""The options of a picker, and the entry that a typed name means: searches the mirror only.

Knows a provider only through its description; makes no remote call.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from books.models import Record
from books.registry import get_description
from books.shared_reads import shared
from records.content import Content, Reference
from records.fields import FieldKind, Table
from records.folding import fold
from records.formatting import join_words
from records.searching import explain_too_long, make_sort_key
from records.visible import list_searched
from tenants.access import Member
from tenants.models import Tenant

from . import freshness, lookup
from .learned import find_known, find_learned
from .lookup import decode_if_readable
from .order import NAMES, make_order, rank_matches, start_with
from .picker_options import PickerOption, PickerOptions, get_table, make_option
from .query import CONTENT, fetch_entries, filter_records

COMPARED = ("id", "kind", "remote_id", "full_name", "detail", "is_active", "parent_id", "version_id")
NAMED = 2  # lists that a message names; more are counted


class NoSuchEntry(ValueError):
    """No entry of the list has this name or id."""


class ListNotRead(NoSuchEntry):
    """No entry has this name so far, but the list has not been read completely."""


class SeveralEntries(ValueError):
    """More than one entry has this name, so it is ambiguous."""


def find_options(
    tenant: Tenant,
    picker: str,
    q: str = "",
    was: str = "",
    limit: int = 20,
    *,
    under: str = "",
    member: Member | None = None,
) -> PickerOptions:
    """Return the entries that a search finds, those first whose name starts with it, then those with such a word.

    `under` is the id or name of the entry that they have to be below; "" for any.

    With a `member`, options neither show nor are found by what that person may not see. An inactive entry is included
    only if it is what the field held: `was`, an id or a full name. Raises KeyError for a picker that the company's
    provider does not have.
    """
    tables = [get_table(tenant, kind, member) for kind in get_description(tenant).pickers[picker]]
    if picker in get_description(tenant).learned:
        if any(_is_hidden(table, get_description(tenant).learned[picker]) for table in tables):
            return PickerOptions([], 0, q)
        learned, word = find_learned(tenant, picker, q), picker.removesuffix("s").replace("-", " ")
        options = [PickerOption(one.name, one.id, word, True, "") for one in learned[:limit]]
        return PickerOptions(options, len(learned), q)
    kept = Q(is_active=True) | Q(is_active__isnull=True)
    if was:
        kept |= Q(remote_id=was) | Q(full_name=was)
    if under.strip():
        kept &= Q(parent_id__in=_list_ids(tenant, picker, under.strip()))
    if explain_too_long(q):
        return PickerOptions([], 0, q)
    found = _list_entries(tenant, picker, q, _list_searched(tables)).filter(kept)
    rows = list(_filter_prefix(_list_entries(tenant, picker).filter(kept), q)[:limit])
    if len(rows) < limit:
        others = found.exclude(id__in=[row.pk for row in rows])
        rows += others.order_by(rank_matches(NAMES, q), *make_order("full_name", walk=False))[: limit - len(rows)]
    total = found.count() if len(rows) == limit else len(rows)
    return PickerOptions(
        [make_option(row, tenant, member) for row in rows], total, q, "" if rows else list_unread(tenant, picker)
    )


def resolve_name(tenant: Tenant, picker: str, text: str) -> Reference:
    """Return the field value for the entry that `text` means. Raises NoSuchEntry, ListNotRead or SeveralEntries."""
    if picker in get_description(tenant).learned:
        if known := find_known(tenant, picker, text.strip()):
            return known
        books = get_description(tenant).name
        raise NoSuchEntry(f"“{text.strip()}” is not in use yet. Use it for a first record in {books}.")
    found = find_named(tenant, picker, text)
    return Reference(found.remote_id, found.full_name or "")


def find_named(tenant: Tenant, picker: str, text: str) -> Record:
    """Return the entry that `text` means: by its exact id, else by its full name as names are compared.

    An active entry takes precedence over an inactive one. Raises NoSuchEntry, ListNotRead or SeveralEntries, each with
    a message for a person.
    """
    text = text.strip()
    found = _fetch_entries(tenant, picker, id=text)[:1] or _filter_name(tenant, picker, text)
    if not found and (lists := list_unread(tenant, picker)):
        raise ListNotRead(f"“{text}” was not found. Still loading: {lists}. Try again in a minute.")
    if not found:
        raise NoSuchEntry(f"“{text}” is not in the list. Pick an entry, or check the spelling.")
    active = [row for row in found if row.is_active is not False] or found
    if len(active) > 1:
        raise SeveralEntries(f"“{text}” is the name of {len(active)} entries. Pick the one you mean from the list.")
    active[0].tenant = tenant
    return active[0]


def list_spellings(member: Member, picker: str, text: str) -> list[str]:
    """Return the names under which records may have the entry that `text` means.

    These are the text and, where the entries stand for others as initials do, the name behind it.
    """
    tables = [get_table(member.tenant, kind, member) for kind in get_description(member.tenant).pickers[picker]]
    if not any(_stands_for_another(table) for table in tables):
        return [text]
    return [text, *sorted({row.detail for row in _filter_name(member.tenant, picker, text) if row.detail} - {text})]


def was_called(tenant: Tenant, picker: str, entry: Reference, name: str) -> bool:
    """Whether an entry of a picker's lists had this name earlier."""
    return lookup.was_called(tenant, get_description(tenant).pickers[picker], entry.id, name)


@shared
def find_entry(tenant: Tenant, picker: str, chosen: Reference) -> Content | None:
    """Return everything known about one entry of a picker's lists, or None if it is not in them. One query.

    A reference without an id means the entry of its name. Entries of two lists may share an id, and then the name says
    which one is meant, so that an entry keeps its kind.
    """
    if not (chosen.id or chosen.name):
        return None
    kinds = get_description(tenant).pickers[picker]
    named = {"id": chosen.id} if chosen.id else {"name": chosen.name}
    rows = fetch_entries(tenant, kinds, (*COMPARED, CONTENT), _list_conditions(tenant, picker), **named)
    found = [row for row in rows if row.version_id is not None]
    if len(found) > 1:
        found = [row for row in found if (row.full_name or "").casefold() == chosen.name.casefold()]
    if len(found) != 1:
        return None
    found[0].tenant = tenant
    return decode_if_readable(found[0])


def find_below(tenant: Tenant, picker: str, text: str, parent_id: str) -> Reference | None:
    """Return the only entry of this name that is directly below the one with this id, or None."""
    rows = [row for row in _filter_name(tenant, picker, text.strip()) if row.parent_id == parent_id]
    return Reference(rows[0].remote_id, rows[0].full_name or "") if len(rows) == 1 else None


def find_rows(tenant: Tenant, picker: str, ids: Iterable[str]) -> list[Record]:
    """Return the columns of the entries with these ids in all lists that a picker searches. One query, none for none.

    The lists of a picker may have entries with the same id.
    """
    wanted = frozenset(key for key in ids if key)
    return _fetch_rows(tenant, picker, wanted) if wanted else []


@shared
def _fetch_rows(tenant: Tenant, picker: str, ids: frozenset[str]) -> list[Record]:
    kinds = get_description(tenant).pickers[picker]
    return list(Record.objects.filter(tenant=tenant, kind__in=kinds, remote_id__in=ids))


def list_unread(tenant: Tenant, picker: str) -> str:
    """Name a picker's lists that are being read for the first time: "standard terms", "8 lists"; "" for none."""
    unread = freshness.list_never_read(tenant, get_description(tenant).pickers[picker])
    return join_words([kind.replace("-", " ") for kind in unread]) if len(unread) <= NAMED else f"{len(unread)} lists"


def _is_hidden(table: Table, path: str) -> bool:
    return path.partition(".")[0] in table.shape.hidden


def _stands_for_another(table: Table) -> bool:
    """Whether the detail of a list's entries is the name of another record, to which references give that name."""
    f = table.shape.get(table.columns.get("detail", "").partition(".")[0])
    return f is not None and f.kind is FieldKind.REFERENCE


def _list_searched(tables: Iterable[Table]) -> list[int] | None:
    """Return the numbers of the searched columns that none of these tables hides; None for all."""
    shown = [(table, list_searched(table)) for table in tables]
    hidden = {n for table, kept in shown if kept is not None for n in range(len(table.search)) if n not in kept}
    return sorted({n for table, _ in shown for n in range(len(table.search))} - hidden) if hidden else None


def _list_entries(tenant: Tenant, picker: str, q: str = "", lines: Sequence[int] | None = None) -> QuerySet[Record]:
    """Return the entries of all lists that a picker searches, restricted to those that its fields may hold."""
    kinds = get_description(tenant).pickers[picker]
    found = filter_records(tenant, kinds, q, _list_conditions(tenant, picker), lines=lines)
    return found.select_related("version")


def _fetch_entries(tenant: Tenant, picker: str, q: str = "", id: str | None = None) -> list[Record]:
    """Return what a name is compared with, of the same entries: those with this id, or with every word of `q`."""
    kinds = get_description(tenant).pickers[picker]
    return fetch_entries(tenant, kinds, COMPARED, _list_conditions(tenant, picker), q=q, id=id)


def _list_conditions(tenant: Tenant, picker: str) -> dict[str, str | bool]:
    """Return the lookups that restrict a picker's lists to the entries that its fields may hold."""
    provider = get_description(tenant)
    found: dict[str, str | bool] = {}
    for name, value in provider.only.get(picker, {}).items():
        tables = [provider.tables[kind] for kind in provider.pickers[picker]]
        columns = {path: column for table in tables for column, path in table.columns.items()}
        found |= {f"{columns[name]}__isnull": not value} if isinstance(value, bool) else {columns[name]: value}
    return found


def _list_ids(tenant: Tenant, picker: str, text: str) -> QuerySet[Record, str]:
    """Return the ids of the entries of this id or name, in the lists that a picker searches."""
    kinds, named = get_description(tenant).pickers[picker], Q(remote_id=text) | Q(full_name_key=make_sort_key(text))
    named |= Q(full_name_key=None, full_name__iexact=text)  # a row that is still to be filled again
    return Record.objects.filter(named, tenant=tenant, kind__in=kinds).values_list("remote_id", flat=True)


def _filter_prefix(entries: QuerySet[Record], q: str) -> QuerySet[Record]:
    return entries.filter(start_with(NAMES, q)).order_by(*make_order("full_name"))


def _filter_name(tenant: Tenant, picker: str, text: str) -> list[Record]:
    wanted = fold(text)
    held = _fetch_entries(tenant, picker, text) if wanted else []
    by_name = [row for row in held if fold(row.full_name or "") == wanted]
    # Of Resume and Résumé, the one that was typed is meant.
    spelled = [row for row in by_name if (row.full_name or "").casefold() == text.casefold()]
    # A bill has its sales representative's full name, while their list has initials.
    return spelled or by_name or [row for row in held if fold(row.detail or "") == wanted]
