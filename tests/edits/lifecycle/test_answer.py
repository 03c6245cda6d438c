"""The answer to a save is compared with what was asked: said on the page, in the notice and in the history."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit, State
from records.json_text import parse_json
from records.merge.answer import Difference, load_differences
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, JOB
from tests.edits.history.test_export import exported
from tests.support import saving
from tests.support.copies import Copied
from tests.support.vendor import JUNIPER, Sandbox

from .altered import Change, list_leaves, refer_before

BILL = "123ABC-1234567890"


class All:
    """Agrees to every warning."""

    def __contains__(self, box: object) -> bool:
        return True


@pytest.fixture
def author(bob: User) -> Callable[[Record], Member]:
    return lambda record: Member(record.tenant, bob, Role.BOOKKEEPER)


def alter(sandbox: Sandbox, record: Record, members: dict[str, Any]) -> None:
    """Let the vendor store the next update with other values in these members."""
    whose = {"endUserId": ABC} if record.tenant.slug == "abc" else {"organizationId": JUNIPER}
    sandbox.fault(**whose, operation="update", resource=record.kind, fault="altered", members=members)


def save_altered(author: Member, record: Record, sandbox: Sandbox) -> tuple[Edit, Change]:
    table, stored = registry.get_table(record.tenant, record.kind), lookup.get_content(record)
    assert record.version is not None
    record = lookup.store_record(record.tenant, table, refer_before(parse_json(record.version.content)))
    change = Change(record.tenant, lookup.get_content(record), stored)
    edited = change.make()
    alter(sandbox, record, change.members)
    return saving.save(author, record, edited, agreed=All()), change


def read(page: Any) -> str:
    """The text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def find_told(page: str, one: Difference, books: str) -> bool:
    """Whether a page says of a value, beside its label, what was asked for and what was stored."""
    said = rf"{re.escape(one.name)}:? .{{0,60}}?{books} has {re.escape(one.answered)} ?\. You saved: "
    return re.search(said + re.escape(one.asked), page) is not None


TABLES = [("abc", "customers", JOB, 94), ("abc", "bills", BILL, 111), ("juniper", "customers", "1", 24)]


@pytest.mark.parametrize(("slug", "kind", "id", "least"), TABLES, ids=["customers", "bills", "bigcapital"])
def test_every_value_that_is_stored_otherwise_is_told_at_its_field_and_in_the_history(
    slug: str,
    kind: str,
    id: str,
    least: int,
    companies: dict[str, Tenant],
    copied: Copied,
    sandbox: Sandbox,
    author: Callable[[Record], Member],
    as_bob: Client,
    record_property: Callable[[str, object], None],
) -> None:
    copied(companies[slug])
    record = lookup.find_record(companies[slug], kind, id)
    edit, change = save_altered(author(record), record, sandbox)
    found, table = load_differences(edit.differs), registry.get_table(record.tenant, kind)
    assert (edit.state, change.leaves) == (State.SAVED, list(list_leaves(table.shape)))
    page = read(as_bob.get(f"/t/{slug}/{kind}/{id}/", {"saved": edit.pk}))
    books = registry.get_description(record.tenant).name
    history = as_bob.get(f"/t/{slug}/edits/{edit.pk}/").context["entry"].differs
    rows = {(row[5], row[7], row[-1]) for row in exported(as_bob, slug)}
    counts = {
        "at the field": sum(find_told(page, one, books) for one in found),
        "in the notice": 2 + int((re.findall(r"and changed (\d+) more values", page) or ["-2"])[0]),
        "in the history": len(history),
        "in its file": sum((one.name, one.asked, one.answered) in rows for one in found),
    }
    total = len(change.leaves)
    record_property(
        "coverage",
        f"{books} {kind}, values stored otherwise: "
        + ", ".join(f"{place} {count} / {total}" for place, count in counts.items()),
    )
    assert (set(counts.values()), total >= least) == ({total}, True)
