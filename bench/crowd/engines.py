"""One table of both databases: the same measurements on SQLite and on PostgreSQL, one after the other.

Each is a process of its own, as a process of Django has one database.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from bench.figures import Figure

COMPANIES = 300
CUSTOMERS_PER_COMPANY = 333  # of the long list, for each company: 100,000 for all
LONG = 100  # companies, from which on the ages of lists are measured too: that takes nine minutes for each database
DATABASES = ("sqlite", "postgres")
WITHIN = 1_500  # seconds for one measurement


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """The rows of lists and searches, of a task, of saves, and of the ages of lists."""
    customers = 100_000 if companies == COMPANIES else companies * CUSTOMERS_PER_COMPANY
    parts = [(customers, "list_queries"), (companies, "queueing"), (companies, "load")]
    parts += [(companies, "freshness")] if companies >= LONG else []
    return [row for number, name in parts for row in compare(number, name)]


def compare(number: int, name: str) -> Iterator[Figure]:
    """Yield the rows of one measurement on both databases."""
    both = [measure(database, number, name) for database in DATABASES]
    yield from set_beside(*both)


def measure(database: str, number: int, name: str) -> list[Figure]:
    """Take one measurement on one database."""
    command = [sys.executable, "-m", "bench", "rows", str(number), name]
    environment = {**os.environ, "DESK_BENCH_DATABASE": database}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, timeout=WITHIN)  # noqa: S603 - our own module
    return [Figure(*row) for row in json.loads(done.stdout)]


def set_beside(ours: Sequence[Figure], others: Sequence[Figure]) -> Iterator[Figure]:
    """Yield the rows of both in one; a row that only one of them has, or that says something else, by itself."""
    for one, other in zip_longest(ours, others):
        if one is None or other is None:
            yield one or other
        elif leave_out_numbers(one.what) == leave_out_numbers(other.what):
            yield Figure(one.what, one.ours, other.ours, "", one.budget, is_met(one, other))
        else:
            yield from (one, Figure(other.what, "", other.ours, "", other.budget, other.met))


def leave_out_numbers(text: str) -> str:
    """Return a text without its numbers, and without the name of the database."""
    return re.sub(r"[\d.,]+|SQLite|PostgreSQL", "", text)


def is_met(one: Figure, other: Figure) -> bool | None:
    """Whether both keep the budget; None without one."""
    return None if one.met is None or other.met is None else one.met and other.met
