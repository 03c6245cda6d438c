"""Amounts in lists keep a third decimal, which dinars have.

SQLite keeps a number as it comes, whatever its column declares, so only PostgreSQL needs another type.
"""

from typing import Any

from django.db import migrations, models

COLUMNS = ("balance", "total_balance", "amount", "open_amount")


def widen_columns(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        changes = ", ".join(f"ALTER COLUMN {name} TYPE numeric(16, 3)" for name in COLUMNS)
        schema_editor.execute(f"ALTER TABLE books_record {changes}")


class Migration(migrations.Migration):
    dependencies = [("books", "0015_projection")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(widen_columns, migrations.RunPython.noop)],
            [
                migrations.AlterField(
                    "record", name, models.DecimalField(decimal_places=3, max_digits=16, null=True)
                )
                for name in COLUMNS
            ],
        )
    ]
