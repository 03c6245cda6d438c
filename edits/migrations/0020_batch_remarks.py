from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edits', '0019_once_uncertain'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='remarks',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
