"""The tables of edits and their history as they are now, in place of the migrations that led to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("edits", "0001_edits"),
        ("edits", "0002_waits"),
        ("edits", "0003_form"),
        ("edits", "0004_life"),
        ("edits", "0005_undoes"),
        ("edits", "0006_history"),
        ("edits", "0007_external_change"),
        ("edits", "0008_state_labels"),
        ("edits", "0009_standard_names"),
        ("edits", "0010_brief"),
    ]

    dependencies = [
        ("books", "0001_squashed_0015_projection"),
        ("tenants", "0001_squashed_0006_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_name', models.CharField(max_length=150)),
                ('kind', models.CharField(max_length=40)),
                ('remote_id', models.CharField(max_length=64)),
                ('record_name', models.CharField(max_length=250)),
                ('wanted', models.TextField(blank=True, default='')),
                ('typed', models.TextField(blank=True, default='')),
                ('fields', models.TextField(blank=True, default='')),
                ('changes', models.TextField(blank=True, default='')),
                ('search', models.TextField(blank=True, default='')),
                ('reason', models.CharField(blank=True, default='', max_length=250)),
                ('token', models.CharField(max_length=40, null=True)),
                ('form', models.CharField(blank=True, default='', max_length=40)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('sending', 'Saving'), ('saved', 'Saved'), ('conflict', 'Conflict'), ('refused', 'Refused'), ('not_sent', 'Not sent'), ('not_applied', 'Not saved'), ('unknown', 'Checking'), ('discarded', 'Discarded')], default='sending', max_length=20)),
                ('state_log', models.JSONField(default=list)),
                ('sent_at', models.DateTimeField()),
                ('process', models.CharField(blank=True, max_length=120)),
                ('lease_until', models.DateTimeField(null=True)),
                ('waits_until', models.DateTimeField(null=True)),
                ('uncertain_until', models.DateTimeField(null=True)),
                ('look_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=80)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('error', models.CharField(blank=True, max_length=40)),
                ('error_message', models.TextField(blank=True)),
                ('next_step', models.TextField(blank=True)),
                ('field', models.CharField(blank=True, max_length=120)),
                ('brief', models.TextField(blank=True)),
                ('notified_at', models.DateTimeField(null=True)),
                ('base', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.version')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='resolves', to='edits.edit')),
                ('result', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='books.version')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('undoes', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='undone_by', to='edits.edit')),
            ],
            options={
                'ordering': ['-sent_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ExternalChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('remote_id', models.CharField(max_length=64)),
                ('record_name', models.CharField(max_length=250)),
                ('before', models.CharField(max_length=64)),
                ('after', models.CharField(max_length=64)),
                ('earlier_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField(null=True)),
                ('fields', models.TextField()),
                ('search', models.TextField()),
                ('changes', models.TextField()),
                ('edit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='edits.edit')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'edits_sighting',
                'ordering': ['-seen_at', '-pk'],
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Opened',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('remote_id', models.CharField(max_length=64)),
                ('person_name', models.CharField(max_length=150)),
                ('seen_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['tenant', '-sent_at', 'state', 'person_name', 'resolved_by', 'kind', 'fields'], name='edits_by_facts'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['tenant', 'person_name', 'fields'], name='edits_by_person'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['person', 'tenant', 'state', 'resolved_by'], name='edits_waiting'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['tenant', 'kind', 'remote_id', '-sent_at'], name='edits_by_record'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['tenant', 'person', 'state'], name='edits_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(condition=models.Q(('state__in', ('sending', 'unknown'))), fields=['state', 'lease_until'], name='open_edits'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.UniqueConstraint(fields=('tenant', 'token'), name='one_edit_per_form'),
        ),
        migrations.AddIndex(
            model_name='externalchange',
            index=models.Index(fields=['tenant', '-seen_at', 'kind', 'fields'], name='sightings_by_facts'),
        ),
        migrations.AddIndex(
            model_name='externalchange',
            index=models.Index(fields=['tenant', 'kind', 'remote_id', '-seen_at'], name='sightings_by_record'),
        ),
        migrations.AddConstraint(
            model_name='opened',
            constraint=models.UniqueConstraint(fields=('tenant', 'kind', 'remote_id', 'person'), name='opened_once_a_person'),
        ),
    ]
