"""One customer at each provider, for tests that apply to all; their differences are only here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from books import registry
from books.mirror.store import get_revision
from books.providers.base import Client
from books.providers.lock import RequestPriority
from records.content import Content
from records.decoder import decode
from records.fields import Table
from tenants.models import Tenant

from .vendor import JUNIPER, Sandbox


@dataclass(frozen=True)
class Books:
    """A company's customers at one provider: `phone` and `name` are our names of two of their fields."""

    tenant: Tenant
    sandbox: Sandbox
    one: str
    name: str
    phone: str
    company: dict[str, str]
    changed_as: Callable[[str], dict[str, Any]]

    @property
    def table(self) -> Table:
        return registry.get_table(self.tenant, "customers")

    @property
    def client(self) -> Client:
        return registry.make_client(self.tenant, RequestPriority.SAVE)

    def read(self) -> tuple[Content, str]:
        """Return the current customer, with its revision."""
        raw = self.client.read_record(self.table, self.one)
        return decode(self.table.shape, raw), get_revision(self.table, raw)

    def save(self, base: Content, revision: str, **values: Any) -> Content:
        """Change the customer like a save does; return the new record."""
        raw = self.client.update_record(self.table, self.one, revision, base, base.replace(**values))
        return decode(self.table.shape, raw)

    def change(self, phone: str) -> None:
        """Change the customer's phone like somebody outside Ledgerdesk."""
        self.sandbox.change(**self.company, resource="customers", id=self.one, changes=self.changed_as(phone))

    def fault(self, **fault: Any) -> None:
        self.sandbox.fault(**self.company, **fault)

    def asked(self, method: str) -> list[Any]:
        """Return the bodies of this company's requests with one method."""
        organization = self.company.get("organizationId")
        seen = self.sandbox.requests(self.company.get("endUserId"), organization)
        return [request["body"] for request in seen if request["method"] == method]


@pytest.fixture(params=["conductor", "bigcapital"])
def books(request: pytest.FixtureRequest, sandbox: Sandbox, abc: Tenant, juniper: Tenant) -> Books:
    """A customer at each provider in turn."""
    if request.param == "conductor":
        company = {"endUserId": abc.end_user_id}
        return Books(abc, sandbox, "80000001-1234567890", "name", "phone", company, lambda phone: {"phone": phone})
    company = {"organizationId": JUNIPER}
    return Books(juniper, sandbox, "1", "display_name", "work_phone", company, lambda phone: {"work_phone": phone})
