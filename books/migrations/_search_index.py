"""The index behind the search box: three-letter pieces of what each record is found by.

SQLite keeps it beside the table with triggers (rebuild them in any later migration that makes SQLite copy the
table); it holds no positions and no sizes, as the query checks the text itself. PostgreSQL has its own.
MARKED is its form of today (`0026_search_marks`).
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

SQLITE = """
CREATE VIRTUAL TABLE books_search USING fts5(
    search, content='books_record', content_rowid='id', tokenize='trigram case_sensitive 1', detail=none, columnsize=0
);
CREATE TRIGGER books_search_added AFTER INSERT ON books_record BEGIN
    INSERT INTO books_search(rowid, search) VALUES (new.id, new.search);
END;
CREATE TRIGGER books_search_removed AFTER DELETE ON books_record BEGIN
    INSERT INTO books_search(books_search, rowid, search) VALUES ('delete', old.id, old.search);
END;
CREATE TRIGGER books_search_changed AFTER UPDATE OF search ON books_record WHEN old.search IS NOT new.search BEGIN
    INSERT INTO books_search(books_search, rowid, search) VALUES ('delete', old.id, old.search);
    INSERT INTO books_search(rowid, search) VALUES (new.id, new.search);
END;
"""
BY_TEXT = """
CREATE INDEX books_record_search ON books_record (tenant_id, kind, deleted_at, is_active, search);
"""
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
POSTGRESQL = "CREATE INDEX books_record_search ON books_record USING gin (search gin_trgm_ops);"
NO_TRIGRAMS = (
    "PostgreSQL lacks the extension pg_trgm, which searches need, and this user may not create it. "
    "Let its administrator run CREATE EXTENSION pg_trgm in this database, then start again."
)
REMOVED = {
    "sqlite": """
DROP INDEX books_record_search;
DROP TRIGGER books_search_added;
DROP TRIGGER books_search_removed;
DROP TRIGGER books_search_changed;
DROP TABLE books_search;
""",
    "postgresql": "DROP INDEX books_record_search;",
}


def _run(schema_editor, script):
    if not script:
        return
    if schema_editor.connection.vendor == "sqlite":
        for statement in _statements(script):
            schema_editor.execute(statement, params=None)
    else:
        schema_editor.execute(script, params=None)


def _statements(script):
    """The statements of a script; a trigger holds semicolons of its own."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if line.endswith("END;") or (line.endswith(";") and "BEGIN" not in statement):
            yield statement
            statement = ""


def _add_trigrams(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            return
        try:
            cursor.execute("CREATE EXTENSION pg_trgm")
        except DatabaseError as error:
            raise ImproperlyConfigured(NO_TRIGRAMS) from error


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        _add_trigrams(schema_editor.connection)
    _run(schema_editor, {"sqlite": SQLITE + BY_TEXT, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor))


def add_marked(apps, schema_editor):
    """Make the index in its form of today."""
    if schema_editor.connection.vendor == "postgresql":
        _add_trigrams(schema_editor.connection)
    _run(schema_editor, {"sqlite": MARKED + BY_TEXT, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor))


def remove(apps, schema_editor):
    _run(schema_editor, REMOVED.get(schema_editor.connection.vendor))


def remove_marked(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE books_search_pieces")
    remove(apps, schema_editor)
