"""When a change was last handed over: its new author is mailed, however long ago it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("edits", "0021_longer_texts")]
    operations = [migrations.AddField("edit", "handed_at", models.DateTimeField(null=True))]
