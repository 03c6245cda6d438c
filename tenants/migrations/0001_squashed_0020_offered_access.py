"""The tables of companies, people and roles as they are now, in place of the migrations that led to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ._security_log import KEPT, KEPT_WHOLE
from ._together import Together


def add_triggers(apps, schema_editor):
    for statement in (*KEPT[schema_editor.connection.vendor], *KEPT_WHOLE[schema_editor.connection.vendor]):
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":  # on SQLite they go with their table
        schema_editor.execute("DROP FUNCTION refuse_to_rewrite_security_log CASCADE")


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("tenants", "0001_initial"),
        ("tenants", "0002_bigcapital"),
        ("tenants", "0003_day_first"),
        ("tenants", "0004_hidden_columns"),
        ("tenants", "0005_throttle"),
        ("tenants", "0006_administrator"),
        ("tenants", "0007_list_settings"),
        ("tenants", "0008_person_settings"),
        ("tenants", "0009_density"),
        ("tenants", "0010_inbox_visit"),
        ("tenants", "0011_told_when_away"),
        ("tenants", "0012_administration"),
        ("tenants", "0014_access"),
        ("tenants", "0016_company_life"),
        ("tenants", "0017_names_every_currency"),
        ("tenants", "0018_account_links"),
        ("tenants", "0019_log_kept_whole"),
        ("tenants", "0020_offered_access"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
        # Only to be sooner: after ours, each of these would render ours anew.
        ("mfa", "0003_authenticator_type_uniq"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='Throttle',
                    fields=[
                        ('counter', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('used_until', models.FloatField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Tenant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(unique=True)),
                        ('name', models.CharField(max_length=120)),
                        ('provider', models.CharField(choices=[('conductor', 'QuickBooks Desktop, through Conductor'), ('bigcapital', 'Bigcapital')], default='conductor', max_length=20)),
                        ('end_user_id', models.CharField(blank=True, max_length=80)),
                        ('base_url', models.URLField(blank=True)),
                        ('key_variable', models.CharField(blank=True, help_text='Name of the environment variable that holds the key.', max_length=80)),
                        ('day_first', models.BooleanField(default=False, help_text='Whether 10/1 is the tenth of January.')),
                        ('list_settings', models.JSONField(blank=True, default=dict, help_text='How lists open for everybody.')),
                        ('archived_at', models.DateTimeField(blank=True, null=True)),
                        ('closing_date', models.DateField(blank=True, null=True)),
                        ('removed_at', models.DateTimeField(blank=True, null=True)),
                        ('sealed_key', models.TextField(blank=True, default='')),
                        ('requires_second_factor', models.BooleanField(default=False)),
                        ('purged_at', models.DateTimeField(blank=True, null=True)),
                        ('names_every_currency', models.BooleanField(db_default=False, default=False, help_text='Whether lists name the currency of every amount, not only of unusual ones.')),
                    ],
                    options={
                        'verbose_name': 'company',
                        'verbose_name_plural': 'companies',
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('end_user_id', ''), _negated=True), fields=('provider', 'end_user_id'), name='one_company_per_end_user')],
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.IntegerField(choices=[(10, 'viewer'), (20, 'bookkeeper'), (30, 'administrator')])),
                        ('hidden_columns', models.JSONField(blank=True, default=list, help_text="Columns of a bill's lines not to show.")),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                        ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='tenants.tenant')),
                        ('list_settings', models.JSONField(blank=True, default=dict, help_text='How the person has set up each list.')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('tenant', 'person'), name='one_role_per_person')],
                    },
                ),
                migrations.CreateModel(
                    name='PersonSettings',
                    fields=[
                        ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='own_settings', serialize=False, to=settings.AUTH_USER_MODEL)),
                        ('theme', models.CharField(blank=True, choices=[('', 'Like this computer'), ('light', 'Light'), ('dark', 'Dark')], default='', max_length=10)),
                        ('date_style', models.CharField(blank=True, choices=[('', '28 Oct 2026'), ('month-first', 'Oct 28, 2026'), ('iso', '2026-10-28')], default='', max_length=20)),
                        ('time_zone', models.CharField(blank=True, default='', max_length=64)),
                        ('first_page', models.CharField(blank=True, default='', max_length=80)),
                        ('density', models.CharField(blank=True, choices=[('', 'Comfortable'), ('compact', 'Compact')], default='', max_length=10)),
                        ('inbox_seen_at', models.DateTimeField(null=True)),
                        ('inbox_new_since', models.DateTimeField(null=True)),
                        ('shows_notices', models.BooleanField(default=False)),
                        ('mails_changes', models.BooleanField(default=False)),
                        ('mails_summary', models.BooleanField(default=False)),
                        ('mailed_until', models.DateTimeField(null=True)),
                        ('mailed_at', models.DateTimeField(null=True)),
                        ('summarized_on', models.DateField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('email', models.EmailField(max_length=254)),
                        ('role', models.IntegerField(choices=[(10, 'viewer'), (20, 'bookkeeper'), (30, 'administrator')])),
                        ('token_hash', models.CharField(max_length=64, unique=True)),
                        ('invited_at', models.DateTimeField(auto_now_add=True)),
                        ('expires_at', models.DateTimeField()),
                        ('accepted_at', models.DateTimeField(blank=True, null=True)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='tenants.tenant')),
                    ],
                ),
                migrations.CreateModel(
                    name='SecurityEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
                        ('kind', models.CharField(max_length=40)),
                        ('tenant_name', models.CharField(blank=True, max_length=120)),
                        ('actor_name', models.CharField(blank=True, max_length=254)),
                        ('person_name', models.CharField(blank=True, max_length=254)),
                        ('address', models.CharField(blank=True, max_length=60)),
                        ('details', models.JSONField(blank=True, default=dict)),
                        ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('tenant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['tenant', '-at'], name='security_event_company')],
                    },
                ),
                migrations.CreateModel(
                    name='PersonSession',
                    fields=[
                        ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ('browser', models.CharField(blank=True, max_length=200)),
                        ('address', models.CharField(blank=True, max_length=60)),
                        ('signed_in_at', models.FloatField()),
                        ('last_seen_at', models.FloatField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='FormerSlug',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(unique=True)),
                        ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_slugs', to='tenants.tenant')),
                    ],
                ),
                migrations.CreateModel(
                    name='AccountLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.CharField(choices=[('password', 'choose a password'), ('address', 'confirm an email address')], max_length=10)),
                        ('token_hash', models.CharField(max_length=64, unique=True)),
                        ('email', models.EmailField(blank=True, max_length=254)),
                        ('account', models.CharField(max_length=64)),
                        ('made_by_name', models.CharField(blank=True, max_length=254)),
                        ('made_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField(db_index=True)),
                        ('used_at', models.DateTimeField(null=True)),
                        ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='OfferedAccess',
                    fields=[
                        ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='offered_access', serialize=False, to='tenants.tenant')),
                        ('base_url', models.URLField(blank=True)),
                        ('key_variable', models.CharField(blank=True, max_length=80)),
                        ('sealed_key', models.TextField(blank=True, default='')),
                        ('offered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('offered_at', models.DateTimeField()),
                    ],
                ),
            ]
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
