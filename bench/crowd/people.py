"""People of many companies: each has one, is signed in, and saves a customer's phone number as a browser does."""

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from bench.visiting import Answer, Visitor
from tests.support.inputs import inputs

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from tenants.models import Tenant

    from .stage import Crowd

MOST_LOOKS = 40
LOOKS_FOR = 60.0  # seconds; a browser would go on
FORMS_AT_ONCE = 4
WARMING = 12


@dataclass
class Person:
    """A bookkeeper of one company, with a customer to change. Moments are of `time.time`."""

    tenant: "Tenant"
    visitor: Visitor
    page: str
    inputs: dict[str, str] = field(default_factory=dict)
    posted_at: float = 0.0
    answered_ms: float = 0.0
    looks: int = 0
    problem: str = ""  # why it was not accepted
    look_problem: str = ""  # why the page did not show the outcome
    has_script: bool = True

    def open_form(self, phone: str) -> None:
        """Open the form and type a number."""
        self.inputs = inputs(self.visitor.get(f"{self.page}edit")) | {"phone": phone}
        self.problem, self.look_problem, self.looks = "", "", 0

    def save(self, *, waits: bool) -> None:
        """Press Save. `waits`: stay on the form, which looks how the save goes as often as it is told, until it ends.

        Then the browser opens the record's page, which says so.
        """
        self.posted_at, started = time.time(), time.perf_counter()
        try:
            answer = self._press_save()
            self.answered_ms = 1000 * (time.perf_counter() - started)
        except (RuntimeError, OSError) as error:  # RuntimeError: not the expected response
            self.problem = f"{self.tenant.slug}: {error!r}"
            return
        try:
            if waits:
                self._wait(answer)
        except (RuntimeError, OSError) as error:  # RuntimeError: not the expected response
            self.look_problem = f"{self.tenant.slug}: {error!r}"

    def _press_save(self) -> Answer:
        if self.has_script:
            return self._ask_behind(f"{self.page}edit", self.inputs, by="record-form", into="content")
        return self.visitor.post(f"{self.page}edit", self.inputs)

    def _wait(self, answer: Answer) -> None:
        """Ask what the Save bar asks, then open the page that the last answer leads to."""
        ends = time.monotonic() + LOOKS_FOR
        while ask := find_ask(answer.text):
            if self.looks >= MOST_LOOKS or time.monotonic() > ends:
                break
            time.sleep(ask.after)  # the page says when to look again
            answer = self._ask_behind(ask.address, by="save-look", into="save-state")
            self.looks += 1
        leave = re.search(r'data-leave="([^"]+)"', answer.text)
        if leave is None:
            raise RuntimeError(f"the page never showed the outcome, after {self.looks} looks")
        shown = unescape(leave[1])
        page = self.visitor.ask(shown, headers={})
        if live := find_ask(page.text, "live"):
            self._ask_behind(live.address, by="live", into="live", page=shown)

    def _ask_behind(
        self, address: str, data: Mapping[str, str] | None = None, *, by: str, into: str, page: str = ""
    ) -> Answer:
        """Ask as htmx does for the element `by` of a page, or of the form's, and puts the answer `into` another."""
        at = f"{self.visitor.url}{page or f'{self.page}edit'}"
        headers = {"HX-Request": "true", "HX-Current-URL": at, "HX-Trigger": by, "HX-Target": into}
        return self.visitor.ask(address, data, headers=headers)


class Ask(NamedTuple):
    """What a page asks by itself: where, and after how many seconds."""

    address: str
    after: float


def find_ask(html: str, by: str = "save-look") -> Ask | None:
    """Return what an element of a page or of a part asks soon, or the Save bar; None if it asks nothing."""
    for tag in re.findall(r"<[a-z]+\s[^>]*hx-trigger=\"[^\"]*\bload\b[^>]*>", html):
        trigger = re.search(r'hx-trigger="[^"]*\bload( delay:(\d+)ms)?', tag)
        address = re.search(r'hx-get="([^"]+)"', tag)
        if trigger and address and f'id="{by}"' in tag:
            return Ask(unescape(address[1]), int(trigger[2] or 0) / 1000)
    return None


def gather_people(crowd: "Crowd") -> list[Person]:
    """Add a bookkeeper to each company, signed in without a password, as hashing is slow on purpose.

    Some save once, so that the web has loaded what a save needs.
    """
    from books.models import Record

    customers = Record.objects.filter(kind="customers", deleted_at__isnull=True).order_by("-pk")
    one = dict(customers.values_list("tenant_id", "remote_id"))
    people = []
    for tenant, user in zip(crowd.tenants, add_bookkeepers(crowd.tenants), strict=True):
        visitor = Visitor(crowd.desk.url)
        visitor.cookies.update(make_session(user))
        people.append(Person(tenant, visitor, f"/t/{tenant.slug}/customers/{one[tenant.pk]}/"))
    open_forms(people[:WARMING], "First")
    save_all(people[:WARMING], 0.0, waits=True)
    return people


def add_bookkeepers(tenants: Sequence["Tenant"]) -> list["User"]:
    """Add a person for each company."""
    from django.contrib.auth.models import User

    from tenants.models import Membership, Role

    names = [f"clerk-{tenant.slug}" for tenant in tenants]
    User.objects.bulk_create(User(username=name, email=f"{name}@example.com", password="!") for name in names)  # noqa: S106 - no password opens it
    users = list(User.objects.filter(username__in=names).order_by("pk"))
    roles = [
        Membership(tenant=tenant, person=user, role=Role.BOOKKEEPER)
        for tenant, user in zip(tenants, users, strict=True)
    ]
    Membership.objects.bulk_create(roles)
    return users


def make_session(user: "User") -> dict[str, str]:
    """Return the cookie of a new session."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def choose_pages(people: Sequence[Person]) -> list[tuple[dict[str, str], list[str]]]:
    """Return the cookies of those who browse, and their pages: two lists and a record of their company."""
    return [
        (one.visitor.cookies, [f"/t/{one.tenant.slug}/customers/", f"/t/{one.tenant.slug}/bills/", one.page])
        for one in people
    ]


def open_forms(people: Sequence[Person], word: str) -> None:
    """Let everybody open their form, a few at a time. `word` differs from one measurement to the next."""

    def open_some(first: int) -> None:
        for number in range(first, len(people), FORMS_AT_ONCE):
            people[number].open_form(f"{word}-{number:04d}")

    run_together([partial(open_some, first) for first in range(FORMS_AT_ONCE)])


def save_all(people: Sequence[Person], over: float, *, waits: bool) -> float:
    """Let everybody save, in one instant or spread evenly over so many seconds; return when the first one did.

    Returns when all have been answered, or have seen the outcome if `waits`.
    """
    begins = time.time() + 0.5  # when all threads are there

    def save(number: int) -> None:
        time.sleep(max(0.0, begins + over * number / len(people) - time.time()))  # by the clock: that is the load
        people[number].save(waits=waits)

    run_together([partial(save, number) for number in range(len(people))])
    return begins


def run_together(acts: Sequence[Callable[[], object]]) -> None:
    """Run all in threads; return when all have ended."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
