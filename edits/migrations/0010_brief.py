"""Keeps what is said beside the input that a refusal is about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("edits", "0009_standard_names")]

    operations = [migrations.AddField("edit", "brief", models.TextField(blank=True, default=""), preserve_default=False)]
