from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('tenants', '0016_company_life'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='names_every_currency',
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text='Whether lists name the currency of every amount, not only of unusual ones.',
            ),
        ),
    ]
