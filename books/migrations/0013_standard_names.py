"""Gives three models the names that they go by; their tables keep theirs."""

from django.db import migrations

RENAMED = {"Watch": "SyncStatus", "Line": "RequestLock", "Waiter": "LockWaiter"}


class Migration(migrations.Migration):
    dependencies = [("books", "0012_task_path")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                operation
                for old, new in RENAMED.items()
                for operation in (
                    migrations.RenameModel(old, new),
                    migrations.AlterModelTable(new, f"books_{old.lower()}"),
                )
            ]
        )
    ]
