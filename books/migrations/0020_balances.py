"""What a refresh of balances keeps, how far a vendor's clock is off, and which deletions the history has yet to tell."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("books", "0019_bill_by_amount")]
    operations = [
        migrations.AddField("syncrun", "seen", models.JSONField(default=list)),
        migrations.AddField("syncstatus", "clock_off", models.BigIntegerField(default=0)),
        migrations.AddField("syncstatus", "wanted", models.JSONField(default=dict)),
        migrations.AddField("record", "deletion_untold", models.BooleanField(null=True)),
        migrations.AddIndex(
            "record",
            models.Index(fields=["deletion_untold"], name="untold_deletions", condition=Q(deletion_untold=True)),
        ),
    ]
