"""Whether and when people are told what needs them while they are away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0010_inbox_visit")]
    operations = [
        *(
            migrations.AddField("personsettings", name, models.BooleanField(default=False))
            for name in ("shows_notices", "mails_changes", "mails_summary")
        ),
        migrations.AddField("personsettings", "mailed_until", models.DateTimeField(null=True)),
        migrations.AddField("personsettings", "mailed_at", models.DateTimeField(null=True)),
        migrations.AddField("personsettings", "summarized_on", models.DateField(null=True)),
    ]
