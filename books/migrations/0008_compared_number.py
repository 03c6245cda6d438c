from django.db import migrations, models

import books.models
from records.numbers import normalize_number


def fill(apps, schema_editor):
    """What is stored already is compared in the same way."""
    Record = apps.get_model("books", "Record")
    bills = Record.objects.filter(vendor_id__isnull=False, name__isnull=False).only("name", "number")
    some = []
    for bill in bills.iterator(chunk_size=500):
        bill.number = normalize_number(bill.name)
        some.append(bill)
    Record.objects.bulk_update(some, ["number"], batch_size=300)


class Migration(migrations.Migration):
    dependencies = [("books", "0007_untold"), ("tenants", "0002_bigcapital")]

    operations = [
        migrations.RemoveIndex(model_name="record", name="bill_by_number"),
        migrations.AddField(
            model_name="record", name="number", field=books.models.BlankableText(blank=True, null=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                models.F("tenant"), models.F("vendor_id"), models.F("number"),
                name="bill_by_number", condition=models.Q(("vendor_id__isnull", False)),
            ),
        ),
    ]
