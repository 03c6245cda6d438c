"""A save: the time until its page answers, and until the change is in the books, less the vendor's own time."""

import http.client
import json
import time
from collections.abc import Sequence
from functools import partial
from statistics import median
from urllib.parse import urlsplit

from django.db.models import QuerySet

from books.models import Record
from edits.models.edit import Edit, State
from tests.support.inputs import inputs
from tests.support.vendor import KEY

from .figures import Figure, limited, milliseconds
from .stage import END_USER, SLUG, Stage

TIMES = 60
TIMES_HANGING = 20
HANGS = {"fault": "slow", "seconds": 600, "count": None}
MOST = 40.0
MOST_ADDED = 150.0


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
    """Measure both kinds of save alternately, on two customers; then saves to a vendor that hangs."""
    ours, other, *further = find_customers()[: 2 + TIMES_HANGING]
    straight = Straight(stage.sandbox.url, other.remote_id, other.revision)
    page = f"/t/{SLUG}/customers/{ours.remote_id}/edit"
    answered, desk, vendor = [], [], []
    for number in range(TIMES + 1):
        phone = f"555-{number:04d}"
        form = inputs(stage.ours.get(page)) | {"phone": phone}
        began = time.perf_counter()
        answered.append(milliseconds(partial(stage.ours.post, page, form)))
        until_saved(ours)
        desk.append(1000 * (time.perf_counter() - began))
        vendor.append(milliseconds(partial(straight.save, f"555-{number:04d}")))
    added = median(mine - alone for mine, alone in zip(desk[1:], vendor[1:], strict=True))
    return [
        limited("save, until the page answers", median(answered[1:]), MOST, "ms"),
        limited("save, from queued to saved, on top of the vendor's own time", added, MOST_ADDED, "ms"),
        Figure("  until the page answers, at its best", f"{min(answered[1:]):.1f} ms"),
        limited(
            "save, until the page answers, vendor hangs: longest",
            max(answer_beside_hanging(stage, further)),
            MOST,
            "ms",
        ),
    ]


def find_customers() -> QuerySet[Record]:
    """The company's customers, newest first."""
    return Record.objects.filter(tenant__slug=SLUG, kind="customers", deleted_at__isnull=True).order_by("-id")


def answer_beside_hanging(stage: Stage, records: Sequence[Record]) -> list[float]:
    """Milliseconds until each save's page answers, while the vendor answers nothing. Its edits are left unsaved."""
    stage.sandbox.control("faults", **HANGS, endUserId=END_USER)
    took = []
    for record in records:
        page = f"/t/{SLUG}/customers/{record.remote_id}/edit"
        form = inputs(stage.ours.get(page)) | {"phone": "555-0199"}
        took.append(milliseconds(partial(stage.ours.post, page, form)))
    return took


def until_saved(record: Record) -> None:
    """Wait until the newest edit of a record is saved."""
    newest = Edit.objects.filter(remote_id=record.remote_id).order_by("-pk")
    while newest.values_list("state", flat=True).first() != State.SAVED:
        time.sleep(0.001)  # another process saves it, and sends no signal here
