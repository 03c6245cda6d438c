"""Overhead of a save: the time of its POST less the time of the same update sent directly to the vendor."""

import http.client
import json
from functools import partial
from statistics import median
from urllib.parse import urlsplit

from books.models import Record
from tests.support.inputs import inputs
from tests.support.vendor import KEY

from .figures import Figure, limited, milliseconds
from .stage import END_USER, SLUG, Stage

TIMES = 60
MOST = 12.0


class Straight:
    """One customer, updated without Ledgerdesk over a keep-alive connection, like that of Ledgerdesk's client."""

    def __init__(self, url: str, remote_id: str, revision: str) -> None:
        self.line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.path, self.revision = f"/v1/quickbooks-desktop/customers/{remote_id}", revision
        self.headers = {"Authorization": f"Bearer {KEY}", "Conductor-End-User-Id": END_USER}
        self.headers["Content-Type"] = "application/json"

    def save(self, phone: str) -> None:
        body = json.dumps({"revisionNumber": self.revision, "phone": phone})
        self.line.request("POST", self.path, body, self.headers)
        answer = self.line.getresponse()
        record = json.loads(answer.read())
        assert answer.status == 200, record
        self.revision = record["revisionNumber"]


def figures(stage: Stage) -> list[Figure]:
    """Measure both kinds of save alternately, on two customers."""
    rows = Record.objects.filter(tenant__slug=SLUG, kind="customers", deleted_at__isnull=True).order_by("-id")
    ours, other = rows[:2]
    straight = Straight(stage.sandbox.url, other.remote_id, other.revision)
    page = f"/t/{SLUG}/customers/{ours.remote_id}/edit"
    desk, vendor = [], []
    for number in range(TIMES + 1):
        form = inputs(stage.ours.get(page)) | {"phone": f"555-{number:04d}"}
        desk.append(milliseconds(partial(stage.ours.post, page, form)))
        vendor.append(milliseconds(partial(straight.save, f"555-{number:04d}")))
    added = median(mine - alone for mine, alone in zip(desk[1:], vendor[1:], strict=True))
    medians = f"{median(desk[1:]):.1f} − {median(vendor[1:]):.1f} ms"
    best = f"{min(desk[1:]):.1f} − {min(vendor[1:]):.1f} ms"
    return [
        limited("save, on top of the vendor's own time", added, MOST, "ms"),
        Figure("  whole save − vendor alone, medians", medians),
        Figure("  the same at their best, with the machine to themselves", best),
    ]
