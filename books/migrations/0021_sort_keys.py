"""Sorts names by keys that are folded: Á stands beside A on every database.

The keys of existing records are made by the database, without accents, until `refill` has filled their rows again.
"""

from typing import Any

from django.db import migrations, models

import books.models.columns

KEYS = {"full_name_key": "record_by_full_name", "vendor_name_key": "record_by_vendor"}
KEPT = ("tenant", "kind", "deleted_at")


def fill_keys(apps: Any, schema_editor: Any) -> None:
    for key in KEYS:
        name = key.removesuffix("_key")
        made = f"LOWER(REPLACE({name}, ':', {'char(9)' if is_sqlite(schema_editor) else 'chr(9)'}))"
        schema_editor.execute(f"UPDATE books_record SET {key} = {made} WHERE {name} IS NOT NULL")


def sort_by_code(apps: Any, schema_editor: Any) -> None:
    """Have PostgreSQL compare the keys by the letters' numbers, as SQLite does, and not by those of a language."""
    if not is_sqlite(schema_editor):
        changes = ", ".join(f'ALTER COLUMN {key} TYPE text COLLATE "C"' for key in KEYS)
        schema_editor.execute(f"ALTER TABLE books_record {changes}")


def add_indexes(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL walks along indexes of another shape (`_walked_indexes`)."""
    for key, index in KEYS.items():
        if is_sqlite(schema_editor):
            schema_editor.execute(f"DROP INDEX {index}")
            schema_editor.execute(f"CREATE INDEX {index} ON books_record (tenant_id, kind, deleted_at, {key})")
            continue
        own = "books_record (tenant_id, kind"
        schema_editor.execute(f"DROP INDEX {index}")
        schema_editor.execute(f"DROP INDEX {index}_back")
        schema_editor.execute(f"CREATE INDEX {index} ON {own}, {key}, id) WHERE deleted_at IS NULL")
        back = f"{key} DESC NULLS LAST, id DESC"
        schema_editor.execute(f"CREATE INDEX {index}_back ON {own}, {back}) WHERE deleted_at IS NULL")


def is_sqlite(schema_editor: Any) -> bool:
    return str(schema_editor.connection.vendor) == "sqlite"


class Migration(migrations.Migration):
    dependencies = [("books", "0020_balances")]
    operations = [
        *(
            migrations.AddField("record", key, books.models.columns.BlankableText(blank=True, null=True))
            for key in KEYS
        ),
        migrations.RunPython(sort_by_code, migrations.RunPython.noop),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(add_indexes, migrations.RunPython.noop)],
            [
                operation
                for key, index in KEYS.items()
                for operation in (
                    migrations.RemoveIndex("record", index),
                    migrations.AddIndex("record", models.Index(*map(models.F, (*KEPT, key)), name=index)),
                )
            ],
        ),
    ]
