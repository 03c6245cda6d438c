"""A company's currencies: their short codes, and how many decimals their amounts have."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count

from books.models import Record
from books.registry import get_description
from records.content import Content, Value, get_at_path
from records.diff import Change
from records.fields import Table
from records.formatting import amount_places, home_places
from records.numbers import count_places
from tenants.models import Tenant

from . import lookup

KEPT_SECONDS = 3600
MAIN_SECONDS = 600


class Currency(NamedTuple):
    """A currency of a company: its short code, and how many decimals the books let its amounts have.

    They are shown with those of its code everywhere, as sums of several companies are.
    """

    code: str
    places: int


def map_codes(tenant: Tenant, names: Sequence[str | None]) -> dict[str, str]:
    """Return currency name → prefix of its amounts. The first of `names` is the main currency.

    That has no prefix, unless the company has chosen to see the currency of every amount.
    """
    found = {name: name for name in names if name and (tenant.names_every_currency or name != names[0])}
    if found:
        known = _load_currencies(tenant)
        found |= {name: known[name].code for name in found if name in known}
    return found


def name_currencies(
    tenant: Tenant, totals: Iterable[Mapping[str, Any]], codes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return sums with what stands before their amounts, `code`, and the short name of their currency."""
    return [
        {**total, "code": codes.get(total["currency"], ""), "currency": get_code(tenant, total["currency"])}
        for total in totals
    ]


def list_codes(tenant: Tenant) -> dict[str, str]:
    """Return name → short code of all currencies of a company."""
    return {name: one.code for name, one in _load_currencies(tenant).items()}


def list_places(tenant: Tenant) -> Callable[[str], int]:
    """Return what tells with how many decimals the amounts of each currency are shown, by its name."""
    codes = list_codes(tenant)
    return lambda name: count_places(codes.get(name, name))


def name_changes(tenant: Tenant, table: Table, changes: Sequence[Change]) -> list[Change]:
    """Return changes of a record in words, with the short codes of currencies in place of their names."""
    field = table.columns.get("currency", "").partition(".")[0]
    label = table.shape[field].label if field in table.shape else ""
    if not any(one.label == label for one in changes):
        return list(changes)
    codes = list_codes(tenant)
    return [
        one._replace(was=codes.get(one.was, one.was), now=codes.get(one.now, one.now)) if one.label == label else one
        for one in changes
    ]


def get_code(tenant: Tenant, name: str | None) -> str:
    """Return the short code of one currency, the main currency included; "" for none."""
    return find_currency(tenant, name).code


def get_shown_code(tenant: Tenant, table: Table, name: str) -> str:
    """Return the short code of a currency for who sees this table; "" where it hides them."""
    return "" if "currency" in table.hidden_columns else get_code(tenant, name)


def find_currency(tenant: Tenant, name: str | None) -> Currency:
    """Return a currency by its name; one that is not known has its name as its code."""
    unknown = Currency(name or "", count_places(name or ""))
    return _load_currencies(tenant).get(name, unknown) if name else unknown


def list_names(tenant: Tenant, text: str) -> list[str]:
    """Return the names of the currencies with this code or name; the text itself if there is none."""
    asked = text.strip().casefold()
    known = _load_currencies(tenant).items()
    return [name for name, one in known if asked in (name.casefold(), one.code.casefold())] or [text.strip()]


def find_main(tenant: Tenant, kind: str) -> str:
    """Return the name of the currency of most records of a kind; "" for none. It may be some minutes old."""

    def ask() -> str:
        held = Record.objects.filter(tenant=tenant, kind=kind, deleted_at__isnull=True).values_list("currency")
        return str(next(iter(held.annotate(count=Count("id")).order_by("-count", "currency")[:1]), [""])[0] or "")

    return str(cache.get_or_set(f"main-currency-{tenant.pk}-{kind}", ask, MAIN_SECONDS))


def find_record_currency(tenant: Tenant, table: Table, content: Content) -> Currency:
    """Return the currency of a record's amounts; without a code where the company has only one, or none is known."""
    path = table.columns.get("currency")
    found = find_currency(tenant, get_at_path(content, path) if path else None)
    return found if len(found.code) == 3 else found._replace(code="")


def show_amounts_of(tenant: Tenant, table: Table, content: Content) -> None:
    """Let this request write amounts with the decimals of a record's currency, and those in the company's with its."""
    code = find_record_currency(tenant, table, content).code
    amount_places.set(count_places(code))
    if code:
        home_places.set(count_places(get_code(tenant, find_main(tenant, table.kind))))


def show_amounts_in(tenant: Tenant, name: str) -> None:
    """Let this request write amounts with the decimals of a company's main currency where none is named."""
    places = count_places(get_code(tenant, name))
    amount_places.set(places)
    home_places.set(places)


@contextmanager
def use_amounts_of(tenant: Tenant, table: Table, content: Content) -> Iterator[None]:
    """Write amounts with the decimals of a record's currency meanwhile: what is agreed to or kept has the same words
    in a page and in a worker."""
    before = amount_places.set(count_places(find_record_currency(tenant, table, content).code))
    try:
        yield
    finally:
        amount_places.reset(before)


def load_currencies(tenants: Iterable[Tenant]) -> dict[int, Mapping[str, Currency]]:
    """Return the currencies of each company by name, by the number of the company; one query, however many."""
    keys = {f"currencies-{tenant.pk}": tenant for tenant in tenants}
    found: dict[int, Mapping[str, Currency]] = {keys[key].pk: known for key, known in cache.get_many(keys).items()}
    if missing := [tenant for tenant in keys.values() if tenant.pk not in found]:
        read = _read_currencies(missing)
        for pk, known in read.items():  # before its currencies have been read a company has nothing to cache
            cache.add(f"currencies-{pk}", known, KEPT_SECONDS)
        found |= {tenant.pk: read.get(tenant.pk, {}) for tenant in missing}
    return found


def _load_currencies(tenant: Tenant) -> Mapping[str, Currency]:
    return load_currencies([tenant])[tenant.pk]


def _read_currencies(tenants: Iterable[Tenant]) -> dict[int, dict[str, Currency]]:
    """Return all currencies in the mirrors of these companies by name; a company without any is missing."""
    places = {tenant.pk: (tenant, place) for tenant in tenants if (place := get_description(tenant).currencies)}
    if not places:
        return {}
    kinds = {kind for _, (kind, _, _) in places.values()}
    rows = Record.objects.filter(tenant__in=list(places), kind__in=kinds, version__isnull=False)
    read: dict[int, dict[str, Currency]] = {}
    for row in rows.select_related("version"):
        tenant, (kind, code, places_path) = places[row.tenant_id]
        if row.kind != kind:
            continue
        row.tenant = tenant
        held = lookup.decode_if_readable(row)
        name = row.full_name or ""
        told: Value = get_at_path(held, places_path) if held else None
        short = str((held and held[code]) or name)
        known = Currency(short, count_places(short) if told is None else int(told))
        read.setdefault(tenant.pk, {})[name] = known
    return read
