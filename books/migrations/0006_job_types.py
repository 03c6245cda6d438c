"""Lets the copies that were made before say which job types there are."""

import json
from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    record = apps.get_model("books", "Record")
    rows = record.objects.filter(kind="customers", subtype=None, version__content__contains='"jobType":')
    for pk, content in rows.values_list("id", "version__content").iterator():
        found = json.loads(content).get("jobType")
        if isinstance(found, dict) and found.get("fullName"):
            record.objects.filter(pk=pk).update(subtype=found["fullName"])


class Migration(migrations.Migration):
    dependencies = [("books", "0005_number")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
