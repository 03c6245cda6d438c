"""Ledgerdesk over many small companies: one is read from the sandbox, the others are copies of its mirror."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from bench.stage import name_database
from config.processes.children import stop_children
from config.processes.services import find_free_port
from config.processes.supervisor import make_demo
from sandbox.companies.small import name_end_user
from tests.support.running import prepare, wait_until
from tests.support.vendor import Sandbox, announced_url

from .usage import VENDOR

if TYPE_CHECKING:
    from tenants.models import Tenant

CUSTOMERS = 20
LOADED_WITHIN = 120.0
AT_ONCE = 50  # companies that are copied in one transaction


class Crowd:
    """The measured system: `desk`, the `sandbox` behind it, and its `tenants`. The vendor has one company more."""

    def __init__(self, home: Path, companies: int, customers: int = CUSTOMERS) -> None:
        self.companies = companies
        small = ("--companies", str(companies + 1), "--company-customers", str(customers))
        options = ("--delay", "0", "--customers", "50", "--bills", "2", *small)
        self.desk = make_demo(home, find_free_port(), find_free_port(), *options)
        self.desk.environment |= name_database()
        self.tenants: list[Tenant] = []
        self.logged: list[dict[str, Any]] = []  # what the vendor was asked while it was last delayed

    def open(self) -> None:
        """Start everything; return when all companies are loaded and served."""
        vendor = self.desk.children[VENDOR]
        vendor.start()
        prepare(self.desk)
        os.environ.update(self.desk.environment)
        django.setup()
        self.sandbox = Sandbox(announced_url(vendor, within=120))
        self._load_first()
        self.grow(self.companies)
        self.desk.start()

    def grow(self, companies: int) -> None:
        """Add companies up to this number, with copies of the first one's mirror. The desk must not run."""
        from .copied import copy_mirror

        while missing := companies - len(self.tenants):
            first = len(self.tenants) + 1
            added = [self.add_company(number) for number in range(first, first + min(missing, AT_ONCE))]
            self.tenants += added
            copy_mirror(self.tenants[0], added)

    def add_company(self, number: int) -> "Tenant":
        """Add a company without a mirror."""
        from tenants.models import Tenant

        name = f"Small Company {number}"
        return Tenant.objects.create(slug=f"small-{number}", name=name, end_user_id=name_end_user(number))

    def stop_desk(self) -> None:
        """Stop all but the vendor."""
        stop_children(child for name, child in self.desk.children.items() if name != VENDOR)

    @contextmanager
    def delayed(self, seconds: float) -> Iterator[None]:
        """Let the vendor take so long for each request, and forget what it was asked before."""
        self.sandbox.clear_requests()
        self.sandbox.control("delay", seconds=seconds)
        try:
            yield
        finally:
            self.logged = self.sandbox.requests()
            self.sandbox.control("delay", seconds=0)
            self.sandbox.control("faults", clear=True)

    def close(self) -> None:
        """Stop all processes."""
        self.desk.stop()

    def _load_first(self) -> None:
        """Let the desk read the first company, and no other: the demo's are removed."""
        from books.models import ReadState, SyncRun
        from tenants.models import Tenant

        Tenant.objects.all().delete()
        self.tenants = [self.add_company(1)]
        self.desk.start()
        unread = SyncRun.objects.exclude(state=ReadState.DONE)
        wait_until(lambda: SyncRun.objects.exists() and not unread.exists(), within=LOADED_WITHIN)
        self.stop_desk()


def wait(holds: Callable[[], object], within: float) -> float | None:
    """Return the moment (of `time.time`) when `holds()` is true; None if it is not within so many seconds."""
    deadline = time.time() + within
    while not holds():
        if time.time() > deadline:
            return None
        time.sleep(0.05)  # other processes do the work, and send no signal here
    return time.time()
