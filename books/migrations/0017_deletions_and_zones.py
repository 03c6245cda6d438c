"""Notes which readings have seen every row of a list, and how far a vendor's server is from UTC."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0016_three_decimals")]

    operations = [
        migrations.CreateModel(
            name="ServerOffset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("server", models.CharField(max_length=200, unique=True)),
                ("minutes", models.IntegerField()),
            ],
        ),
        migrations.AddField("syncrun", "has_gaps", models.BooleanField(default=False)),
        migrations.AddField("syncrun", "whole_at", models.DateTimeField(null=True)),
    ]
