"""How many things a person can settle, by company: one query for every page, however many companies they have."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import connection

from .items import Reader, Source, make_reader
from .sources import SOURCES


def count_items(person: User) -> int:
    """Return how many things a person can settle in all of their companies."""
    return sum(count_by_company(make_reader(person)).values())


def count_by_company(reader: Reader, sources: Iterable[Source] = SOURCES) -> dict[int, int]:
    """Return how many things a person can settle, by the number of the company; one without any is missing."""
    parts = [source.count(reader) for source in sources if source.count] if reader.editing else []
    if not parts:
        return {}
    statement = " UNION ALL ".join(sql for sql, _ in parts)
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in parts for value in values])
        for company, count in cursor.fetchall():
            found[company] = found.get(company, 0) + count
    return found
