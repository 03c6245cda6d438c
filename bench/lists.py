"""Lists and searches over 100,000 customers, beside the admin's over the same rows; queries per list."""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from books.models import Record

from .figures import Figure, compared, in_turn
from .stage import SLUG, Stage

OURS, ADMINS = f"/t/{SLUG}/customers/", "/admin/beside/customer/"
RARE, COMMON, SHORT = "ivyharbor", "den", "la"
SEARCHES = ((RARE, 1 / 10), (COMMON, 1 / 6), (SHORT, 1 / 3))
MOST_QUERIES = 7


def figures(stage: Stage) -> list[Figure]:
    """Server time of a complete list page over loopback, and its size."""
    return [*the_list(stage), *searches(stage), queries()]


def the_list(stage: Stage) -> Iterator[Figure]:
    """The first 100 of all customers."""
    ours, admins = stage.ours.get(OURS), stage.admins.get(ADMINS)
    hits = same_hits(ours.text, admins.text)
    times = in_turn(partial(stage.ours.get, OURS), partial(stage.admins.get, ADMINS))
    yield compared(f"list, 100 of {hits:,} customers: server", times, 1 / 6)
    sizes = len(ours.content) / 1000, len(admins.content) / 1000
    yield Figure("  HTML", f"{sizes[0]:.0f} kB", f"{sizes[1]:.0f} kB", f"1/{sizes[1] / sizes[0]:.1f}")


def searches(stage: Stage) -> Iterator[Figure]:
    """The first 100 customers that match a term."""
    for term, most in SEARCHES:
        query = "?" + urlencode({"q": term})
        hits = same_hits(stage.ours.get(OURS + query).text, stage.admins.get(ADMINS + query).text)
        asked = partial(stage.ours.get, OURS + query)
        admins = partial(stage.admins.get, ADMINS + query)
        yield compared(f"search “{term}”, {hits:,} hits: server", in_turn(asked, admins), most)


def same_hits(ours: str, admins: str) -> int:
    """Return how many rows both report. Raises RuntimeError if they differ, as then nothing would be compared."""
    found = [re.search(r"([\d,]+) found", ours), re.search(r"([\d,]+)\s+customers?\s", admins)]
    counts = [int(one[1].replace(",", "")) if one else None for one in found]
    if counts[0] is None or counts[0] != counts[1]:
        raise RuntimeError(f"ours found {counts[0]} customers, the admin {counts[1]}")
    return counts[0]


def queries() -> Figure:
    """Queries of the list page with one row, with 250 rows found by a search, and with 250 of all."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="alice"))
    one = str(Record.objects.filter(email__contains=RARE, is_active=True)[0].email)
    assert "1 found" in client.get(OURS, {"q": one}).content.decode(), f"{one} is not the only one"
    counts = [number(client, query) for query in ({"q": one}, {"q": COMMON, "size": "250"}, {"size": "250"})]
    met = counts[0] == counts[1] and max(counts) <= MOST_QUERIES
    said = f"{counts[0]} / {counts[1]} / {counts[2]}"
    return Figure(
        "queries: search with 1 row / 250 rows / list of 250", said, "", "", f"constant, ≤ {MOST_QUERIES}", met
    )


def number(client: Client, query: dict[str, str]) -> int:
    """Return how many queries one page makes."""
    client.get(OURS, query)
    with CaptureQueriesContext(connection) as made:
        assert client.get(OURS, query).status_code == 200
    return len(made)
