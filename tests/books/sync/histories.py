"""A vendor with a history: people change, move, merge, delete and pay, while the clock of their PC jumps.

A deleted payment is seen by the daily reading alone, and so is one moved that no refresh has told of: until then the
figures that it moved away from may be old, and only these.
A clock more than the overlap behind the right time is left out, and so is the deletion or merge of a customer whom
other records name.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from books.models import ReadState, Record, SyncRun
from books.sync import balances, marks, reader, refresh
from tenants.models import Tenant
from tests.support.vendor import Sandbox

READ = ("customers", "bills", "deleted", "balances")
HOUR = 3_600
# Seconds after the right time: right, the two ends of daylight saving, set wrong by hand, and the year 2031.
CLOCKS = (0, 0, 0, HOUR, -HOUR, -50 * 60, 29 * 60, 3 * 86_400, 5 * 365 * 86_400)
MOST = 40  # customers and bills, so that a list stays one page
DEEPEST = 4  # the level of the lowest job
# What a payment moves, by kind.
FIGURES = {"customers": ("balance", "totalBalance"), "bills": ("isPaid", "openAmount", "linkedTransactions")}
Made = dict[str, Any]
Rows = list[Made]
Keys = list[tuple[str, str]]  # (kind, id)


class Clock:
    """Our own clock, which a test moves on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class History:
    """One company whose books go on; `step` does one thing in them, `refresh` reads them as the worker does."""

    def __init__(self, sandbox: Sandbox, tenant: Tenant, clock: Clock, seed: int) -> None:
        self.sandbox, self.tenant, self.clock = sandbox, tenant, clock
        self.chance, self.done = random.Random(seed), Counter[str]()
        self.steps: list[Callable[[], None]] = [
            *(self.change, self.rename, self.move, self.merge, self.delete, self.add, self.add_bill),
            *(self.invoice, self.pay, self.pay, self.pay_bill, self.pay_bill, self.correct, self.delete_bill),
            *(self.rename_any, self.move_any, self.delete_payment, self.move_payment),
        ]
        self.off, self.number, self.booked = 0, 0, list[str]()
        self.unseen: dict[tuple[str, str], datetime] = {}  # whose figures have moved untold, and when
        self.settle_totals()  # those of the documented customers do not add up
        refresh.queue_stale(tenant)
        SyncRun.objects.filter(tenant=tenant).exclude(kind__in=READ).delete()
        self.refresh()

    def live(self, steps: int) -> None:
        """Let time pass, the clock jump sometimes, and people do some things."""
        self.clock.ahead += timedelta(minutes=self.chance.choice((1, 5, 30, 90, 200, 1500)))
        if self.chance.random() < 0.4:
            self.off = self.chance.choice(CLOCKS)
            self.done["clock set"] += 1
        self.control("clock", seconds=int(self.clock.ahead.total_seconds()) + self.off)
        for _ in range(steps):
            step = self.chance.choice(self.steps)
            step()

    def refresh(self) -> None:
        """Read what has changed, as the worker does for a company that somebody looks at."""
        SyncRun.objects.filter(tenant=self.tenant).update(state=ReadState.QUEUED, slices_done=0)
        while reader.read_next(self.tenant):
            pass
        read = dict(SyncRun.objects.filter(tenant=self.tenant).values_list("kind", "full_at"))
        self.unseen = {(kind, id): at for (kind, id), at in self.unseen.items() if at >= (read[kind] or at)}

    def refresh_daily(self) -> None:
        """Read everything, as the worker does once a day."""
        yesterday = timezone.now() - marks.FULL_EVERY - timedelta(hours=1)
        SyncRun.objects.filter(tenant=self.tenant).update(full_at=yesterday)
        self.refresh()
        assert self.unseen == {}, "the daily reading finds deleted and moved payments"

    def books(self) -> dict[str, dict[str, Made]]:
        """Everything in the books now, by kind and id."""
        return {kind: {row["id"]: row for row in self.list(kind)} for kind in ("customers", "bills")}

    def copy(self) -> dict[str, dict[str, Made]]:
        """The same of our copy."""
        found: dict[str, dict[str, Made]] = {"customers": {}, "bills": {}}
        rows = Record.objects.filter(tenant=self.tenant, kind__in=found, deleted_at=None).select_related("version")
        for row in rows:
            assert row.version is not None, "every record has a version"
            found[row.kind][row.remote_id] = json.loads(row.version.content)
        return found

    def compare(self) -> list[str]:
        """What differs between the two, in words; nothing if the copy equals the books."""
        ours, theirs = self.copy(), self.books()
        ids = [(kind, id) for kind in ours for id in sorted({*ours[kind], *theirs[kind]})]
        for kind, id in self.unseen:
            if id in ours[kind] and id in theirs[kind]:
                ours[kind][id] |= {name: theirs[kind][id][name] for name in FIGURES[kind]}
        return [
            f"{kind} {id}: {_differ(ours[kind].get(id), theirs[kind].get(id))}"
            for kind, id in ids
            if ours[kind].get(id) != theirs[kind].get(id)
        ]

    def list(self, kind: str) -> list[Made]:
        more = {"customers": {"status": "all"}, "bills": {"includeLinkedTransactions": "true"}}.get(kind, {})
        rows: list[Made] = self.sandbox.get(f"/quickbooks-desktop/{kind}", self.tenant.end_user_id, **more)["data"]
        return rows

    def control(self, what: str, **members: Any) -> Any:
        return self.sandbox.control(what, endUserId=self.tenant.end_user_id, **members)

    def customer(self) -> Made:
        return self.chance.choice(self.list("customers"))

    def loose(self) -> Made | None:
        """A customer whose name no other record shows."""
        customers, shown = self.list("customers"), str(self.list("bills"))
        parents = {row["parent"]["id"] for row in customers if row["parent"]}
        free = [row for row in customers if row["id"] not in parents and f"'id': '{row['id']}', 'full" not in shown]
        return self.chance.choice(free) if free else None

    def name(self) -> str:
        self.number += 1
        return f"Name {self.number}"

    def edit(self, what: str, kind: str, id: str, **changes: Any) -> None:
        self.done[what] += 1
        self.control("change", resource=kind, id=id, changes=changes)

    def change(self) -> None:
        self.edit("changed", "customers", self.customer()["id"], phone=self.name())

    def rename(self) -> None:
        if one := self.loose():
            self.edit("renamed", "customers", one["id"], name=self.name())

    def move(self) -> None:
        one, tops = self.loose(), [row for row in self.list("customers") if row["sublevel"] == 0]
        if one and (tops := [top for top in tops if top["id"] != one["id"]]):
            self.edit("moved", "customers", one["id"], name=self.name(), parentId=self.chance.choice(tops)["id"])
            self.settle_totals()

    def rename_any(self) -> None:
        """Another name for a customer, its jobs, and whatever refers to them, which keep their revisions."""
        one = self.customer()
        self.edit("renamed with jobs" if self.list_below(one) else "renamed", "customers", one["id"], name=self.name())

    def move_any(self) -> None:
        """Another parent for a customer with its jobs."""
        one = self.customer()
        below = self.list_below(one)
        depth = max((row["sublevel"] for row in below), default=one["sublevel"]) - one["sublevel"]
        tops = [row for row in self.list("customers") if row["sublevel"] == 0 and row["id"] != one["id"]]
        if tops and depth < DEEPEST:
            what = "moved with jobs" if below else "moved"
            self.edit(what, "customers", one["id"], name=self.name(), parentId=self.chance.choice(tops)["id"])
            self.settle_totals()

    def list_below(self, one: Made) -> Rows:
        return [row for row in self.list("customers") if row["fullName"].startswith(f"{one['fullName']}:")]

    def settle_totals(self) -> None:
        """Let every total be that of the customer and its jobs, as QuickBooks computes it, without a new revision."""
        rows = self.list("customers")
        for row in rows:
            below = [one for one in rows if f"{one['fullName']}:".startswith(f"{row['fullName']}:")]
            total = f"{sum(round(100 * float(one['balance'])) for one in below) / 100:.2f}"
            if total != row["totalBalance"]:
                self.control("change", resource="customers", id=row["id"], changes={"totalBalance": total}, quiet=True)

    def merge(self) -> None:
        one, into = self.loose(), self.customer()
        if one and into["id"] != one["id"]:
            self.done["merged"] += 1
            self.control("merge", id=one["id"], into=into["id"])

    def delete(self) -> None:
        if (one := self.loose()) and float(one["totalBalance"]) == 0:
            self.done["deleted"] += 1
            self.control("change", resource="customers", id=one["id"], delete=True)

    def add(self) -> None:
        if len(self.list("customers")) < MOST:
            self.done["added"] += 1
            parent = self.chance.choice([{}, {"parentId": self.loose_top()}])
            self.sandbox.post("/quickbooks-desktop/customers", self.tenant.end_user_id, name=self.name(), **parent)

    def loose_top(self) -> str:
        tops = [row["id"] for row in self.list("customers") if row["sublevel"] == 0]
        return str(self.chance.choice(tops))

    def add_bill(self) -> None:
        bills = self.list("bills")
        if bills and len(bills) < MOST:
            self.done["billed"] += 1
            like = self.chance.choice(bills)
            line = {"accountId": "80000003-1234567890", "amount": "10.00"}
            body = {"vendorId": like["vendor"]["id"], "transactionDate": "2026-11-20", "expenseLines": [line]}
            self.sandbox.post("/quickbooks-desktop/bills", self.tenant.end_user_id, **body)

    def invoice(self) -> None:
        self.book("invoiced", customerId=self.customer()["id"], transactionType="invoice")

    def pay(self) -> None:
        self.book("paid", customerId=self.customer()["id"])

    def pay_bill(self) -> None:
        if unpaid := [bill for bill in self.list("bills") if not bill["isPaid"]]:
            bill = self.chance.choice(unpaid)
            amount = self.chance.choice([bill["openAmount"], "1.00"])
            self.book("bills paid", billId=bill["id"], amount=amount)

    def book(self, what: str, **members: Any) -> None:
        self.done[what] += 1
        amount = {"amount": f"{self.chance.randrange(1, 50)}.25"}
        self.booked.append(self.control("book", **{**amount, **members})["transactionId"])

    def correct(self) -> None:
        """Give a payment or an invoice another amount."""
        if self.booked:
            key = self.chance.choice(self.booked)
            answer = self.sandbox.http.post(
                "/_sandbox/book", json={"endUserId": self.tenant.end_user_id, "transactionId": key, "amount": "3.10"}
            )
            self.done["corrected" if answer.is_success else "not corrected"] += 1

    def delete_payment(self) -> None:
        """Delete a payment or an invoice, of which no list of the vendor tells."""
        if not self.booked:
            return
        key = self.booked.pop(self.chance.randrange(len(self.booked)))
        members = {"endUserId": self.tenant.end_user_id, "transactionId": key, "delete": True}
        linked = self.list_linked(key)
        answer = self.sandbox.http.post("/_sandbox/book", json=members)
        self.done["payments deleted" if answer.is_success else "payments not deleted"] += 1
        if answer.is_success:
            owner = answer.json()["entity"]["id"]
            self.unseen |= dict.fromkeys(linked or self.list_above(owner), timezone.now())

    def move_payment(self) -> None:
        """Give a payment or an invoice to another customer; of its former one no list of the vendor tells."""
        entities = {one["transactionId"]: one["entity"]["id"] for one in self.list("transactions")}
        if not (keys := [key for key in self.booked if key in entities and not self.list_linked(key)]):
            return
        key = self.chance.choice(keys)
        self.control("book", transactionId=key, customerId=self.customer()["id"])
        is_known = key in balances.load_known(SyncRun.objects.get(tenant=self.tenant, kind="balances").seen)
        self.done["payments moved" if is_known else "payments moved untold"] += 1
        if not is_known:
            self.unseen |= dict.fromkeys(self.list_above(entities[key]), timezone.now())

    def list_linked(self, key: str) -> Keys:
        """The bills that a payment is of."""
        return [("bills", bill["id"]) for bill in self.list("bills") if key in str(bill["linkedTransactions"])]

    def list_above(self, id: str) -> Keys:
        """A customer and all above, whose totals include its balance."""
        customers = {row["id"]: row for row in self.list("customers")}
        found: Keys = []
        while id in customers:
            found.append(("customers", id))
            id = (customers[id]["parent"] or {"id": ""})["id"]
        return found

    def delete_bill(self) -> None:
        if len(bills := self.list("bills")) > 3:
            self.done["bills deleted"] += 1
            self.control("change", resource="bills", id=self.chance.choice(bills)["id"], delete=True)


def _differ(ours: Made | None, theirs: Made | None) -> str:
    if ours is None or theirs is None:
        return "not in the copy" if ours is None else "not in the books"
    return ", ".join(f"{name} {ours[name]!r} is {theirs[name]!r}" for name in theirs if ours.get(name) != theirs[name])
