"""The short codes of a company's currencies, for lists in which several stand side by side."""

from typing import Any

from books import mirror
from books.models import Record
from tenants.models import Tenant


def codes(tenant: Tenant, totals: list[dict[str, Any]]) -> dict[str, str]:
    """Currency name → what stands before its amounts: nothing for the first of `totals`, which is most of them.

    One query where there are several; a currency of which the copy holds no code keeps its name.
    """
    found = {total["currency"]: total["currency"] for total in totals[1:] if total["currency"]}
    if found:
        named = Record.objects.filter(tenant=tenant, kind="currencies", full_name__in=list(found))
        for row in named.filter(version__isnull=False).select_related("version"):
            row.tenant = tenant
            found[row.full_name] = mirror.content(row).get("currency_code") or row.full_name
    return found
