"""Which company file a company was set up with, and which other one answers instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0016_three_decimals")]
    operations = [
        migrations.AddField("syncstatus", "company_file", models.JSONField(default=dict)),
        migrations.AddField("syncstatus", "other_file", models.JSONField(default=dict)),
        migrations.AddField("syncstatus", "other_file_since", models.DateTimeField(null=True)),
        migrations.AddField("syncstatus", "file_asked_at", models.DateTimeField(null=True)),
    ]
