"""What all the records of a list add up to, by currency, beside their number. Columns only; one query."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from books.mirror import cache_version
from books.mirror.query import Filters, filter_records
from records.fields import Table
from records.numbers import round_amount
from tenants.models import Tenant

Sums = dict[str, Any]


def sum_records(
    tenant: Tenant, table: Table, q: str, filters: Filters, lines: Sequence[int] | None, edition: str
) -> list[Sums]:
    """Return `currency`, `count` and `balance_sum` of all that are listed, for each currency, the most frequent first.

    A list without a search and with plain filters is added up once for each edition of the mirror.
    """

    def ask() -> list[Sums]:
        found = filter_records(tenant, table.kind, q, filters, lines=lines).order_by().values("currency")
        rows = found.annotate(count=Count("id"), balance_sum=Sum("balance"))
        hidden = table.hidden_columns
        named = [_read_row(row, hidden) for row in rows]
        return sorted(named, key=lambda row: (-row["count"], row["currency"]))

    asked = ""
    if not (q or isinstance(filters, Q)):
        asked = repr([table.kind, sorted(table.hidden_columns), sorted(filters.items())])
    return cache_version.cache_sums(tenant, edition, asked, ask)


def _read_row(row: Mapping[str, Any], hidden: frozenset[str]) -> Sums:
    """SQLite adds up in floating point; a tenth of a cent is exact again."""
    total = None if "balance" in hidden else round_amount(Decimal(str(row["balance_sum"] or 0)))
    return {
        "currency": "" if "currency" in hidden else row["currency"] or "",
        "count": row["count"],
        "balance_sum": total,
    }
