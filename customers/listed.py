"""The rows of the list as texts, ready to be drawn: a template takes several times as long to format them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from books.currencies import codes
from books.shown import day, money
from tenants.models import Tenant

COLUMNS = (
    *("remote_id", "full_name", "is_active", "company_name", "phone", "email", "terms_name"),
    *("balance", "total_balance", "currency", "changed_at"),
)
Row = dict[str, Any]


def drawn(tenant: Tenant, found: Sequence[Any], *, under: bool) -> list[Row]:
    """What stands in each cell. `under`: the list goes by full name, so a job may stand under its customer.

    Only the currencies that few of these rows have are named before their amounts.
    """
    currencies = Counter(row.currency for row in found).most_common()
    before = codes(tenant, [name for name, _ in currencies])
    return [
        {
            "id": quote(row.remote_id, safe=""),
            "depth": depth,
            "name": name,
            "full_name": row.full_name,
            "inactive": row.is_active is False,
            "company_name": row.company_name,
            "phone": row.phone,
            "email": row.email,
            "terms": row.terms_name,
            "code": before.get(row.currency, ""),
            "balance": money(row.balance),
            "with_jobs": money(row.total_balance),
            "changed": day(row.changed_at and timezone.localtime(row.changed_at)),
        }
        for row, depth, name in _indented(found, under=under)
    ]


def _indented(found: Sequence[Any], *, under: bool) -> Iterator[tuple[Any, int, str]]:
    """Each row with its depth under the customer above it in this list, and the name to show."""
    above: list[str] = []
    for row in found:
        name = row.full_name
        while above and not (under and name.startswith(above[-1] + ":")):
            above.pop()
        yield row, len(above), name[len(above[-1]) + 1 :] if above else name
        above.append(name)
