"""The answer to a save is compared with what was asked: said on the page, in the notice and in the history."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from edits.history import external_changes
from edits.lifecycle import answer
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from records.changes import NEW_LINE
from records.diff import load_changes
from records.json_text import parse_json
from records.merge.answer import Difference, dump_differences, load_differences
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, EDIT, JOB, change
from tests.edits.factories import an_edit
from tests.edits.history.test_export import exported
from tests.support import saving
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import JUNIPER, Sandbox

from .altered import OTHER, Change, list_leaves, refer_before

BILL = "123ABC-1234567890"


@pytest.fixture
def author(bob: User) -> Callable[[Record], Member]:
    return lambda record: Member(record.tenant, bob, Role.BOOKKEEPER)


def alter(sandbox: Sandbox, record: Record, members: dict[str, Any], **more: object) -> None:
    """Let the vendor store the next update with other values in these members."""
    whose = {"endUserId": ABC} if record.tenant.slug == "abc" else {"organizationId": JUNIPER}
    sandbox.fault(**whose, operation="update", resource=record.kind, fault="altered", members=members, **more)


def save_all(author: Member, record: Record, sandbox: Sandbox, *, is_altered: bool = False) -> tuple[Edit, Change]:
    """Save a change of every field, over the record as the mirror has it; the vendor may store each otherwise."""
    table, stored = registry.get_table(record.tenant, record.kind), lookup.get_content(record)
    assert record.version is not None
    raw = parse_json(record.version.content)
    fixed = {"currency": raw["currency"]} if record.kind == "bills" else {}  # it is its vendor's
    record = lookup.store_record(record.tenant, table, refer_before(raw) | fixed)
    change = Change(record.tenant, lookup.get_content(record), stored)
    edited = change.make()
    if is_altered:
        alter(sandbox, record, change.members)
    return saving.save(author, record, edited, agrees=True), change


def read(page: Any) -> str:
    """The text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def find_told(page: Any, one: Difference, books: str) -> bool:
    """Whether a page says of a value, beside its label or in its cell, what was asked for and what was stored."""
    if row := re.search(rf'title="Line {one.path[-2]}">(.*?)</tr>', page.content.decode()) if one.path[1:] else None:
        cell = rf">{re.escape(one.answered)} <small class=aside>You asked for: {re.escape(one.asked)}\b"
        if re.search(cell, unescape(row[1])):
            return True
    named = rf"{re.escape(one.name)}: {books} has {re.escape(one.answered)} ?\. You asked for: {re.escape(one.asked)}"
    beside = rf"{re.escape(one.name)} {re.escape(one.answered)} (set in {books} )?You asked for: {re.escape(one.asked)}"
    return re.search(f"{named}|{beside}", read(page)) is not None


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
    edit, asked = save_all(author(record), record, sandbox, is_altered=True)
    found, table = load_differences(edit.differs), registry.get_table(record.tenant, kind)
    assert (edit.state, asked.leaves) == (State.SAVED, list(list_leaves(table.shape)))
    page = as_bob.get(f"/t/{slug}/{kind}/{id}/", {"saved": edit.pk})
    books = registry.get_description(record.tenant).name
    history = as_bob.get(f"/t/{slug}/edits/{edit.pk}/").context["entry"].differs
    rows = {(row[5], row[7], row[-1]) for row in exported(as_bob, slug)}
    counts = {
        "at the field": sum(find_told(page, one, books) for one in found),
        "in the notice": 2 + int((re.findall(r"and changed (\d+) more values", read(page)) or ["-2"])[0]),
        "in the history": len(history),
        "in its file": sum((one.name, one.asked, one.answered) in rows for one in found),
    }
    total = len(asked.leaves)
    record_property(
        "coverage",
        f"{books} {kind}, values stored otherwise: "
        + ", ".join(f"{place} {count} / {total}" for place, count in counts.items()),
    )
    assert (set(counts.values()), total >= least) == ({total}, True)


@pytest.mark.parametrize(("slug", "kind", "id", "least"), TABLES, ids=["customers", "bills", "bigcapital"])
def test_nothing_differs_where_the_vendor_stores_every_value_as_asked(
    slug: str,
    kind: str,
    id: str,
    least: int,
    companies: dict[str, Tenant],
    copied: Copied,
    sandbox: Sandbox,
    author: Callable[[Record], Member],
) -> None:
    copied(companies[slug])
    record = lookup.find_record(companies[slug], kind, id)
    edit, asked = save_all(author(record), record, sandbox)
    assert (edit.state, edit.differs, len(asked.leaves) >= least) == (State.SAVED, "", True)
    assert list_external_changes() == (["Linked transactions, new transaction"] if kind == "bills" else [])


def list_external_changes() -> list[str]:
    """The labels of what was seen to change besides, after all has been recorded."""
    while external_changes.record_next():
        pass
    return [one.label for seen in ExternalChange.objects.all() for one in load_changes(seen.changes)]


def save_phone(client: Client, sandbox: Sandbox, job: Record, members: dict[str, Any], **typed: str) -> Any:
    """The page after a save of the job, of which the vendor stores these members otherwise."""
    alter(sandbox, job, members)
    typed = {name.replace("__", "-"): text for name, text in typed.items()}
    answer = client.post(EDIT, inputs(client.get(EDIT)) | typed)
    assert answer.status_code == 303
    return client.get(answer["Location"])


def test_the_notice_says_what_the_books_made_of_it(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = save_phone(as_bob, sandbox, job, {"phone": "555-01"}, phone="555-0177")
    assert "Saved. QuickBooks made the phone 555-01. Compare" in read(page)


def test_the_notice_names_two_of_several_and_counts_the_others(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    typed = {"phone": "555-0177", "fax": "555-0188", "contact": "Ada", "billing_address__city": "Nampa"}
    members = {"phone": "5", "fax": "6", "contact": None, "billingAddress.city": "?"}
    page = read(save_phone(as_bob, sandbox, job, members, **typed))
    assert "Saved. QuickBooks made the phone 5, made the fax 6 and changed 2 more values." in page


def test_a_value_that_was_cleared_and_is_still_there_is_told(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    page = read(save_phone(as_bob, sandbox, job, {"phone": "5", "fax": None}, phone="", fax="555-0188"))
    assert "Saved. QuickBooks made the phone 5 and left the fax empty." in page


def test_what_nobody_asked_for_is_an_external_change_and_no_difference(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    members = {"fax": "555-0188", "billingAddress.city": "Nampa"}
    page = read(save_phone(as_bob, sandbox, job, members, phone="555-0177", billing_address__state="ID"))
    assert ("Saved. 2 fields changed." in page, Edit.objects.get().differs) == (True, "")
    assert list_external_changes() == ["Fax", "Bill to, city"]
    assert ExternalChange.objects.get().edit == Edit.objects.get()


def test_what_was_asked_for_and_came_back_otherwise_is_no_external_change(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    save_phone(as_bob, sandbox, job, {"phone": "5"}, phone="555-0177")
    assert list_external_changes() == []


def test_undo_starts_from_what_was_answered(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    was = lookup.get_content(job)
    members = {"phone": "5", "termsId": OTHER, "billingAddress.city": "?"}
    save_phone(as_bob, sandbox, job, {name.removesuffix("Id"): one for name, one in members.items()}, **TYPED)
    edit = Edit.objects.get()
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/undo/")
    moves = [(part.label, part.moves[0].was, part.moves[0].now) for part in page.context["conflict"].combined]
    assert (page.context["conflict"].rows, moves[0]) == ((), ("Phone", "5", was["phone"]))
    as_bob.post(f"/t/abc/edits/{edit.pk}/undo/", inputs(page, "conflict") | {"confirm": "1"})
    now = lookup.get_content(lookup.find_record(job.tenant, "customers", JOB))
    assert [now[name] for name in ("phone", "terms", "billing_address")] == [
        was[name] for name in ("phone", "terms", "billing_address")
    ]


TYPED = {"phone": "555-0177", "terms": "Net 60", "billing_address__city": "Nampa"}


def undo(client: Client, edit: Edit) -> Any:
    url = f"/t/abc/edits/{edit.pk}/undo/"
    answer = client.post(url, inputs(client.get(url), "conflict") | {"confirm": "1"})
    return client.post(url, agreed(answer, "conflict")) if answer.status_code == 422 else answer


def test_the_answer_to_an_undo_is_compared_too(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    save_phone(as_bob, sandbox, job, {}, phone="555-0177")
    alter(sandbox, job, {"phone": "5"})
    page = as_bob.get(undo(as_bob, Edit.objects.get())["Location"])
    assert "Saved. QuickBooks made the phone 5." in read(page)


def test_the_answer_to_a_decided_conflict_is_compared_too(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0177"}
    change(sandbox, phone="555-0199")
    decided = inputs(as_bob.post(EDIT, form), "conflict") | {"choice-phone": "mine"}
    alter(sandbox, job, {"phone": "5"})
    page = as_bob.get(as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/", decided)["Location"])
    assert "Saved. QuickBooks made the phone 5." in read(page)


def test_an_undo_takes_away_a_new_line_that_came_back_otherwise(
    abc: Tenant, copied: Copied, sandbox: Sandbox, author: Callable[[Record], Member], as_bob: Client
) -> None:
    copied(abc)
    record = Record.objects.filter(tenant=abc, kind="bills").exclude(remote_id=BILL).first()
    assert record is not None
    was = lookup.get_content(record)
    new = was["expense_lines"][0].replace(id=NEW_LINE, memo="Toner", amount=Decimal("3.00"))
    alter(sandbox, record, {"expenseLines.new.memo": "?", "expenseLines.new.amount": "5.00"})
    edit = saving.save(author(record), record, was.replace(expense_lines=(*was["expense_lines"], new)), agrees=True)
    names = ["Expenses, new line, memo", "Expenses, new line, amount"]
    assert [one.name for one in load_differences(edit.differs)] == names
    assert undo(as_bob, edit).status_code == 303
    assert (
        lookup.get_content(lookup.find_record(abc, "bills", record.remote_id))["expense_lines"] == was["expense_lines"]
    )


def test_a_group_that_was_sent_along_and_left_out_is_told(
    abc: Tenant, copied: Copied, sandbox: Sandbox, author: Callable[[Record], Member], as_bob: Client
) -> None:
    copied(abc)
    record = lookup.find_record(abc, "bills", BILL)
    was = lookup.get_content(record)
    alter(sandbox, record, {"itemGroupLines.0": None})
    line = was["item_lines"][0].replace(description="Other")
    edit = saving.save(author(record), record, was.replace(item_lines=(line,)), agrees=True)
    page = read(as_bob.get(f"/t/abc/bills/{BILL}/", {"saved": edit.pk}))
    told = [(one.name, one.answered) for one in load_differences(edit.differs)]
    assert told == [("Item groups, line 1", "not there")]
    assert ("QuickBooks left out “Item groups, line 1”" in page, list_external_changes()) == (True, [])


def test_an_edit_that_is_settled_without_an_answer_is_compared_too(
    abc: Tenant, copied: Copied, sandbox: Sandbox, author: Callable[[Record], Member]
) -> None:
    copied(abc)
    record = lookup.find_record(abc, "bills", BILL)
    was = lookup.get_content(record)
    line = was["item_lines"][0].replace(quantity=Decimal(7), cost=Decimal(3), amount=Decimal("21.00"))
    alter(sandbox, record, {"itemLines.0.amount": "99.99"}, cut=True)
    edit = saving.save(author(record), record, was.replace(item_lines=(line,)), agrees=True)
    states = [state for state, _ in edit.state_log]
    assert (states, [one.name for one in load_differences(edit.differs)]) == (
        [State.QUEUED, State.SENDING, State.UNKNOWN, State.SAVED],
        ["Items, line 1, amount"],
    )


def test_news_of_an_edit_says_that_it_was_saved_otherwise(as_bob: Client, abc: Tenant, bob: User) -> None:
    found = [Difference(("phone",), "", "Phone", "555-0199", "5")]
    log = [[State.UNKNOWN, "2026-11-20T12:00:00+00:00"]]
    moment = timezone.now() - timedelta(minutes=1)
    an_edit(abc, bob, moment, settled_at=moment, state_log=log, differs=dump_differences(found))
    assert "was saved, but not with the values that you entered." in read(as_bob.get("/t/abc/"))


def test_only_the_module_that_compares_the_answer_moves_an_edit_to_saved() -> None:
    lifecycle = Path(answer.__file__).parent.parent
    found = [path.name for path in lifecycle.rglob("*.py") if re.search(r"move_edit\([^)]*SAVED", path.read_text())]
    assert found == ["answer.py"]


def test_the_lists_of_the_history_say_what_was_saved_with_differences(as_bob: Client, abc: Tenant, bob: User) -> None:
    found = [Difference(("phone",), "", "Phone", "555-0199", "5")]
    an_edit(abc, bob, timezone.now(), differs=dump_differences(found))
    listed, timeline = (read(as_bob.get(f"/t/abc/edits/{place}")) for place in ("", "records/customers/8-1/"))
    assert ("Phone, saved as 5" in listed, "Saved with differences" in listed) == (True, True)
    assert ("Phone 555-0199 → 5 in QuickBooks" in timeline, "Saved with differences" in timeline) == (True, True)


def test_an_answer_that_cannot_be_compared_is_saved_all_the_same(
    job: Record, sandbox: Sandbox, author: Callable[[Record], Member]
) -> None:
    asked = lookup.get_content(job).replace(phone="555-0177")
    edit = saving.accept(author(job), job, asked)
    assert job.version is not None
    Version.objects.filter(pk=job.version.pk).update(content='{"isActive": "perhaps"}')
    edit.refresh_from_db()
    assert answer.move_saved(edit, job.version, asked).state == State.SAVED
