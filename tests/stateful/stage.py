"""A company with a few records, reset for each example of the machine, and the requests of people."""

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from books import registry
from books.mirror import store
from books.models import Record
from books.providers.lock import RequestPriority
from edits.models.edit import Edit
from records.fields import Field
from tests.support.people import PatientClient

from .clock import Clock
from .companies import Company, Place
from .typing import Typist


@dataclass
class Stage:
    """`people` are signed in; `said` counts events for the figures. `begin` and `end` enclose an example.

    `prepare` makes the records that an example is about.
    """

    company: Company
    people: Mapping[str, PatientClient]
    clock: Clock
    prepare: Callable[[], list[Place]]
    said: Counter[str] = field(default_factory=Counter)
    touched: set[tuple[str, str]] = field(default_factory=set)
    places: list[Place] = field(default_factory=list)
    typists: dict[str, Typist] = field(default_factory=dict)
    statuses: list[int | None] = field(default_factory=list)  # of the writes sent last
    before: str = ""

    def begin(self) -> None:
        self.clock.begin()
        self.company.sandbox.reset()
        self.before = transaction.savepoint()
        self.places = self.prepare()
        self.refresh()
        self.company.sandbox.clear_requests()
        if not self.typists:
            layouts, entries = self.company.layouts, self._entries()
            self.typists = {kind: Typist(one, entries, self._toucher(kind)) for kind, one in layouts.items()}

    def _entries(self) -> dict[str, list[tuple[str, str]]]:
        """Return the entries of each picker, without those whose id another entry of it has in the sandbox."""
        pickers = registry.get_description(self.company.tenant).pickers
        records = Record.objects.filter(tenant=self.company.tenant).order_by("full_name")
        rows = {
            name: list(records.filter(kind__in=kinds).values_list("full_name", "remote_id"))
            for name, kinds in pickers.items()
        }
        times = {name: Counter(key for _, key in found) for name, found in rows.items()}
        return {name: [row for row in found if times[name][row[1]] == 1] for name, found in rows.items()}

    def _toucher(self, kind: str) -> Callable[[Field], None]:
        return lambda f: self.touched.add((f"{kind}: {f.kind}", f.name))

    def end(self) -> None:
        self.company.sandbox.reset()
        transaction.savepoint_rollback(self.before)

    def refresh(self) -> None:
        """Do the background read: refresh the mirror, or leave it unchanged if the vendor fails."""
        tenant = self.company.tenant
        client = registry.make_client(tenant, RequestPriority.SYNC)
        for kind in self.company.layouts:
            table = registry.get_table(tenant, kind)
            for page in client.pages(table):
                store.store_page(tenant, table, page.rows, timezone.now())

    def is_gone(self, place: Place) -> bool:
        """Whether Ledgerdesk takes a record for deleted, as the vendor has once said so."""
        kind, key = place
        held = Record.objects.filter(tenant=self.company.tenant, kind=kind, remote_id=key)
        return held.filter(deleted_at__isnull=False).exists()

    def form_url(self, place: Place) -> str:
        return f"/t/{self.company.tenant.slug}/{place[0]}/{place[1]}/edit"

    def edit_url(self, pk: int) -> str:
        return f"/t/{self.company.tenant.slug}/edits/{pk}/"

    def post(self, person: str, url: str, inputs: Mapping[str, str], *, waits: bool = True) -> Any:
        """Post a form, its boxes ticked and its total confirmed if it asks; at most one write is sent.

        If nobody `waits`, the worker sends it later.
        """
        send = self.people[person].post if waits else self.people[person].post_only
        answer = send(url, inputs)
        for asks, reply in (("asked", ticked), ("total_differs", confirmed)):
            if answer.status_code == 422 and answer.context and answer.context.get(asks) and (more := reply(answer)):
                self.said[f"{asks} and agreed"] += 1
                inputs = {**inputs, **more}
                answer = send(url, inputs)
        self.said[f"answered {answer.status_code}"] += 1
        return answer

    def writing(self, work: Callable[[], Any], *, most: int) -> Any:
        """Do the work and count the writes sent: one more only after an answer that proves nothing was written."""
        self.company.sandbox.clear_requests()
        done = work()
        self.statuses = statuses = self.company.list_writes()
        repeats = [status for status in statuses[:-1] if status in self.company.unwritten]
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
