"""How statements reach SQLite."""

from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.sqlite_only("PostgreSQL's driver takes statements as they are")


def test_every_way_to_write_a_value_reaches_the_database(db: None) -> None:
    """Each twice: a statement is remembered as it was written."""
    asked: list[tuple[str, Any]] = [
        ("SELECT %s || '%%' || %s", ["a", "b"]),
        ("SELECT %(one)s || '%%' || %(other)s", {"one": "a", "other": "b"}),
        (f"SELECT %s || '%%' || %s {' ' * 6_000}", ["a", "b"]),
        ("SELECT 'a%b'", None),
    ]
    with connection.cursor() as cursor:
        found = [cursor.execute(statement, values).fetchone() for statement, values in asked * 2]
    assert found == [("a%b",)] * 8
