"""Marks each text in SQLite's index of pieces with its company, list and activity (`books.models.word_index`).

So a search is counted in the index alone, and meets no record of another company. A mark ends the
text, so that each two letters start a piece. FTS5's own `rebuild` would leave out the marks.
"""

from typing import Any

from django.db import migrations

from ._search_index import MARKED, REMOVED, _statements

UNMARKED = REMOVED["sqlite"].replace("DROP INDEX books_record_search;", "")


def mark(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for script in (UNMARKED, MARKED):
            for statement in _statements(script):
                schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("books", "0025_pace")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
