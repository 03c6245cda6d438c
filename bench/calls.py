"""Number of requests that reach the vendor for each page and each save, counted by the vendor."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.models import Record
from tests.support.inputs import inputs

from .figures import Figure
from .stage import END_USER, SLUG, Stage

PROMISED = "0, 0+1, 0+1, 1, 2"
READ_BEFORE = timedelta(hours=1)  # a record read a moment ago is not read again for a page


def figures(stage: Stage) -> list[Figure]:
    """One row for each kind of record."""
    return [calls(stage, "customers", "phone", "555-0100"), calls(stage, "bills", "memo", "Counted")]


def calls(stage: Stage, kind: str, field: str, value: str) -> Figure:
    """Requests for a list, a record's page and its form (each with its background requests), a save and a conflict."""
    rows = Record.objects.filter(tenant__slug=SLUG, kind=kind, deleted_at__isnull=True)
    record = rows.exclude(name__startswith="LONG").order_by("id")[1]
    rows.filter(pk=record.pk).update(read_at=timezone.now() - READ_BEFORE)
    start = f"/t/{SLUG}/{kind}/"
    page = f"{start}{record.remote_id}/"

    def conflict() -> None:
        form = inputs(stage.ours.get(f"{page}edit"))
        change = {"memo" if kind == "bills" else "note": "Changed in QuickBooks"}
        stage.sandbox.change(endUserId=END_USER, resource=kind, id=record.remote_id, changes=change)
        stage.ours.post(f"{page}edit", form | {field: f"{value}1"})

    def save() -> None:
        stage.ours.post(f"{page}edit", inputs(stage.ours.get(f"{page}edit")) | {field: value})

    counts = [str(counted(stage, lambda: stage.ours.get(start)))]
    for path in (page, f"{page}edit"):
        rows.filter(pk=record.pk).update(read_at=timezone.now() - READ_BEFORE)
        counts.append(behind(stage, path))
    counts += [str(counted(stage, save)), str(counted(stage, conflict))]
    what = f"remote calls, {kind}: list, page, edit (+ behind), save, conflict"
    said = ", ".join(counts)
    return Figure(what, said, "", "", PROMISED, said == PROMISED)


def behind(stage: Stage, path: str) -> str:
    """Requests for a page, and for the background requests that it makes when loaded."""
    before = counted(stage, lambda: stage.ours.get(path))
    html = stage.ours.get(path).text
    asked = re.finditer(r"<[^>]*hx-trigger=\"load[^\"]*\"[^>]*>", html)
    urls = [unescape(found[1]) for tag in asked if (found := re.search(r'hx-get="([^"]+)"', tag[0]))]
    return f"{before}+{sum(counted(stage, partial(stage.ours.get, url)) for url in urls)}"


def until_idle() -> None:
    """Wait until the worker has done what was queued."""
    while DBTaskResult.objects.filter(queue_name__in=("saves", "reads")).exclude(finished_at__isnull=False).exists():
        time.sleep(0.01)  # the worker is another process, and sends no signal when its queue is empty


def counted(stage: Stage, act: Callable[[], object]) -> int:
    """Return how many requests the vendor sees during one action."""
    stage.sandbox.clear_requests()
    act()
    until_idle()
    return len(stage.sandbox.requests(END_USER))
