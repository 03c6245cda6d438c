from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0032_connecting"),
    ]

    operations = [
        migrations.AlterField(
            model_name="vendorread",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("record", "how a record is now"),
                    ("connection", "whether the open company file answers"),
                    ("account", "what the connection service knows of the company"),
                    ("setup", "how far connecting has come"),
                    ("access", "whether another key works"),
                    ("end_users", "which companies the connection service has"),
                ],
                max_length=10,
            ),
        ),
    ]
