from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0009_density'),
    ]

    operations = [
        migrations.AddField(
            model_name='personsettings',
            name='inbox_seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='personsettings',
            name='inbox_new_since',
            field=models.DateTimeField(null=True),
        ),
    ]
