import books.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0002_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='watch',
            name='edition',
            field=models.CharField(default=books.models.make_version_stamp, max_length=32),
        ),
    ]
