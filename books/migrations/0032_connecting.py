"""What administrators have done at the connection service, and which companies are being connected."""

import django.db.models.deletion
from django.db import migrations, models

PURPOSES = [
    ("record", "how a record is now"),
    ("connection", "whether the open company file answers"),
    ("account", "what the connection service knows of the company"),
    ("setup", "how far connecting has come"),
    ("end_users", "which companies the connection service has"),
]
KINDS = [("create", "create the end user"), ("link", "make a connection link"), ("delete", "delete the end user")]
STATES = [
    ("queued", "waiting"),
    ("sending", "under way"),
    ("done", "done"),
    ("failed", "failed"),
    ("unknown", "checking"),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0012_administration"), ("books", "0030_connection_health")]
    operations = [
        migrations.AddField("SyncStatus", "setting_up_since", models.DateTimeField(null=True)),
        migrations.AlterField("VendorRead", "purpose", models.CharField(choices=PURPOSES, max_length=10)),
        migrations.CreateModel(
            "ConnectionAct",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("token", models.CharField(max_length=64, unique=True)),
                ("asked", models.JSONField(default=dict)),
                ("asked_by", models.CharField(max_length=254)),
                ("asked_at", models.DateTimeField()),
                ("state", models.CharField(choices=STATES, default="queued", max_length=10)),
                ("ended_at", models.DateTimeField(null=True)),
                ("answer", models.JSONField(default=dict)),
                ("error", models.CharField(default="", max_length=40)),
                ("code", models.TextField(default="")),
                ("error_message", models.TextField(default="")),
                ("next_step", models.TextField(default="")),
                ("request_id", models.CharField(default="", max_length=80)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connection_acts",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "ConnectionAct",
            models.Index(fields=["tenant", "kind", "-asked_at"], name="connection_act_latest"),
        ),
    ]
