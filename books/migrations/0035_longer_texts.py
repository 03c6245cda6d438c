"""A vendor's request id may be of any length.

SQLite limits no text, whatever its column declares, so only PostgreSQL needs another type. It copies no table for it.
"""

from typing import Any

from django.db import migrations, models

TABLES = {
    "ConnectionAct": "books_connectionact",
    "SyncRun": "books_syncrun",
    "SyncStatus": "books_watch",
    "UnreadableRecord": "books_unreadablerecord",
    "VendorRead": "books_vendorread",
}


def lengthen(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES.values():
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN request_id TYPE text")


class Migration(migrations.Migration):
    dependencies = [("books", "0034_record_below")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(lengthen, migrations.RunPython.noop)],
            [migrations.AlterField(model, "request_id", models.TextField(default="")) for model in TABLES],
        )
    ]
