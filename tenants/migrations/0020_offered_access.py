"""Another key or address of a company that works: tried before it takes the place of what it has."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0019_log_kept_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferedAccess",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="offered_access",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
                ("base_url", models.URLField(blank=True)),
                ("key_variable", models.CharField(blank=True, max_length=80)),
                ("sealed_key", models.TextField(blank=True, default="")),
                (
                    "offered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
            ],
        ),
    ]
