"""A bulk change in a desk of real processes: planned, started, watched, and counted at the vendor and in its rows."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import html

from edits.batches.progress import compute_mean_gap
from tests.support.inputs import inputs
from tests.support.running import wait_until

from .killing import COMPANIES, KilledDesk, Page

PLAN = """
from django.contrib.auth.models import User
from books.mirror import lookup
from books.models import Record
from edits.batches.plan import plan_batch
from edits.batches.proposals import Proposal
from tenants.access import find_member
from tenants.models import Tenant
bob, found = User.objects.get(username="bob"), []
for tenant in Tenant.objects.filter(slug__in={slugs}):
    member = find_member(tenant, bob)
    own = Record.objects.filter(tenant=tenant, kind="customers", deleted_at=None, is_active=True)
    for record in own.select_related("version", "tenant").order_by("remote_id")[:{each}]:
        phone = "9{tag}-" + str(len(found)).zfill(5)
        found.append(Proposal(member, record, record.version, lookup.get_content(record).replace(phone=phone)))
print(plan_batch(bob, found, kind="customers", title="Phones", source="").pk)
"""
ITEMS = """SELECT item.number, item.step, COALESCE(edit.state, ''), item.remote_id, tenant.slug, item.wanted
    FROM edits_batchitem item
    JOIN tenants_tenant tenant ON tenant.id = item.tenant_id
    LEFT JOIN edits_edit edit ON edit.id = item.edit_id WHERE item.batch_id = ? ORDER BY item.number"""


@dataclass(frozen=True)
class Ended:
    """One record of a bulk change as it ended: its step, the state of its edit, and which customer it is."""

    number: int
    step: str
    state: str
    key: str
    slug: str
    wanted: str

    @property
    def phone(self) -> str:
        return str(json.loads(self.wanted)["phone"])


class RunningBatch:
    """One bulk change of phone numbers, each of which no other record has."""

    def __init__(self, killed: KilledDesk, number: int) -> None:
        self.killed, self.number, self.url = killed, number, f"/batches/{number}/"

    @classmethod
    def plan(cls, killed: KilledDesk, slugs: tuple[str, ...], each: int, tag: int) -> "RunningBatch":
        """Plan one of so many customers in each company."""
        said = killed.run.manage("shell", "-c", PLAN.format(slugs=list(slugs), each=each, tag=tag))
        return cls(killed, int(said.split()[-1]))

    def press(self, do: str) -> str:
        """Press a button of its page, and return where that leads."""
        with self.killed.browser() as browser:
            page = Page(browser.get(self.url))
            token = inputs(page, "batch-form")["csrfmiddlewaretoken"] if do == "start" else _find_token(page)
            typed = {"csrfmiddlewaretoken": token, "do": do}
            answer = browser.post(self.url, data=typed, headers={"Referer": f"{self.killed.run.url}{self.url}"})
            assert answer.status_code == 302, answer.text[:2000]
            return str(answer.headers["Location"])

    def undo(self) -> "RunningBatch":
        """Plan its undo."""
        return RunningBatch(self.killed, int(self.press("undo").split("/")[2]))

    def list_items(self) -> list[Ended]:
        return [Ended(*row) for row in self.killed.rows(ITEMS, self.number)]

    def count_begun(self) -> int:
        return sum(item.step == "begun" for item in self.list_items())

    def is_ended(self) -> bool:
        return self.killed.rows("SELECT state FROM edits_batch WHERE id = ?", self.number) == [("ended",)]

    def count_ends(self) -> Counter[str]:
        return Counter(item.state or item.step for item in self.list_items())

    def until_ended(self, within: float) -> None:
        wait_until(self.is_ended, within=within)


def _find_token(page: Page) -> str:
    return str(html.fromstring(page.content.decode()).xpath("//input[@name='csrfmiddlewaretoken']/@value")[0])


def count_at_vendor(killed: KilledDesk, items: list[Ended]) -> list[tuple[int, int]]:
    """Return of each record how often its wanted phone number became the record's, and how often it was accepted.

    An update without an answer counts as accepted.
    """
    sent = [one for one in killed.sandbox.requests() if one["method"] == "POST" and one["status"] in (200, None)]
    accepted = Counter((one["path"].rpartition("/")[2], str((one["body"] or {}).get("phone"))) for one in sent)
    landed = [sum(one["phone"] == item.phone for one in _read_history(killed, item)) for item in items]
    return [(count, accepted[item.key, item.phone]) for item, count in zip(items, landed, strict=True)]


def measure_estimate(killed: KilledDesk, batch: "RunningBatch", slug: str, after: int) -> tuple[float, float]:
    """Return what the page says after so many records of a company the rest will take, and what it took, in seconds."""
    asked = """SELECT edit.sent_at, edit.settled_at FROM edits_edit edit JOIN tenants_tenant t ON t.id = edit.tenant_id
        WHERE edit.batch_id = ? AND slug = ? ORDER BY edit.sent_at"""
    rows = [[datetime.fromisoformat(str(one)) for one in row] for row in killed.rows(asked, batch.number, slug)]
    begun = [sent for sent, _ in rows]
    took = (rows[-1][1] - begun[after - 1]).total_seconds()
    return compute_mean_gap(begun[:after]) * (len(rows) - after + 1), took


def read_phones(killed: KilledDesk, items: list[Ended]) -> dict[tuple[str, str], Any]:
    """Return the phone number of each record as the vendor has it now; it has no history of what was never written."""
    asked = "SELECT slug, remote_id, phone FROM books_record r JOIN tenants_tenant t ON t.id = r.tenant_id"
    known = {(slug, key): phone for slug, key, phone in killed.rows(f"{asked} WHERE kind = 'customers'")}
    found = {(item.slug, item.key): _read_history(killed, item) for item in items}
    return {key: history[-1]["phone"] if history else known[key] for key, history in found.items()}


def _read_history(killed: KilledDesk, item: Ended) -> list[dict[str, Any]]:
    query = {**COMPANIES[item.slug], "resource": "customers", "id": item.key}
    found: list[dict[str, Any]] = killed.sandbox.http.get("/_sandbox/history", params=query).json()
    return found
