"""One process sends all requests to vendors: the lease on being that one replaces the locks of the companies."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0023_vendor_reads")]
    operations = [
        migrations.DeleteModel("LockWaiter"),
        migrations.DeleteModel("RequestLock"),
        migrations.CreateModel(
            "EngineLease",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(default="", max_length=160)),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
    ]
