"""Short codes of a company's currencies, for lists that show several currencies."""

from collections.abc import Sequence

from django.core.cache import cache

from books.models import Record
from books.registry import get_description
from tenants.models import Tenant

from . import lookup

KEPT_SECONDS = 3600


def map_codes(tenant: Tenant, names: Sequence[str | None]) -> dict[str, str]:
    """Return currency name → prefix of its amounts. The first of `names` is the main currency, without a prefix."""
    found = {name: name for name in names[1:] if name}
    if found:
        known = _load_codes(tenant)
        found |= {name: known[name] for name in found if name in known}
    return found


def get_code(tenant: Tenant, name: str | None) -> str:
    """Return the short code of one currency, the main currency included; "" for none."""
    return _load_codes(tenant).get(name, name) if name else ""


def _load_codes(tenant: Tenant) -> dict[str, str]:
    key = f"currency-codes-{tenant.pk}"
    known: dict[str, str] = cache.get(key) or _read_codes(tenant)
    if known:  # before the currencies have been read there is nothing to cache
        cache.add(key, known, KEPT_SECONDS)
    return known


def _read_codes(tenant: Tenant) -> dict[str, str]:
    """Return the codes of all currencies in the mirror that have one."""
    if (place := get_description(tenant).currency_codes) is None:
        return {}
    kind, code = place
    rows = Record.objects.filter(tenant=tenant, kind=kind, version__isnull=False).select_related("version")
    read: dict[str, str] = {}
    for row in rows:
        row.tenant = tenant
        held = lookup.decode_if_readable(row)
        read[row.full_name or ""] = (held[code] if held else "") or row.full_name or ""
    return read
