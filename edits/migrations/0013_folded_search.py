"""Folds what entries of the history are searched by: `nandu` finds Ñandú."""

from typing import Any

from django.db import migrations

from records.searching import make_search_text

AT_ONCE = 500


def fold_search(apps: Any, schema_editor: Any) -> None:
    for name in ("Edit", "ExternalChange"):
        rows = apps.get_model("edits", name)._base_manager
        after = 0
        while found := list(rows.filter(pk__gt=after).order_by("pk").only("pk", "search")[:AT_ONCE]):
            after = found[-1].pk
            changed = []
            for row in found:
                was, row.search = row.search, make_search_text(row.search.split("\n"))
                if row.search != was:
                    changed.append(row)
            rows.bulk_update(changed, ["search"])


class Migration(migrations.Migration):
    dependencies = [("edits", "0012_differs")]
    operations = [migrations.RunPython(fold_search, migrations.RunPython.noop)]
