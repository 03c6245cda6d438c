"""Names, codes and request ids of a vendor may be of any length.

SQLite limits no text, whatever its column declares, so only PostgreSQL needs another type. It copies no table for it.
"""

from typing import Any

from django.db import migrations, models

COLUMNS = [
    ("Edit", "edits_edit", "record_name", models.TextField()),
    ("Edit", "edits_edit", "request_id", models.TextField(blank=True)),
    ("Edit", "edits_edit", "code", models.TextField(blank=True)),
    ("Edit", "edits_edit", "field", models.TextField(blank=True)),
    ("BatchItem", "edits_batchitem", "record_name", models.TextField()),
    ("BatchItem", "edits_batchitem", "currency", models.TextField(default="", blank=True)),
    ("ExternalChange", "edits_sighting", "record_name", models.TextField()),
]


def lengthen(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for _, table, column, _ in COLUMNS:
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text")


class Migration(migrations.Migration):
    dependencies = [("edits", "0020_batch_remarks")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(lengthen, migrations.RunPython.noop)],
            [migrations.AlterField(model, column, text) for model, _, column, text in COLUMNS],
        )
    ]
