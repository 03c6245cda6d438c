"""The tables of the mirror as they are now, in place of the migrations that led to them."""

import books.models.columns
import books.models.sync
import django.db.models.deletion
from django.db import migrations, models

from ._search_index import add, remove
from ._walked_indexes import put_back, shape


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
    ]

    dependencies = [
        ("tenants", "0001_squashed_0006_administrator"),
    ]

    operations = [
        migrations.CreateModel(
            name='LockWaiter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.IntegerField()),
                ('process', models.CharField(default='', max_length=120)),
                ('seen_at', models.DateTimeField()),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'books_waiter',
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
                ('balance', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('total_balance', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('terms_name', books.models.columns.BlankableText(blank=True, null=True)),
                ('vendor_name', books.models.columns.BlankableText(blank=True, null=True)),
                ('vendor_id', books.models.columns.BlankableText(blank=True, null=True)),
                ('memo', books.models.columns.BlankableText(blank=True, null=True)),
                ('number', books.models.columns.BlankableText(blank=True, null=True)),
                ('bill_date', models.DateField(null=True)),
                ('due_date', models.DateField(null=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('open_amount', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('is_paid', models.BooleanField(null=True)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='RequestLock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(default='', max_length=160)),
                ('until', models.DateTimeField(null=True)),
                ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'books_line',
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
            ],
            options={
                'db_table': 'books_watch',
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
        ),
        migrations.AddField(
            model_name='record',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.version'),
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
        migrations.AddIndex(
            model_name='version',
            index=models.Index(condition=models.Q(('replaces_unreported__isnull', False)), fields=['replaces_unreported'], name='unreported_versions'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('record', 'revision'), name='one_version_per_revision'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), books.models.columns.InOrder(models.F('full_name')), name='record_by_full_name'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), books.models.columns.InOrder(models.F('vendor_name')), name='record_by_vendor'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), models.F('bill_date'), name='record_by_bill_date'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), models.F('due_date'), name='record_by_due_date'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), models.F('is_active'), name='record_by_activity'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('vendor_id'), models.F('number'), condition=models.Q(('vendor_id__isnull', False)), name='bill_by_number'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(models.F('tenant'), models.F('kind'), models.F('deleted_at'), models.F('is_paid'), models.F('due_date'), models.F('currency'), models.F('amount'), models.F('open_amount'), name='record_by_state'),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.UniqueConstraint(fields=('tenant', 'kind', 'remote_id'), name='one_row_per_record'),
        ),
        migrations.RunPython(add, remove),
        migrations.RunPython(shape, put_back),
    ]
