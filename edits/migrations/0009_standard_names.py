"""Gives columns the names that they go by in the rest of the code."""

from django.db import migrations

RENAMED = {
    "told_at": "notified_at",
    "happened": "error_message",
    "todo": "next_step",
    "life": "state_log",
    "may_land_until": "uncertain_until",
}


class Migration(migrations.Migration):
    dependencies = [("edits", "0008_state_labels")]

    operations = [migrations.RenameField("edit", old, new) for old, new in RENAMED.items()]
