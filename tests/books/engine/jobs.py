"""Tasks for the engine's tests: each notes when it began and ended, and waits like one that asks a vendor."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django_tasks import task

from books.providers import slot
from books.providers.lock import RequestPriority, hold_line
from tenants.models import Tenant


@dataclass
class Noted:
    """What the tasks of one test did."""

    order: list[str] = field(default_factory=list)
    at_once: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    most_of_one: int = 0
    most_of_all: int = 0
    goes_on: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, company: int, name: str) -> None:
        with self.lock:
            self.order.append(name)
            self.at_once[company] += 1
            self.most_of_one = max(self.most_of_one, self.at_once[company])
            self.most_of_all = max(self.most_of_all, sum(self.at_once.values()))

    def end(self, company: int) -> None:
        with self.lock:
            self.at_once[company] -= 1


noted = Noted()


@task(queue_name="saves")
def wait(tenant_id: int, name: str = "", seconds: float = 20.0) -> None:
    """Wait, like for an answer, until the test lets all go on."""
    noted.begin(tenant_id, name)
    with slot.waiting():
        noted.goes_on.wait(seconds)
    noted.end(tenant_id)


@task(queue_name="saves")
def pause(tenant_id: int, name: str = "", seconds: float = 0.02) -> None:
    """Use the database, wait a moment as for an answer, and use it again."""
    noted.begin(tenant_id, name)
    connection.ensure_connection()
    with slot.waiting():
        time.sleep(seconds)  # the vendor's time to answer, which is what other threads may use
    connection.ensure_connection()
    noted.end(tenant_id)


@task(queue_name="reads")
def look(tenant_id: int, name: str = "") -> None:
    """Note that it ran."""
    noted.begin(tenant_id, name)
    noted.end(tenant_id)


@task(queue_name="sync")
def read_pages(tenant_id: int, pages: int) -> None:
    """A background read of several pages, each of which takes its turn."""
    for number in range(pages):
        with hold_line(Tenant(pk=tenant_id), RequestPriority.SYNC):
            noted.begin(tenant_id, f"page {number}")
            with slot.waiting():
                if number == 0:
                    noted.goes_on.wait(20)
            noted.end(tenant_id)


@task(queue_name="saves")
def fail(tenant_id: int) -> None:
    """Fail."""
    raise ZeroDivisionError


@task(queue_name="saves")
def stay_silent(tenant_id: int) -> None:
    """Note that no answer came."""
    slot.note_answer(came=False)
