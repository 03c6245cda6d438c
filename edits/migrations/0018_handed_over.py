from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edits', '0017_differs_open'),
    ]

    operations = [
        migrations.AddField(
            model_name='edit',
            name='handed_over',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='batch',
            name='handed_over',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
