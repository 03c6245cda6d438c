"""Ten, a hundred and a thousand companies with a thousand records each: what grows with the number of companies.

All are copies of one, so a term of a search is found in every company: more than in real ones, where names differ.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench.figures import Figure
from bench.visiting import Visitor

from .people import add_bookkeepers, make_session
from .stage import Crowd
from .usage import read_seconds, spent

if TYPE_CHECKING:
    from django.contrib.auth.models import User

COMPANIES = 1_000
CUSTOMERS = 860  # with the other lists, about a thousand records
TIMES, WARMING = 40, 4
ROUNDS = 5


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """One row for each quantity, with its amounts at a hundredth, a tenth and the whole of the companies."""
    steps = [max(1, companies // 100), max(2, companies // 10), companies]
    crowd = Crowd(home, steps[0], CUSTOMERS)
    taken: list[dict[str, float]] = []
    copied: list[str] = []
    try:
        crowd.open()
        (clerk,) = add_bookkeepers(crowd.tenants[:1])
        for step in steps:
            crowd.stop_desk()
            started = time.monotonic()
            crowd.grow(step)
            took = time.monotonic() - started
            crowd.desk.start()
            copied.append(f"{took:.0f} s")
            taken.append(measure(crowd, clerk))
    finally:
        crowd.close()
    from_to = " → ".join(f"{step:,}" for step in steps)
    return [
        Figure(f"{from_to} companies with {taken[0].pop('records'):,.0f} records each"),
        *(tell(name, [amounts[name] for amounts in taken]) for name in taken[0]),
        Figure("  (copying the companies)", " + ".join(copied)),
    ]


def measure(crowd: Crowd, clerk: "User") -> dict[str, float]:
    """Return each quantity by its name."""
    from books.models import Record

    rows = Record.objects.filter(tenant=crowd.tenants[0])
    term = rows.filter(kind="customers", is_active=True).order_by("full_name_key")[CUSTOMERS // 2].full_name
    boss = add_boss(crowd)
    of_one, of_all = visitor(crowd, clerk), visitor(crowd, boss)
    page = f"/t/{crowd.tenants[0].slug}/customers/"
    pages = {
        "list page": partial(of_one.get, page),
        "search": partial(of_one.get, f"{page}?q={quote(str(term))}"),
        "home page of somebody with one company": partial(of_one.get, home_of(of_one)),
        "home page of somebody with all companies": partial(of_all.get, home_of(of_all)),
    }
    return {
        "records": rows.count(),
        **{f"  {name}, the web's processor ms": cost(crowd, call) for name, call in pages.items()},
        **round_of_scheduler(crowd),
        "  database, MB": megabytes(crowd),
    }


def add_boss(crowd: Crowd) -> "User":
    """Return the person with a role in every company."""
    from django.contrib.auth.models import User

    from tenants.models import Membership, Role

    boss, _ = User.objects.get_or_create(username="boss", email="boss@example.com")
    roles = [Membership(tenant=tenant, person=boss, role=Role.ADMIN) for tenant in crowd.tenants]
    Membership.objects.bulk_create(roles, ignore_conflicts=True)
    return boss


def visitor(crowd: Crowd, user: "User") -> Visitor:
    """Return somebody who is signed in."""
    found = Visitor(crowd.desk.url)
    found.cookies.update(make_session(user))
    return found


def home_of(somebody: Visitor) -> str:
    """Return where the address of the desk leads; with one company that is the company itself."""
    try:
        somebody.get("/")
    except RuntimeError:  # a redirect
        return somebody.get("/", expect=302).location
    return "/"


def cost(crowd: Crowd, call: Callable[[], object]) -> float:
    """Return the milliseconds of processor time that the web takes for a page: they bear a busy machine."""
    for _ in range(WARMING):
        call()
    before = read_seconds(crowd.desk)
    for _ in range(TIMES):
        call()
    return 1000 * spent(before, read_seconds(crowd.desk))[0] / TIMES


def round_of_scheduler(crowd: Crowd) -> dict[str, float]:
    """Return the processor time of a round with nothing to read: nobody looks, and somebody looks at every company."""
    from django.utils import timezone

    from books.models import SyncRun, SyncStatus
    from books.sync import scheduler

    found = {}
    for name, looked_at in (("nobody looks", None), ("all are looked at", timezone.now())):
        SyncRun.objects.update(as_of=timezone.now())
        SyncStatus.objects.update(looked_at=looked_at)
        took = []
        for _ in range(ROUNDS):
            started = time.process_time()
            scheduler.run_round()
            took.append(1000 * (time.process_time() - started))
        found[f"  round of the scheduler, {name}, processor ms"] = median(took)
    return found


def megabytes(crowd: Crowd) -> float:
    """Return the size of the database on disk, with what is still in its log."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return float(cursor.fetchone()[0]) / 1_000_000
    return sum(file.stat().st_size for file in crowd.desk.home.glob("demo.sqlite3*")) / 1_000_000


def tell(name: str, amounts: Sequence[float]) -> Figure:
    """One row: the amounts, and the last as a multiple of the first."""
    said = " → ".join(f"{amount:,.0f}" if amount >= 20 else f"{amount:.1f}" for amount in amounts)
    return Figure(name, said, "", f"×{amounts[-1] / amounts[0]:.1f}" if amounts[0] else "")
