"""A company with a few customers and bills, reset for each example of the machine, and the requests of people."""

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import store
from books.providers.lock import RequestPriority
from edits.models.edit import Edit
from tenants.models import Tenant
from tests.support.vendor import Sandbox

from .ledger import ABC, Place

CUSTOMERS = ("80000001-1234567890", "80000009-1234567890")
VENDOR = "80000001-1234567890"
ACCOUNT = "80000004-1234567890"
PROVEN_UNWRITTEN = (429, 502)


@dataclass
class Stage:
    """`people` are signed in; `said` counts events for the figures. `begin` and `end` enclose an example."""

    tenant: Tenant
    sandbox: Sandbox
    people: Mapping[str, Client]
    item: str
    said: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    before: str = ""

    def begin(self) -> None:
        self.sandbox.reset()
        self.before = transaction.savepoint()
        bills = [self._new_bill(number) for number in ("A-1", "B-2")]
        self.places = [("customers", key) for key in CUSTOMERS] + [("bills", key) for key in bills]
        self.refresh()
        self.sandbox.clear_requests()

    def end(self) -> None:
        self.sandbox.reset()
        transaction.savepoint_rollback(self.before)

    def _new_bill(self, number: str) -> str:
        expenses = [{"accountId": ACCOUNT, "amount": f"{n}0.00", "memo": f"{number} expense {n}"} for n in (1, 2, 3)]
        items = [
            {"itemId": self.item, "quantity": n, "cost": "3.00", "description": f"{number} item {n}"} for n in (1, 2)
        ]
        made = self.sandbox.post(
            "/quickbooks-desktop/bills",
            ABC,
            vendorId=VENDOR,
            transactionDate="2026-11-02",
            refNumber=number,
            memo=f"{number} memo",
            expenseLines=expenses,
            itemLines=items,
        )
        return str(made["id"])

    def refresh(self) -> None:
        """Do the background read: refresh the mirror, or leave it unchanged if the vendor fails."""
        client = registry.make_client(self.tenant, RequestPriority.SYNC)
        for kind in ("customers", "bills"):
            table = registry.get_table(self.tenant, kind)
            for page in client.pages(table):
                store.store_page(self.tenant, table, page.rows, timezone.now())

    def form_url(self, place: Place) -> str:
        return f"/t/{self.tenant.slug}/{place[0]}/{place[1]}/edit"

    def edit_url(self, pk: int) -> str:
        return f"/t/{self.tenant.slug}/edits/{pk}/"

    def post(self, person: str, url: str, inputs: Mapping[str, str]) -> Any:
        """Post a form, its boxes ticked and its total confirmed if it asks; at most one write is sent."""
        answer = self.people[person].post(url, inputs)
        for asks, reply in (("asked", ticked), ("total_differs", confirmed)):
            if answer.status_code == 422 and answer.context and answer.context.get(asks) and (more := reply(answer)):
                self.said[f"{asks} and agreed"] += 1
                inputs = {**inputs, **more}
                answer = self.people[person].post(url, inputs)
        self.said[f"answered {answer.status_code}"] += 1
        return answer

    def writing(self, work: Callable[[], Any], *, most: int) -> Any:
        """Do the work and count the writes sent: one more only after an answer that proves nothing was written."""
        self.sandbox.clear_requests()
        done = work()
        statuses = [request["status"] for request in self.sandbox.requests(ABC) if request["method"] == "POST"]
        repeats = [status for status in statuses[:-1] if status in PROVEN_UNWRITTEN]
        assert len(statuses) - len(repeats) <= most, f"written {len(statuses)} times: {statuses}"
        self.said["writes sent"] += len(statuses)
        return done

    def newest(self) -> int:
        """Return the id of the newest edit."""
        return Edit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def ticked(page: Any) -> dict[str, str]:
    """Every box of a page that asks for agreement, ticked."""
    return dict.fromkeys(re.findall(r'name="(confirm-\w+)"', page.content.decode()), "on")


def confirmed(page: Any) -> dict[str, str]:
    """The total that a page shows, once more."""
    return {"total_seen": str(page.context["total_differs"].would_be)}


def choices_on(page: Any) -> set[str]:
    """Return the keys that a conflict page wants decided."""
    return {html.unescape(key) for key in re.findall(r'name="choice-([^"]+)"', page.content.decode())}
