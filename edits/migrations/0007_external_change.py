"""Gives a model the name that it goes by; its table keeps its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("edits", "0006_history")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Sighting", "ExternalChange"),
                migrations.AlterModelTable("ExternalChange", "edits_sighting"),
            ]
        )
    ]
