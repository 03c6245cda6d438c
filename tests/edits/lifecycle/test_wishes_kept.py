"""What a form asks for after it has saved something: merged into newer values, none of it is lost and none doubled."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from books import registry
from books.models import Record
from books.sync import refresh
from edits import next_steps
from edits.form_edits import list_alive
from edits.lifecycle import queue, settle, transitions
from edits.lifecycle.rebase import rebase_edit, rebase_form
from edits.models.edit import Edit, State
from edits.models.fetching import fetch_edit
from edits.tasks import send_edit
from records.content import Content
from records.merge.parts import Choice
from records.merge.three_way import ThreeWayMerge
from tenants.access import Member
from tests.customers.test_edit import ABC, EDIT
from tests.support.inputs import inputs
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox

from .queueing import find_again, list_states, save, save_values, send
from .test_last_check import author, held, move
from .test_lines_in_turn import add_line, bill, move_bill
from .test_saved_again import begin_to_send, put_back, send_all

__all__ = ["author", "bill"]  # fixtures
SAVED, CONFLICT = State.SAVED, State.CONFLICT


class Typed(NamedTuple):
    """What a form of a bill shows: the memos of its new lines, and the bill's own memo, "" as it was opened."""

    lines: set[str]
    memo: str


LINES = st.sets(st.sampled_from(("One", "Two")))
TYPED = st.builds(Typed, LINES, st.sampled_from(("", "First", "Second")))
THEIRS = st.sampled_from(("", "refNumber", "line"))
Way = Callable[[Member, Record, Content, str], ThreeWayMerge]


def fetch_again(pk: int) -> Edit:
    found = fetch_edit(pk)
    assert found is not None, "an edit is never deleted"
    return found


def type_in(shown: Content, typed: Typed) -> Content:
    for memo in sorted(typed.lines):
        shown = add_line(shown, memo, "0.00")
    return shown.replace(memo=typed.memo or shown["memo"])


def add_theirs(sandbox: Sandbox, bill: Record, memo: str) -> None:
    lines = held(bill)["expense_lines"]
    theirs = {"id": "-1", "accountId": lines[0]["account"].id, "amount": "0.00", "memo": memo}
    move_bill(sandbox, bill, expenseLines=[*({"id": line["id"]} for line in lines), theirs])


def change_theirs(sandbox: Sandbox, bill: Record, what: str) -> None:
    """Let somebody in QuickBooks change a field, or add a line, and let the copy learn of it."""
    if what == "line":
        add_theirs(sandbox, bill, "Theirs")
    elif what:
        move_bill(sandbox, bill, **{what: f"MOVED-{Edit.objects.count()}"})


def load_newer(author: Member, bill: Record, asked: Content, form: str) -> ThreeWayMerge:
    """Load newer values into the form."""
    assert bill.version is not None
    return rebase_form(bill, bill.version, asked, held(bill), form=form, over=list_alive(author, form, bill.version))


def open_unsent(author: Member, bill: Record, asked: Content, form: str) -> ThreeWayMerge:
    """Save the form, let the change wait for too long, and open it again."""
    edit = save(author, bill, asked, form)
    if edit.state == State.QUEUED:
        queue.end_expired(edit)
    return rebase_edit(fetch_again(edit.pk), held(bill))


def decide(author: Member, bill: Record, asked: Content, form: str) -> ThreeWayMerge:
    """Save the form over the moved record, which shows its author what is new; or it is saved already."""
    edit = save(author, bill, asked, form)
    send()
    return rebase_edit(fetch_again(edit.pk), held(bill))


@pytest.mark.parametrize("way", [load_newer, open_unsent, decide])
@example(Typed({"One"}, ""), Typed({"One", "Two"}, ""), "refNumber")
@example(Typed({"One"}, ""), Typed(set(), ""), "line")
@example(Typed(set(), "First"), Typed(set(), ""), "line")
@given(first=TYPED.filter(any), second=TYPED, theirs=THEIRS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_form_saved_before_asks_for_what_it_shows_beside_what_others_have_changed(
    author: Member, bill: Record, sandbox: Sandbox, way: Way, first: Typed, second: Typed, theirs: str
) -> None:
    seen, was, form = find_again(bill), held(bill), f"form-{Edit.objects.count()}"
    first, second = (Typed(one.lines, one.memo and f"{one.memo} {form}") for one in (first, second))
    save(author, seen, type_in(was, first), form)
    send()
    change_theirs(sandbox, bill, theirs)
    merge = way(author, seen, type_in(was, second), form)
    merged = merge.content(dict.fromkeys((part.key for part in merge.clashes), Choice.MINE))
    asked = [*second.lines, *(["Theirs"] if theirs == "line" else [])]
    new = Counter(line["memo"] for line in merged["expense_lines"])
    new.subtract(line["memo"] for line in was["expense_lines"])
    assert (+new, merged["memo"]) == (Counter(asked), second.memo or was["memo"])


def open_form(client: Client, bill: Record, amount: str = "0.00") -> tuple[str, dict[str, str]]:
    """The address of a bill's form, and the form with a new expense."""
    url, lines = f"/t/abc/bills/{bill.remote_id}/edit", held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": amount, "memo": "Mine"}
    return url, inputs(client.get(url)) | {f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()}


def post(client: PatientClient, url: str, form: dict[str, str]) -> Any:
    """Save a form, with the new total if that is asked for."""
    page = client.post_only(url, form)
    return client.post_only(url, inputs(page)) if page.status_code == 422 else page


def stay(client: PatientClient, url: str, form: dict[str, str]) -> dict[str, str]:
    """Save, and stay in the form."""
    post(client, url, form)
    return form


def open_over(client: PatientClient, url: str, form: dict[str, str]) -> dict[str, str]:
    """Save, and open another form over that."""
    post(client, url, form)
    return inputs(client.get(url))


def open_again(client: PatientClient, url: str, form: dict[str, str]) -> dict[str, str]:
    """Open a form with a change that was not sent, and save that."""
    post(client, url, form)
    failed = Edit.objects.get()
    transitions.move_edit(failed, State.NOT_SENT)
    return stay(client, url, inputs(client.get(url, {"from": f"{failed.pk}"})))


def go_on_with_draft(client: PatientClient, url: str, form: dict[str, str]) -> dict[str, str]:
    """Type on while it is being saved, close the form, and continue with its draft."""
    post(client, url, form)
    first = Edit.objects.get()
    begin_to_send(first)
    client.post_only(url, form | {"memo": "More", "draft": "1"})
    put_back(first)
    send_all()
    return inputs(client.get(url, {"draft": f"{Edit.objects.get(state=State.DRAFT).pk}"}))


@pytest.mark.parametrize("go_on", [stay, open_over, open_again, go_on_with_draft])
@pytest.mark.parametrize("amount", ["0.00", "12.50"])
def test_a_line_that_is_saved_is_not_added_again_by_a_form_with_newer_values(
    as_bob: PatientClient, bill: Record, sandbox: Sandbox, go_on: Callable[..., dict[str, str]], amount: str
) -> None:
    form = go_on(as_bob, *open_form(as_bob, bill, amount))
    send()
    url = f"/t/abc/bills/{bill.remote_id}/edit"
    newer = inputs(as_bob.post_only(url, form | {"memo": "More", "rebase": "1"}))
    post(as_bob, url, newer)
    send()
    now = held(bill)
    assert ([line["memo"] for line in now["expense_lines"]].count("Mine"), now["memo"]) == (1, "More")


def test_nor_from_the_conflict_page_that_loading_newer_values_leads_to(
    as_bob: PatientClient, bill: Record, sandbox: Sandbox
) -> None:
    url, form = open_form(as_bob, bill)
    form = open_over(as_bob, url, form)
    send()
    move_bill(sandbox, bill, memo="Theirs")
    page = as_bob.post_only(url, form | {"memo": "More", "rebase": "1"})
    asked = rebase_edit(fetch_again(page.context["edit"].pk), held(bill)).content({"memo": Choice.MINE})
    assert [line["memo"] for line in asked["expense_lines"]].count("Mine") == 1


def test_what_is_taken_back_in_an_open_form_is_saved_from_the_conflict_page(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT))
    as_bob.post_only(EDIT, form | {"phone": "555-0100", "save": "1"})
    send()
    move(sandbox, job, fax="555-0199")
    as_bob.post_only(EDIT, form | {"save": "1"})
    send()
    edit = Edit.objects.latest("pk")
    url = f"/t/abc/edits/{edit.pk}/"
    as_bob.post_only(url, inputs(as_bob.get(url), "conflict"))
    send()
    assert (edit.state, held(job)["phone"], held(job)["fax"]) == (CONFLICT, form["phone"], "555-0199")


def expire_behind(first: Edit, second: Edit) -> Edit:
    """Let the first be saved, and the second wait behind it for too long."""
    put_back(first)
    Edit.objects.update(waits_until=None)
    send_edit(fetch_again(first.pk))
    second.refresh_from_db()
    queue.end_expired(second)
    return fetch_again(second.pk)


def test_what_waited_for_too_long_behind_a_saved_edit_is_sent_again_as_it_was_asked_for(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    was = held(job)["phone"]
    first = save_values(author, job, "form-1", phone="555-0100", email="a@example.com")
    begin_to_send(first)
    second = expire_behind(first, save_values(author, job, "form-1", phone=was, email="a@example.com"))
    assert next_steps.send_again(author, second).is_done
    send()
    assert (held(job)["phone"], held(job)["email"]) == (was, "a@example.com")
    assert list_states() == [SAVED, State.NOT_SENT, SAVED]


def test_so_is_what_waited_behind_an_edit_that_is_still_under_way(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    was = held(job)["phone"]
    first = save_values(author, job, "form-1", phone="555-0100")
    begin_to_send(first)
    second = save_values(author, job, "form-1", phone=was)
    queue.end_expired(second)
    assert next_steps.send_again(author, fetch_again(second.pk)).is_done
    put_back(first)
    send_all()
    assert (held(job)["phone"], list_states()) == (was, [SAVED, State.NOT_SENT, SAVED])


def test_lines_that_are_sent_again_behind_those_of_a_saved_edit_stand_once(
    author: Member, bill: Record, sandbox: Sandbox
) -> None:
    was = held(bill)
    first = save(author, bill, add_line(was, "One"), "form-1")
    begin_to_send(first)
    second = expire_behind(first, save(author, bill, add_line(add_line(was, "One"), "Two"), "form-1"))
    assert next_steps.send_again(author, second).is_done
    send()
    memos = [line["memo"] for line in held(bill)["expense_lines"]]
    assert memos == [*(line["memo"] for line in was["expense_lines"]), "One", "Two"]


def test_a_line_that_landed_late_while_the_same_was_saved_again_is_not_added_twice(
    author: Member, bill: Record, sandbox: Sandbox
) -> None:
    was = held(bill)
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="land_late", seconds=600)
    save(author, bill, add_line(was, "One", "0.00"), "form-1")
    send()
    Edit.objects.update(uncertain_until=timezone.now(), look_at=timezone.now())
    settle.settle_due()
    save(author, bill, add_line(was, "One", "0.00"), "form-1")
    sandbox.control("land")
    refresh.read_record(bill.tenant, registry.get_table(bill.tenant, bill.kind), bill.remote_id)
    settle.settle_due()
    send()
    assert [line["memo"] for line in held(bill)["expense_lines"]].count("One") == 1


@pytest.mark.parametrize(("memo", "ends"), [("Theirs", CONFLICT), ("One", SAVED)])
def test_a_new_line_of_others_is_asked_about_if_the_first_save_of_mine_was_never_answered(
    author: Member, bill: Record, sandbox: Sandbox, memo: str, ends: State
) -> None:
    was = held(bill)
    first = save(author, bill, add_line(was, "One", "0.00"), "form-1")
    sandbox.fault(endUserId=ABC, operation="update", resource="bills", count=1, fault="cut_before")
    sandbox.fault(endUserId=ABC, operation="retrieve", resource="bills", count=1, fault="timeout")
    send()
    Edit.objects.update(uncertain_until=timezone.now() - timedelta(seconds=1), look_at=timezone.now())
    settle.settle_due()
    first.refresh_from_db()
    second = save(author, bill, add_line(was, "One", "0.00"), "form-1")
    add_theirs(sandbox, bill, memo)
    send()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.NOT_APPLIED, ends)
