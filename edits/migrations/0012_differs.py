"""Keeps what the vendor answered otherwise than an edit asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("edits", "0011_refused_at")]

    operations = [migrations.AddField("edit", "differs", models.TextField(blank=True, default=""))]
