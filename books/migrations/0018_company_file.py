"""Which company file a company was set up with, and which other one answers instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0017_deletions_and_zones")]
    operations = [
        migrations.AddField("syncstatus", "company_file", models.JSONField(default=dict)),
        migrations.AddField("syncstatus", "other_file", models.JSONField(default=dict)),
        migrations.AddField("syncstatus", "other_file_since", models.DateTimeField(null=True)),
        migrations.AddField("syncstatus", "file_asked_at", models.DateTimeField(null=True)),
    ]
