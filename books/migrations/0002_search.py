"""Adds the index behind the search box."""

from django.db import migrations

from ._search_index import add, remove


class Migration(migrations.Migration):
    dependencies = [("books", "0001_mirror")]
    operations = [migrations.RunPython(add, remove)]
