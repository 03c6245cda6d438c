"""Gives columns the names that they go by in the rest of the code."""

from django.db import migrations, models
from django.db.models import Q

RENAMED = [
    ("version", "untold", "replaces_unreported"),
    ("syncrun", "beat_at", "heartbeat_at"),
    ("syncrun", "mark", "high_water_mark"),
    ("syncrun", "todo", "next_step"),
    ("syncstatus", "beat_at", "heartbeat_at"),
    ("syncstatus", "todo", "next_step"),
]
WAITING = models.Index(
    fields=["replaces_unreported"],
    name="unreported_versions",
    condition=Q(replaces_unreported__isnull=False),
)


class Migration(migrations.Migration):
    dependencies = [("books", "0013_standard_names")]

    operations = [
        migrations.RemoveIndex("version", "untold_versions"),  # its condition names the column
        *(migrations.RenameField(*names) for names in RENAMED),
        migrations.AddIndex("version", WAITING),
    ]
