"""How each person has set up each list."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0006_administrator'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='list_settings',
            field=models.JSONField(blank=True, default=dict, help_text='How the person has set up each list.'),
        ),
    ]
