"""Lets readings that waited in the queue while their task was moved find it at its new place."""

from django.db import migrations

OLD, NEW = "books.tasks.read_books", "books.sync.tasks.read_books"


def rename(apps, old, new):
    apps.get_model("django_tasks_database", "DBTaskResult").objects.filter(task_path=old).update(task_path=new)


class Migration(migrations.Migration):
    dependencies = [("books", "0011_unreadable_records"), ("django_tasks_database", "0010_alter_dbtaskresult_status")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: rename(apps, OLD, NEW),
            lambda apps, editor: rename(apps, NEW, OLD),
        )
    ]
