"""What pages ask of a vendor, for the worker to read: pages do not wait for it any more."""

import django.db.models.deletion
from django.db import migrations, models

STATES = [("queued", "waiting"), ("running", "reading"), ("done", "read"), ("failed", "failed")]
PURPOSES = [
    ("record", "how a record is now"),
    ("connection", "whether the open company file answers"),
    ("account", "what the connection service knows of the company"),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_administrator"), ("books", "0022_list_walks")]
    operations = [
        migrations.CreateModel(
            "VendorRead",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=PURPOSES, max_length=10)),
                ("kind", models.CharField(default="", max_length=40)),
                ("remote_id", models.CharField(default="", max_length=64)),
                ("state", models.CharField(choices=STATES, default="queued", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(null=True)),
                ("process", models.CharField(default="", max_length=120)),
                ("ended_at", models.DateTimeField(db_index=True, null=True)),
                ("answer", models.JSONField(default=dict)),
                ("error", models.CharField(default="", max_length=40)),
                ("code", models.TextField(default="")),
                ("error_message", models.TextField(default="")),
                ("next_step", models.TextField(default="")),
                ("request_id", models.CharField(default="", max_length=80)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "VendorRead",
            models.UniqueConstraint(fields=["tenant", "purpose", "kind", "remote_id"], name="one_vendor_read_each"),
        ),
    ]
