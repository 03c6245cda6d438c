"""The index by which the page of a customer finds the jobs below it, without reading every customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0033_access_read")]
    operations = [
        migrations.AddIndex(
            "record",
            models.Index(
                "tenant",
                "parent_id",
                condition=models.Q(("parent_id__isnull", False)),
                name="record_below",
            ),
        ),
    ]
