"""Bills of one vendor with the same amount are found along an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0018_company_file")]
    operations = [
        migrations.AddIndex(
            "record",
            models.Index(
                models.F("tenant"),
                models.F("vendor_id"),
                models.F("amount"),
                name="bill_by_amount",
                condition=models.Q(("vendor_id__isnull", False)),
            ),
        )
    ]
