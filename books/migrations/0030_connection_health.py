"""What the health of a connection is told from: the requests of a day and their sums, and the code of an error."""

import django.db.models.deletion
from django.db import migrations, models

COUNT = {"verbose_name": "ID", "auto_created": True, "primary_key": True, "serialize": False}
ERROR = {
    "error": models.CharField(max_length=40, default="", db_default=""),
    "code": models.TextField(default="", db_default=""),
}


class Migration(migrations.Migration):
    dependencies = [("books", "0029_seen_at"), ("tenants", "0012_administration")]
    operations = [
        *(migrations.AddField(model, name, field) for model in ("syncstatus", "syncrun") for name, field in ERROR.items()),
        migrations.AddField("syncstatus", "answering_since", models.DateTimeField(null=True)),
        migrations.AddField("syncstatus", "clock_off_since", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "VendorRequest",
            [
                ("id", models.BigAutoField(**COUNT)),
                ("ended_at", models.DateTimeField(db_index=True)),
                ("seconds", models.FloatField()),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=200)),
                ("status", models.PositiveSmallIntegerField()),
                ("error", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=80)),
                ("request_id", models.CharField(max_length=80)),
                ("has_failed", models.BooleanField()),
                ("sent", models.BigIntegerField()),
                ("received", models.BigIntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        "tenants.tenant", django.db.models.deletion.CASCADE, related_name="+", db_index=False
                    ),
                ),
            ],
            {"indexes": [models.Index(fields=["tenant", "-ended_at"], name="requests_of_company")]},
        ),
        migrations.CreateModel(
            "VendorUsage",
            [
                ("id", models.BigAutoField(**COUNT)),
                ("day", models.DateField(db_index=True)),
                ("requests", models.PositiveIntegerField()),
                ("failures", models.PositiveIntegerField()),
                ("seconds", models.FloatField()),
                ("sent", models.BigIntegerField()),
                ("received", models.BigIntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        "tenants.tenant", django.db.models.deletion.CASCADE, related_name="+", db_index=False
                    ),
                ),
            ],
            {"constraints": [models.UniqueConstraint(fields=["tenant", "day"], name="one_usage_per_day")]},
        ),
    ]
