"""The queries of the list of 100,000 customers, in this process: no page is drawn, and none is sent.

On either database: `DESK_BENCH_DATABASE=postgres python -m bench list_queries` measures PostgreSQL.
"""

from collections.abc import Iterator
from functools import partial
from statistics import median

from django.contrib.auth.models import User
from django.http import QueryDict

from books.mirror.query import RecordPage
from books.models import SyncStatus
from customers.rows import CustomerRows
from tenants.access import Member, find_member
from tenants.models import Tenant

from .figures import Figure, milliseconds
from .lists import COMMON, RARE, SHORT
from .stage import SLUG, Stage, is_on_postgres

REPEATS, SIZE = 15, 100
FAR = 500  # the number of a page in the middle of a long list


def figures(stage: Stage) -> Iterator[Figure]:
    """Milliseconds of one page of the list for each way to ask for it, the count of its rows included."""
    tenant = Tenant.objects.get(slug=SLUG)
    member = find_member(tenant, User.objects.get(username="alice"))
    assert member is not None
    edition = SyncStatus.objects.get(tenant=tenant).edition
    yield Figure(f"queries of a list of {stage.customers:,} on {'PostgreSQL' if is_on_postgres() else 'SQLite'}")
    for name, query in list_ways(stage.customers).items():
        asked = partial(ask, member, query, edition)
        hits = asked().total
        yield Figure(f"  {name}, {hits:,} rows", f"{median(milliseconds(asked) for _ in range(REPEATS)):.1f} ms")


def ask(member: Member, query: str, edition: str) -> RecordPage:
    page, _ = CustomerRows(member, QueryDict(query)).find_page(edition)
    return page


def list_ways(customers: int) -> dict[str, str]:
    """Return what is asked of the list, as query strings by name."""
    pages = max(1, customers // SIZE)
    far = min(FAR, pages)
    return {
        "first page": "",
        f"page {far:,}": f"page={far}",
        "last page": f"page={10 * pages}",
        "Z–A": "sort=-full_name",
        "by balance, highest first": "sort=-balance",
        f"search “{RARE}”": f"q={RARE}",
        f"search “{COMMON}”": f"q={COMMON}",
        "search “harbor den”": "q=harbor+den",
        f"search “{SHORT}”": f"q={SHORT}",
        f"search “{COMMON}” by balance": f"q={COMMON}&sort=-balance",
    }
