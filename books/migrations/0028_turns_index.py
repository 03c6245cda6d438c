"""On PostgreSQL, whose engine asks for a company's next task at each of its turns: an index of the waiting tasks."""

from django.db import migrations

from ._waiting_tasks import create, drop


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0027_saved_views"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]
    operations = [migrations.RunPython(create, drop, elidable=False)]
