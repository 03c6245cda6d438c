"""The short codes of a company's currencies, for lists in which several stand side by side."""

from collections.abc import Sequence

from django.core.cache import cache

from books.models import Record
from tenants.models import Tenant

from . import lookup

KEPT_SECONDS = 3600


def map_codes(tenant: Tenant, names: Sequence[str | None]) -> dict[str, str]:
    """Currency name → what stands before its amounts. `names` begin with the usual one, which needs nothing."""
    found = {name: name for name in names[1:] if name}
    if found:
        known = _load_codes(tenant)
        found |= {name: known[name] for name in found if name in known}
    return found


def get_code(tenant: Tenant, name: str | None) -> str:
    """The short name of one currency, the usual one too; "" for none."""
    return _load_codes(tenant).get(name, name) if name else ""


def _load_codes(tenant: Tenant) -> dict[str, str]:
    key = f"currency-codes-{tenant.pk}"
    known: dict[str, str] = cache.get(key) or _read_codes(tenant)
    if known:  # before the currencies have been read there is nothing to keep
        cache.add(key, known, KEPT_SECONDS)
    return known


def _read_codes(tenant: Tenant) -> dict[str, str]:
    """The codes of all currencies in the copy that have one."""
    rows = Record.objects.filter(tenant=tenant, kind="currencies", version__isnull=False).select_related("version")
    read: dict[str, str] = {}
    for row in rows:
        row.tenant = tenant
        held = lookup.content_if_readable(row)
        read[row.full_name or ""] = (held["currency_code"] if held else "") or row.full_name or ""
    return read
