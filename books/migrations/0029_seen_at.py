"""When a person has last had a record on a page, for the search over all companies."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0028_turns_index"),
        ("tenants", "0006_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("seenrecord", "seen_at", models.DateTimeField(null=True)),
        migrations.AddIndex("seenrecord", models.Index(fields=["person", "-seen_at"], name="seen_lately")),
    ]
