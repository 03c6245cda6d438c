"""Sessions that people can see and end, a second factor that a company asks for, and a log that cannot be rewritten."""

import time

import django.db.models.deletion
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.utils import timezone

from ._security_log import KEPT

NO_LONGER = {
    "sqlite": "DROP TRIGGER security_log_is_kept",
    "postgresql": "DROP FUNCTION refuse_to_rewrite_security_log CASCADE",
}


def adopt_sessions(apps, schema_editor):
    """Whoever is signed in stays so: a session of which nothing is known counts as over from now on."""
    people = set(apps.get_model("auth", "User").objects.values_list("pk", flat=True))
    sessions = apps.get_model("sessions", "Session").objects.filter(expire_date__gt=timezone.now())
    now, store, found = time.time(), SessionStore(), []
    for key, text in sessions.values_list("session_key", "session_data").iterator():
        person = str(store.decode(text).get("_auth_user_id", ""))
        if person.isdecimal() and int(person) in people:
            found.append((key, int(person)))
    own = apps.get_model("tenants", "PersonSession")
    rows = [own(session_key=key, person_id=person, signed_in_at=now, last_seen_at=now) for key, person in found]
    own.objects.bulk_create(rows, batch_size=500)


def add_trigger(apps, schema_editor):
    for statement in KEPT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_trigger(apps, schema_editor):
    schema_editor.execute(NO_LONGER[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0012_administration"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="requires_second_factor",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="PersonSession",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("browser", models.CharField(blank=True, max_length=200)),
                ("address", models.CharField(blank=True, max_length=60)),
                ("signed_in_at", models.FloatField()),
                ("last_seen_at", models.FloatField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunPython(adopt_sessions, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(add_trigger, drop_trigger),
    ]
