"""When a company may be asked: its pace, its quiet hours, its ceiling, and rest."""

from django.db import migrations, models

NEW = {
    "resting_since": models.DateTimeField(null=True),
    "pause_seconds": models.FloatField(default=0.0),
    "requests_per_hour": models.PositiveIntegerField(null=True),
    "requests_per_day": models.PositiveIntegerField(null=True),
    "quiet_from": models.TimeField(null=True),
    "quiet_until": models.TimeField(null=True),
    "time_zone": models.CharField(default="", max_length=64),
    "seconds_per_request": models.FloatField(null=True),
    "paced_until": models.DateTimeField(null=True),
    "counted_at": models.DateTimeField(null=True),
    "requests_this_hour": models.PositiveIntegerField(default=0),
    "requests_this_day": models.PositiveIntegerField(default=0),
}


class Migration(migrations.Migration):
    dependencies = [("books", "0024_engine_lease")]
    operations = [
        *(migrations.AddField("SyncStatus", name, field) for name, field in NEW.items()),
        migrations.AddField("SyncRun", "is_asked", models.BooleanField(default=False)),
    ]
