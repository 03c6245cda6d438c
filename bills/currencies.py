"""The short codes of a company's currencies, for lists in which several stand side by side."""

from typing import Any

from django.core.cache import cache

from books import mirror
from books.models import Record
from tenants.models import Tenant

KEPT_SECONDS = 3600


def codes(tenant: Tenant, totals: list[dict[str, Any]]) -> dict[str, str]:
    """Currency name → what stands before its amounts: nothing for the first of `totals`, which is most of them."""
    found = {total["currency"]: total["currency"] for total in totals[1:] if total["currency"]}
    if found:
        known = cache.get_or_set(f"currency-codes-{tenant.pk}", lambda: _read(tenant), KEPT_SECONDS) or {}
        found |= {name: known[name] for name in found if name in known}
    return found


def _read(tenant: Tenant) -> dict[str, str]:
    """The codes of all currencies in the copy that have one."""
    rows = Record.objects.filter(tenant=tenant, kind="currencies", version__isnull=False).select_related("version")
    read: dict[str, str] = {}
    for row in rows:
        row.tenant = tenant
        read[row.full_name or ""] = mirror.content(row).get("currency_code") or row.full_name or ""
    return read
