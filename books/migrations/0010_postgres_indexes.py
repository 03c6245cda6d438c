"""Gives PostgreSQL the indexes that lists are walked along in its own shape."""

from django.db import migrations

from ._walked_indexes import put_back, shape


class Migration(migrations.Migration):
    dependencies = [("books", "0009_waiting_process")]
    operations = [migrations.RunPython(shape, put_back)]
