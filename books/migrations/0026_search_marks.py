"""Marks each text in SQLite's index of pieces with its company, list and activity (`books.models.word_index`).

So a search is counted in the index alone, and meets no record of another company. A mark ends the
text, so that each two letters start a piece. FTS5's own `rebuild` would leave out the marks.
"""

from typing import Any

from django.db import migrations

from ._search_index import REMOVED, _statements

MARK = """char(CASE WHEN {row}.deleted_at IS NOT NULL THEN 14 ELSE ({row}.is_active IS NOT 1)
    + CASE {row}.kind WHEN 'customers' THEN 3 WHEN 'bills' THEN 5 WHEN 'vendors' THEN 7 ELSE 1 END END,
    256 + {row}.tenant_id % 50000, 256 + {row}.tenant_id / 50000)"""
TEXT = "{row}.search || " + MARK
OLD, NEW = TEXT.format(row="old"), TEXT.format(row="new")
MARKED = f"""
CREATE VIRTUAL TABLE books_search USING fts5(
    search, content='books_record', content_rowid='id', tokenize='trigram case_sensitive 1', detail=none, columnsize=0
);
CREATE VIRTUAL TABLE books_search_pieces USING fts5vocab('books_search', 'row');
INSERT INTO books_search(rowid, search) SELECT id, {TEXT.format(row="books_record")} FROM books_record ORDER BY id;
CREATE TRIGGER books_search_added AFTER INSERT ON books_record BEGIN
    INSERT INTO books_search(rowid, search) VALUES (new.id, {NEW});
END;
CREATE TRIGGER books_search_removed AFTER DELETE ON books_record BEGIN
    INSERT INTO books_search(books_search, rowid, search) VALUES ('delete', old.id, {OLD});
END;
CREATE TRIGGER books_search_changed AFTER UPDATE OF search, deleted_at, is_active ON books_record
WHEN old.search IS NOT new.search OR old.is_active IS NOT new.is_active
    OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
    INSERT INTO books_search(books_search, rowid, search) VALUES ('delete', old.id, {OLD});
    INSERT INTO books_search(rowid, search) VALUES (new.id, {NEW});
END;
"""
UNMARKED = REMOVED["sqlite"].replace("DROP INDEX books_record_search;", "")


def mark(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for script in (UNMARKED, MARKED):
            for statement in _statements(script):
                schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("books", "0025_pace")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
