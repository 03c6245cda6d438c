"""The tables of the mirror as they are now, in place of the migrations that led to them."""

import books.models.columns
import books.models.sync
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tenants.migrations._together import Together

from ._search_index import add_marked, remove_marked
from ._waiting_tasks import create, drop
from ._walked_indexes import BY_KEY, add_by_key, drop_by_key


def add_by_hand(apps, schema_editor):
    add_by_key(apps, schema_editor)
    add_marked(apps, schema_editor)
    create(apps, schema_editor)


def remove_by_hand(apps, schema_editor):
    drop(apps, schema_editor)
    remove_marked(apps, schema_editor)
    drop_by_key(apps, schema_editor)


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("books", "0001_mirror"),
        ("books", "0002_search"),
        ("books", "0003_edition"),
        ("books", "0004_quota"),
        ("books", "0005_number"),
        ("books", "0006_job_types"),
        ("books", "0007_untold"),
        ("books", "0008_compared_number"),
        ("books", "0009_waiting_process"),
        ("books", "0010_postgres_indexes"),
        ("books", "0011_unreadable_records"),
        ("books", "0012_task_path"),
        ("books", "0013_standard_names"),
        ("books", "0014_column_names"),
        ("books", "0015_projection"),
        ("books", "0016_three_decimals"),
        ("books", "0017_deletions_and_zones"),
        ("books", "0018_company_file"),
        ("books", "0019_bill_by_amount"),
        ("books", "0020_balances"),
        ("books", "0021_sort_keys"),
        ("books", "0022_list_walks"),
        ("books", "0023_vendor_reads"),
        ("books", "0024_engine_lease"),
        ("books", "0025_pace"),
        ("books", "0026_search_marks"),
        ("books", "0027_saved_views"),
        ("books", "0028_turns_index"),
        ("books", "0029_seen_at"),
        ("books", "0030_connection_health"),
        ("books", "0032_connecting"),
        ("books", "0033_access_read"),
    ]

    dependencies = [
        ("tenants", "0012_administration"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='Record',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('remote_id', models.CharField(max_length=64)),
                        ('revision', models.CharField(max_length=64)),
                        ('read_at', models.DateTimeField()),
                        ('deleted_at', models.DateTimeField(null=True)),
                        ('search', models.TextField(default='')),
                        ('extra', models.JSONField(null=True)),
                        ('projection', models.TextField(null=True)),
                        ('name', books.models.columns.BlankableText(blank=True, null=True)),
                        ('full_name', books.models.columns.BlankableText(blank=True, null=True)),
                        ('is_active', models.BooleanField(null=True)),
                        ('currency', books.models.columns.BlankableText(blank=True, null=True)),
                        ('changed_at', models.DateTimeField(null=True)),
                        ('subtype', books.models.columns.BlankableText(blank=True, null=True)),
                        ('detail', books.models.columns.BlankableText(blank=True, null=True)),
                        ('parent_id', books.models.columns.BlankableText(blank=True, null=True)),
                        ('company_name', books.models.columns.BlankableText(blank=True, null=True)),
                        ('phone', books.models.columns.BlankableText(blank=True, null=True)),
                        ('email', books.models.columns.BlankableText(blank=True, null=True)),
                        ('balance', models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                        ('total_balance', models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                        ('terms_name', books.models.columns.BlankableText(blank=True, null=True)),
                        ('vendor_name', books.models.columns.BlankableText(blank=True, null=True)),
                        ('vendor_id', books.models.columns.BlankableText(blank=True, null=True)),
                        ('memo', books.models.columns.BlankableText(blank=True, null=True)),
                        ('number', books.models.columns.BlankableText(blank=True, null=True)),
                        ('bill_date', models.DateField(null=True)),
                        ('due_date', models.DateField(null=True)),
                        ('amount', models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                        ('open_amount', models.DecimalField(decimal_places=3, max_digits=16, null=True)),
                        ('is_paid', models.BooleanField(null=True)),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                        ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.version')),
                        ('deletion_untold', models.BooleanField(null=True)),
                        ('full_name_key', books.models.columns.BlankableText(blank=True, null=True)),
                        ('vendor_name_key', books.models.columns.BlankableText(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), models.F('is_active'), name='record_by_activity'),
                            models.Index(models.F('tenant'), models.F('vendor_id'), models.F('number'), condition=models.Q(('vendor_id__isnull', False)), name='bill_by_number'),
                            models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), models.F('is_paid'), models.F('due_date'), models.F('currency'), models.F('amount'), models.F('open_amount'), name='record_by_state'),
                            models.Index(models.F('tenant'), models.F('vendor_id'), models.F('amount'), condition=models.Q(('vendor_id__isnull', False)), name='bill_by_amount'),
                            models.Index(condition=models.Q(('deletion_untold', True)), fields=['deletion_untold'], name='untold_deletions'),
                        ],
                        'constraints': [models.UniqueConstraint(fields=('tenant', 'kind', 'remote_id'), name='one_row_per_record')],
                    },
                ),
                migrations.CreateModel(
                    name='Version',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('revision', models.CharField(max_length=64)),
                        ('content', models.TextField()),
                        ('seen_at', models.DateTimeField()),
                        ('record', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='books.record')),
                        ('replaces_unreported', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.version')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('replaces_unreported__isnull', False)), fields=['replaces_unreported'], name='unreported_versions')],
                        'constraints': [models.UniqueConstraint(fields=('record', 'revision'), name='one_version_per_revision')],
                    },
                ),
                migrations.CreateModel(
                    name='Quota',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('server', models.CharField(max_length=200)),
                        ('handler', models.CharField(max_length=80)),
                        ('calls', models.JSONField(default=list)),
                        ('limit', models.IntegerField(default=10)),
                        ('seconds', models.FloatField(default=60.0)),
                        ('blocked_until', models.FloatField(default=0.0)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('server', 'handler'), name='one_quota_per_handler')],
                    },
                ),
                migrations.CreateModel(
                    name='SyncStatus',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('looked_at', models.DateTimeField(null=True)),
                        ('edition', models.CharField(default=books.models.sync.make_version_stamp, max_length=32)),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'reading'), ('done', 'read'), ('failed', 'failed')], default='done', max_length=10)),
                        ('queued_at', models.DateTimeField(null=True)),
                        ('process', models.CharField(default='', max_length=120)),
                        ('heartbeat_at', models.DateTimeField(null=True)),
                        ('tried_at', models.DateTimeField(null=True)),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('pause_why', models.TextField(default='')),
                        ('tries', models.IntegerField(default=0)),
                        ('next_try_at', models.DateTimeField(null=True)),
                        ('failing_since', models.DateTimeField(null=True)),
                        ('why', models.TextField(default='')),
                        ('next_step', models.TextField(default='')),
                        ('request_id', models.CharField(default='', max_length=80)),
                        ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='watch', to='tenants.tenant')),
                        ('company_file', models.JSONField(default=dict)),
                        ('other_file', models.JSONField(default=dict)),
                        ('other_file_since', models.DateTimeField(null=True)),
                        ('file_asked_at', models.DateTimeField(null=True)),
                        ('clock_off', models.BigIntegerField(default=0)),
                        ('wanted', models.JSONField(default=dict)),
                        ('resting_since', models.DateTimeField(null=True)),
                        ('pause_seconds', models.FloatField(default=0.0)),
                        ('requests_per_hour', models.PositiveIntegerField(null=True)),
                        ('requests_per_day', models.PositiveIntegerField(null=True)),
                        ('quiet_from', models.TimeField(null=True)),
                        ('quiet_until', models.TimeField(null=True)),
                        ('time_zone', models.CharField(default='', max_length=64)),
                        ('seconds_per_request', models.FloatField(null=True)),
                        ('paced_until', models.DateTimeField(null=True)),
                        ('counted_at', models.DateTimeField(null=True)),
                        ('requests_this_hour', models.PositiveIntegerField(default=0)),
                        ('requests_this_day', models.PositiveIntegerField(default=0)),
                        ('error', models.CharField(db_default='', default='', max_length=40)),
                        ('code', models.TextField(db_default='', default='')),
                        ('answering_since', models.DateTimeField(null=True)),
                        ('clock_off_since', models.DateTimeField(null=True)),
                        ('setting_up_since', models.DateTimeField(null=True)),
                    ],
                    options={
                        'db_table': 'books_watch',
                    },
                ),
                migrations.CreateModel(
                    name='SyncRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'reading'), ('done', 'read'), ('failed', 'failed')], default='queued', max_length=10)),
                        ('is_full', models.BooleanField(default=True)),
                        ('started_at', models.DateTimeField(null=True)),
                        ('heartbeat_at', models.DateTimeField(null=True)),
                        ('slices', models.JSONField(default=list)),
                        ('slices_done', models.IntegerField(default=0)),
                        ('rows', models.IntegerField(default=0)),
                        ('slice_rows', models.IntegerField(default=0)),
                        ('rows_told', models.IntegerField(null=True)),
                        ('restarts', models.IntegerField(default=0)),
                        ('newest', models.DateTimeField(null=True)),
                        ('as_of', models.DateTimeField(null=True)),
                        ('full_at', models.DateTimeField(null=True)),
                        ('high_water_mark', models.DateTimeField(null=True)),
                        ('tries', models.IntegerField(default=0)),
                        ('next_try_at', models.DateTimeField(null=True)),
                        ('failing_since', models.DateTimeField(null=True)),
                        ('why', models.TextField(default='')),
                        ('next_step', models.TextField(default='')),
                        ('request_id', models.CharField(default='', max_length=80)),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='tenants.tenant')),
                        ('has_gaps', models.BooleanField(default=False)),
                        ('whole_at', models.DateTimeField(null=True)),
                        ('seen', models.JSONField(default=list)),
                        ('is_asked', models.BooleanField(default=False)),
                        ('error', models.CharField(db_default='', default='', max_length=40)),
                        ('code', models.TextField(db_default='', default='')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('tenant', 'kind'), name='one_run_per_list')],
                    },
                ),
                migrations.CreateModel(
                    name='UnreadableRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('remote_id', models.CharField(max_length=64)),
                        ('name', models.TextField(default='')),
                        ('reason', models.TextField()),
                        ('raw', models.TextField()),
                        ('request_id', models.CharField(default='', max_length=80)),
                        ('first_seen_at', models.DateTimeField()),
                        ('last_seen_at', models.DateTimeField()),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('tenant', 'kind', 'remote_id'), name='one_row_per_unreadable_record')],
                    },
                ),
                migrations.CreateModel(
                    name='ServerOffset',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('server', models.CharField(max_length=200, unique=True)),
                        ('minutes', models.IntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='ListWalk',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('query', models.TextField()),
                        ('first', models.IntegerField()),
                        ('is_whole', models.BooleanField()),
                        ('ids', models.TextField()),
                        ('opened_at', models.DateTimeField()),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', 'tenant', 'kind'], name='walks_of_a_person')],
                    },
                ),
                migrations.CreateModel(
                    name='VendorRead',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.CharField(choices=[('record', 'how a record is now'), ('connection', 'whether the open company file answers'), ('account', 'what the connection service knows of the company'), ('setup', 'how far connecting has come'), ('access', 'whether another key works'), ('end_users', 'which companies the connection service has')], max_length=10)),
                        ('kind', models.CharField(default='', max_length=40)),
                        ('remote_id', models.CharField(default='', max_length=64)),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'reading'), ('done', 'read'), ('failed', 'failed')], default='queued', max_length=10)),
                        ('asked_at', models.DateTimeField()),
                        ('began_at', models.DateTimeField(null=True)),
                        ('process', models.CharField(default='', max_length=120)),
                        ('ended_at', models.DateTimeField(db_index=True, null=True)),
                        ('answer', models.JSONField(default=dict)),
                        ('error', models.CharField(default='', max_length=40)),
                        ('code', models.TextField(default='')),
                        ('error_message', models.TextField(default='')),
                        ('next_step', models.TextField(default='')),
                        ('request_id', models.CharField(default='', max_length=80)),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('tenant', 'purpose', 'kind', 'remote_id'), name='one_vendor_read_each')],
                    },
                ),
                migrations.CreateModel(
                    name='EngineLease',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('holder', models.CharField(default='', max_length=160)),
                        ('until', models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='SavedView',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('made_by', models.CharField(max_length=150)),
                        ('name', models.CharField(max_length=80)),
                        ('query', models.TextField(blank=True, default='')),
                        ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'ordering': ['name', 'pk'],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('person', None)), fields=('tenant', 'kind', 'name'), name='one_shared_view_per_name'),
                            models.UniqueConstraint(condition=models.Q(('person', None), _negated=True), fields=('tenant', 'kind', 'person', 'name'), name='one_own_view_per_name'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SeenRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40)),
                        ('remote_id', models.CharField(max_length=64)),
                        ('revision', models.CharField(max_length=64)),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                        ('seen_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', '-seen_at'], name='seen_lately')],
                        'constraints': [models.UniqueConstraint(fields=('person', 'tenant', 'kind', 'remote_id'), name='seen_once_a_person')],
                    },
                ),
                migrations.CreateModel(
                    name='VendorRequest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ended_at', models.DateTimeField(db_index=True)),
                        ('seconds', models.FloatField()),
                        ('method', models.CharField(max_length=8)),
                        ('path', models.CharField(max_length=200)),
                        ('status', models.PositiveSmallIntegerField()),
                        ('error', models.CharField(max_length=40)),
                        ('code', models.CharField(max_length=80)),
                        ('request_id', models.CharField(max_length=80)),
                        ('has_failed', models.BooleanField()),
                        ('sent', models.BigIntegerField()),
                        ('received', models.BigIntegerField()),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['tenant', '-ended_at'], name='requests_of_company')],
                    },
                ),
                migrations.CreateModel(
                    name='VendorUsage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(db_index=True)),
                        ('requests', models.PositiveIntegerField()),
                        ('failures', models.PositiveIntegerField()),
                        ('seconds', models.FloatField()),
                        ('sent', models.BigIntegerField()),
                        ('received', models.BigIntegerField()),
                        ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('tenant', 'day'), name='one_usage_per_day')],
                    },
                ),
                migrations.CreateModel(
                    name='ConnectionAct',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('create', 'create the end user'), ('link', 'make a connection link'), ('delete', 'delete the end user')], max_length=10)),
                        ('token', models.CharField(max_length=64, unique=True)),
                        ('asked', models.JSONField(default=dict)),
                        ('asked_by', models.CharField(max_length=254)),
                        ('asked_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('sending', 'under way'), ('done', 'done'), ('failed', 'failed'), ('unknown', 'checking')], default='queued', max_length=10)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('answer', models.JSONField(default=dict)),
                        ('error', models.CharField(default='', max_length=40)),
                        ('code', models.TextField(default='')),
                        ('error_message', models.TextField(default='')),
                        ('next_step', models.TextField(default='')),
                        ('request_id', models.CharField(default='', max_length=80)),
                        ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='connection_acts', to='tenants.tenant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['tenant', 'kind', '-asked_at'], name='connection_act_latest')],
                    },
                ),
            ]
        ),
        migrations.RunPython(add_by_hand, remove_by_hand),
        Together(
            [
                migrations.SeparateDatabaseAndState(
                    state_operations=[
                        migrations.AddIndex(
                            "record", models.Index(*map(models.F, ("tenant", "kind", "deleted_at", by)), name=name)
                        )
                        for name, by in BY_KEY.items()
                    ]
                )
            ]
        ),
    ]
