"""The tables of companies, people and roles as they are now, in place of the migrations that led to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("tenants", "0001_initial"),
        ("tenants", "0002_bigcapital"),
        ("tenants", "0003_day_first"),
        ("tenants", "0004_hidden_columns"),
        ("tenants", "0005_throttle"),
        ("tenants", "0006_administrator"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
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
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tenant', 'person'), name='one_role_per_person')],
            },
        ),
    ]
