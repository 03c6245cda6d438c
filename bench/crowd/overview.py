"""The pages over all companies of a person with fifty of twenty thousand records each: search, Needs you, companies.

All are copies of one, so what is searched is found in every company: more than in real ones, where names differ.
"""

from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench.figures import Figure, limited

from .growth import add_boss, cost, visitor
from .stage import Crowd

COMPANIES = 50
CUSTOMERS = 19_860  # with the other lists, about twenty thousand records
MOST_MS = 50  # of the palette


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """The web's processor time for each page; a search starts with a letter, two, a word, and two words of a name."""
    crowd = Crowd(home, companies, CUSTOMERS)
    try:
        crowd.open()
        return measure(crowd)
    finally:
        crowd.close()


def measure(crowd: Crowd) -> list[Figure]:
    from books.models import Record

    rows = Record.objects.filter(tenant=crowd.tenants[0])
    name = str(rows.filter(kind="customers").order_by("full_name_key")[CUSTOMERS // 2].full_name)
    words = name.split()
    boss = visitor(crowd, add_boss(crowd))
    found = [Figure(f"{len(crowd.tenants)} companies with {rows.count():,} records each")]
    for q in ("", name[0], name[:2], words[0], words[-1], " ".join(words[:2]), "zzz"):
        page = f"/search/?palette=on&now={crowd.tenants[-1].slug}&q={quote(q)}"
        found.append(limited(f"  palette: “{q}”", cost(crowd, partial(boss.get, page)), MOST_MS, "ms"))
    pages = {
        "search page": f"/search/?q={quote(words[0])}",
        "Needs you": "/inbox/",
        "its count": "/inbox/count/?have=x",
        "list of companies": "/",
        "switcher": f"/?now={crowd.tenants[0].slug}",
    }
    return [*found, *(Figure(f"  {one}", f"{cost(crowd, partial(boss.get, at)):.1f} ms") for one, at in pages.items())]
