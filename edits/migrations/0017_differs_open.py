from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('edits', '0016_batches'),
    ]

    operations = [
        migrations.AddField(
            model_name='edit',
            name='differs_open',
            field=models.BooleanField(null=True),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(condition=models.Q(('differs_open', True)), fields=['person', 'tenant'], name='edits_differing'),
        ),
    ]
