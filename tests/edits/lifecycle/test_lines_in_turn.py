"""A queued edit of a bill's lines behind another one: no line of it stands twice, and none of anybody else is lost."""

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest

from books import registry
from books.mirror import lookup
from books.models import Record
from books.sync import refresh
from edits.models.edit import State
from records.changes import NEW_LINE
from records.content import Content
from tenants.access import Member
from tenants.models import Tenant
from tests.customers.test_edit import ABC, sent
from tests.edits.conflict.test_custom_values import BILL
from tests.support.copies import Copied
from tests.support.vendor import Sandbox

from .queueing import find_again, list_states, log_of, save, save_values, send, show_form
from .test_last_check import BEFORE, author, held, other, refuse

__all__ = ["author", "other"]  # fixtures
SAVED, QUEUED, CONFLICT = State.SAVED, State.QUEUED, State.CONFLICT


@pytest.fixture
def bill(abc: Tenant, copied: Copied) -> Record:
    """One with an expense of which nothing is paid."""
    copied(abc)
    bills = [find_again(one) for one in Record.objects.filter(tenant=abc, kind="bills").order_by("pk")]
    return next(one for one in bills if held(one)["expense_lines"] and is_unpaid(one))


@pytest.fixture
def paid_bill(abc: Tenant, copied: Copied) -> Record:
    """One that is paid in part, so that each change of it is asked about in words with its total."""
    copied(abc)
    return lookup.find_record(abc, "bills", BILL)


def is_unpaid(bill: Record) -> bool:
    assert bill.version is not None
    raw = json.loads(bill.version.content)
    return bool(raw["openAmount"] == raw["amountDue"])


def move_bill(sandbox: Sandbox, bill: Record, **changes: object) -> None:
    """Change a bill in QuickBooks, and let the copy learn of it."""
    sandbox.change(endUserId=ABC, resource="bills", id=bill.remote_id, changes=changes)
    refresh.read_record(bill.tenant, registry.get_table(bill.tenant, bill.kind), bill.remote_id)


def add_line(shown: Content, memo: str, amount: str = "12.50") -> Content:
    """What the form shows with one more expense."""
    lines = shown["expense_lines"]
    blank = Content(lines[0].shape, {"id": NEW_LINE, "account": lines[0]["account"]})
    return shown.replace(expense_lines=(*lines, blank.replace(memo=memo, amount=Decimal(amount))))


def list_new(bill: Record, before: Sequence[Content]) -> list[tuple[str, Decimal]]:
    known = {line["id"] for line in before}
    return [(line["memo"], line["amount"]) for line in held(bill)["expense_lines"] if line["id"] not in known]


def test_new_lines_of_the_first_are_not_doubled_by_the_second(author: Member, bill: Record, sandbox: Sandbox) -> None:
    before = held(bill)["expense_lines"]
    first = save(author, bill, add_line(held(bill), "One"), "form-1")
    save(author, bill, add_line(show_form(bill, [first]), "Two"), "form-2", over=[first])
    send()
    assert (list_states(), list_new(bill, before)) == (
        [SAVED, SAVED],
        [("One", Decimal("12.50")), ("Two", Decimal("12.50"))],
    )


def test_nor_are_those_that_the_second_has_changed(author: Member, bill: Record, sandbox: Sandbox) -> None:
    before = held(bill)["expense_lines"]
    first = save(author, bill, add_line(held(bill), "One"), "form-1")
    *old, mine = show_form(bill, [first])["expense_lines"]
    again = held(bill).replace(expense_lines=(*old, mine.replace(amount=Decimal("13.00"))))
    save(author, bill, again, "form-2", over=[first])
    send()
    assert (list_states(), list_new(bill, before)) == ([SAVED, SAVED], [("One", Decimal("13.00"))])


def test_the_second_may_remove_a_new_line_of_the_first(author: Member, bill: Record, sandbox: Sandbox) -> None:
    before = held(bill)["expense_lines"]
    first = save(author, bill, add_line(add_line(held(bill), "One"), "Two"), "form-1")
    *old, _one, two = show_form(bill, [first])["expense_lines"]
    save(author, bill, held(bill).replace(expense_lines=(*old, two)), "form-2", over=[first])
    send()
    assert (list_states(), list_new(bill, before)) == ([SAVED, SAVED], [("Two", Decimal("12.50"))])


def test_lines_that_somebody_else_has_added_between_the_two_are_kept_or_asked_about(
    author: Member, bill: Record, sandbox: Sandbox
) -> None:
    before = held(bill)["expense_lines"]
    first = save(author, bill, add_line(held(bill), "One"), "form-1")
    save(author, bill, add_line(show_form(bill, [first]), "Two"), "form-2", over=[first])
    theirs = {"id": "-1", "accountId": before[0]["account"].id, "amount": "1.00", "memo": "Theirs"}
    move_bill(sandbox, bill, expenseLines=[*({"id": line["id"]} for line in before), theirs])
    send()
    assert ("Theirs", Decimal("1.00")) in list_new(bill, before)
    assert SAVED not in list_states()  # the total is no longer the one that was seen


def test_a_line_of_somebody_else_that_leaves_the_total_is_not_taken_for_one_removed(
    author: Member, bill: Record, sandbox: Sandbox
) -> None:
    before = held(bill)["expense_lines"]
    first = save(author, bill, add_line(held(bill), "One", "0.00"), "form-1")
    save(author, bill, add_line(show_form(bill, [first]), "Two", "0.00"), "form-2", over=[first])
    theirs = {"id": "-1", "accountId": before[0]["account"].id, "amount": "0.00", "memo": "Theirs"}
    move_bill(sandbox, bill, expenseLines=[*({"id": line["id"]} for line in before), theirs])
    send()
    memos = sorted(memo for memo, _ in list_new(bill, before))
    assert (list_states(), memos) == ([SAVED, CONFLICT], ["One", "Theirs"])


def test_a_new_line_that_the_second_has_changed_is_asked_about_if_somebody_else_was_between(
    author: Member, bill: Record, sandbox: Sandbox
) -> None:
    before = held(bill)["expense_lines"]
    first = save(author, bill, add_line(held(bill), "One", "0.00"), "form-1")
    *old, mine = show_form(bill, [first])["expense_lines"]
    again = held(bill).replace(expense_lines=(*old, mine.replace(memo="Changed")))
    save(author, bill, again, "form-2", over=[first])
    move_bill(sandbox, bill, memo="Theirs")
    send()
    assert (list_states(), list_new(bill, before)) == ([SAVED, CONFLICT], [("One", Decimal("0.00"))])


def test_a_total_that_the_second_has_not_seen_is_for_them_to_decide(
    author: Member, other: Member, bill: Record, sandbox: Sandbox
) -> None:
    save(author, bill, add_line(held(bill), "One"), "form-1")
    second = save(other, bill, add_line(held(bill), "Two"), "form-2")
    send()
    said = "Something changed while this change waited. The total is no longer the one that you saw."
    assert (log_of(second)[-1], second.error_message) == (CONFLICT, said)


def test_other_words_than_those_agreed_to_over_the_first_are_for_the_author_to_decide(
    author: Member, paid_bill: Record, sandbox: Sandbox
) -> None:
    first = save(author, paid_bill, add_line(held(paid_bill), "One"), "form-1")
    second = save(author, paid_bill, add_line(show_form(paid_bill, [first]), "Two"), "form-2", over=[first])
    send()
    said = "Something changed while this change waited. This bill is paid in part: 500.00 of 1,012.50."
    assert (log_of(second)[-1], second.error_message) == (CONFLICT, said)


def test_so_are_they_if_either_has_lines(author: Member, bill: Record, sandbox: Sandbox) -> None:
    first = save(author, bill, add_line(held(bill), "One"), "form-1")
    second = save_values(author, bill, "form-2", over=[first], memo="Mine")
    refuse(sandbox, "bills")
    send()
    assert (log_of(second), second.error_message, len(sent(sandbox))) == ([QUEUED, CONFLICT], BEFORE, 1)


def test_the_total_seen_holds_over_the_first_edit_alone(author: Member, bill: Record, sandbox: Sandbox) -> None:
    first = save(author, bill, add_line(held(bill), "One"), "form-1")
    save_values(author, bill, "form-2", over=[first], memo="Mine")
    send()
    assert (list_states(), held(bill)["memo"]) == ([SAVED, SAVED], "Mine")
