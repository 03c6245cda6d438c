"""A desk of real processes that is killed in the middle of saves, and the state of its database and the vendor."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx

from tests.support import databases
from tests.support.inputs import inputs
from tests.support.running import RunningDesk, wait_until

# Two in QuickBooks, one in Bigcapital: how the sandbox's controls name them.
COMPANIES = {
    "larch": {"endUserId": "end_usr_wholesaler0001"},
    "harbor": {"endUserId": "end_usr_contractor0001"},
    "juniper": {"organizationId": "org_junipergrove01"},
}
PHONES = {"larch": "phone", "harbor": "phone", "juniper": "work_phone"}
UNSETTLED = ("queued", "sending", "unknown")
WRITES = ("POST", "PUT")


@dataclass
class Save:
    """One save of one customer by one person: the typed value, and the response in their browser, None for none."""

    slug: str
    key: str
    phone: str
    inputs: dict[str, str] = field(default_factory=dict)
    answer: int | None = None

    @property
    def url(self) -> str:
        return f"/t/{self.slug}/customers/{self.key}/edit"


class Page:
    """A page as `inputs` takes it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.content = answer.content


READ = """
from django.utils import timezone
from books import registry
from books.mirror import store
from books.providers.lock import RequestPriority
from tenants.models import Tenant
for tenant in Tenant.objects.filter(slug__in={slugs}):
    table = registry.get_table(tenant, "customers")
    for page in registry.make_client(tenant, RequestPriority.PERSON).pages(table):
        store.store_page(tenant, table, page.rows, timezone.now())
"""


class KilledDesk:
    """`run` is the desk; every save has a number of its own, so that each outcome can be identified.

    A company's customers are taken in turn, so that one that has been saved is settled long before it is saved again.
    """

    def __init__(self, run: RunningDesk, *, is_filled: bool = False) -> None:
        self.run, self.sandbox = run, run.sandbox
        self._lift_limits()
        if not is_filled:
            self._read_customers()
        self.cookies = httpx.Cookies()
        self.cookies = self._signed_in()
        self._keys = {slug: self._customers(slug) for slug in COMPANIES}
        self._count = 0

    def _read_customers(self) -> None:
        """Fill the mirrors of the companies with the customers that are saved."""
        self.run.manage("shell", "-c", READ.format(slugs=list(COMPANIES)))

    def _lift_limits(self) -> None:
        """Let the saves of a test be no more than Bigcapital allows; a sandbox that starts has limits again."""
        self.sandbox.limits(auth=None, default=None)

    def restart_vendor(self) -> None:
        """Start the vendor that was killed. The worker's first request must not meet the limits it starts with.

        It would count the many calls of the last minute against them, and wait for the minute to pass.
        """
        worker = self.run.desk.children["worker"]
        worker.send(signal.SIGSTOP)
        self.run.restart("sandbox")
        wait_until(self._vendor_answers)
        self._lift_limits()
        worker.send(signal.SIGCONT)

    def _signed_in(self) -> httpx.Cookies:
        with self.browser() as browser:
            browser.get("/accounts/login/")
            typed = {"login": "bob", "password": "demo", "csrfmiddlewaretoken": browser.cookies["desk_csrf"]}
            assert browser.post("/accounts/login/", data=typed).status_code == 302
            return browser.cookies

    def _customers(self, slug: str) -> Iterator[str]:
        """Yield the company's customers in turn."""
        asked = """SELECT remote_id FROM books_record record JOIN tenants_tenant tenant ON tenant.id = tenant_id
                   WHERE kind = 'customers' AND slug = ? ORDER BY remote_id"""
        return cycle([key for (key,) in self.rows(asked, slug)])

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Query the desk's database directly."""
        return databases.read_rows(self.run.desk.environment["DATABASE_URL"], sql, *values)

    def browser(self) -> httpx.Client:
        # No certificate is checked, and preparing to check one takes longer than a page.
        return httpx.Client(base_url=self.run.url, cookies=self.cookies, trust_env=False, timeout=60, verify=False)

    def typed(self, slug: str) -> Save:
        """Open a form and type into it."""
        self._count += 1
        save = Save(slug, next(self._keys[slug]), f"555-{self._count:05d}")
        with self.browser() as browser:
            save.inputs = inputs(Page(browser.get(save.url))) | {PHONES[slug]: save.phone, "save": "1"}
        return save

    def pressed(self, saves: Iterable[Save], until: Callable[[], None], *victims: str) -> None:
        """Press Save on all at once, kill the victims when `until` returns, and wait for a result in every browser."""
        threads = [threading.Thread(target=self._post, args=(save,)) for save in saves]
        for thread in threads:
            thread.start()
        until()
        for victim in victims:
            self.run.kill(victim)
        for thread in threads:
            thread.join()

    def _post(self, save: Save) -> None:
        with self.browser() as browser:
            try:
                headers = {"Referer": f"{self.run.url}{save.url}"}
                save.answer = browser.post(save.url, data=save.inputs, headers=headers).status_code
            except httpx.TransportError:
                save.answer = None

    def edits(self, save: Save) -> list[tuple[str, list[str]]]:
        """Return state and timeline of each edit of this save's record."""
        asked = (
            "SELECT state, CAST(state_log AS TEXT) FROM edits_edit WHERE remote_id = ? AND wanted LIKE ? ORDER BY id"
        )
        found = self.rows(asked, save.key, f"%{save.phone}%")
        return [(state, [step for step, _ in json.loads(log)]) for state, log in found]

    def writes(self, save: Save) -> list[dict[str, Any]]:
        """Return the updates of this save's record that reached the vendor with its number."""
        sent = [r for r in self.requests(save) if r["method"] in WRITES]
        return [r for r in sent if save.phone in (r["body"] or {}).values()]

    def requests(self, save: Save) -> list[dict[str, Any]]:
        """Return all requests for this save's record."""
        (company,) = COMPANIES[save.slug].values()
        return [r for r in self.sandbox.requests(company) if r["path"].endswith(f"/{save.key}")]

    def phones(self, save: Save) -> list[str]:
        """Return the save's number as often as it was written at the vendor."""
        query = {**COMPANIES[save.slug], "resource": "customers", "id": save.key}
        history = self.sandbox.http.get("/_sandbox/history", params=query).json()
        return [save.phone for record in history if record[PHONES[save.slug]] == save.phone]

    def moment(self, save: Save) -> str:
        """Return how far a save had come when a process was killed."""
        edits, seen = self.edits(save), self.writes(save)
        if not edits:
            return "before it was noted"
        if not seen:
            return "queued"
        return "while the vendor worked" if seen[0]["status"] is None else "after the vendor's answer"

    def at_vendor(self, count: int, *, answered: bool) -> Callable[[], None]:
        """Return a wait until this many more writes have reached the vendor, or have been answered there."""

        def seen() -> int:
            writes = [r for r in self.sandbox.requests() if r["method"] in WRITES]
            return sum(bool(r["status"]) or not answered for r in writes)

        before = seen()

        def wait() -> None:
            ends = time.monotonic() + 20
            while seen() < before + count and time.monotonic() < ends:
                time.sleep(0.001)  # the vendor is another process; a longer pause would miss the moment

        return wait

    def _vendor_answers(self) -> bool:
        try:
            return self.sandbox.http.get("/_sandbox/faults").is_success
        except httpx.TransportError:
            return False

    def ended(self, save: Save) -> str:
        """Return how a save ended, as the vendor confirms: it was written once or not at all, and sent once at most."""
        edits, phones = self.edits(save), self.phones(save)
        assert len(self.writes(save)) <= 1, f"{save} was sent more than once"
        if not edits:
            assert (save.answer, phones) == (None, []), f"{save} is in no edit"
            return "never noted, still in the browser"
        ((state, life),) = edits
        assert (state, phones) in [("saved", [save.phone]), ("not_applied", [])], f"{save} ended so: {life}, {phones}"
        assert state == "saved" or "unknown" in life, f"{save} was not sent"
        return state

    def until_settled(self, within: float = 60) -> None:
        marks = ", ".join("?" for _ in UNSETTLED)
        asked = f"SELECT count(*) FROM edits_edit WHERE state IN ({marks})"
        wait_until(lambda: self.rows(asked, *UNSETTLED) == [(0,)], within=within)
