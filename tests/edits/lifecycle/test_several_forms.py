"""One author, several pages over one record: open forms, tabs, Send again. Each change is made once, none is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from books.mirror import lookup
from books.models import Record
from edits import change, next_steps
from edits.lifecycle import acceptance, queue, transitions
from edits.models.edit import Edit, State
from edits.models.fetching import fetch_edit
from record_forms.checks import get_rules
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.customers.test_edit import ABC, EDIT
from tests.edits.test_hidden_fields import hide
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox

from .queueing import find_again, list_states, save, save_values, send, show_form
from .test_last_check import author, held, move, refuse
from .test_lines_in_turn import add_line, bill, paid_bill
from .test_saved_again import begin_to_send, put_back, send_all

__all__ = ["author", "bill", "hide", "paid_bill"]  # fixtures

SAVED = State.SAVED
PHONE, EMAIL, FAX = "555-0100", "a@example.com", "555-0102"


def save_form(client: PatientClient, form: dict[str, str], at: str = EDIT) -> int:
    """Save without waiting, and return the status."""
    return int(client.post_only(at, form | {"save": "1"}).status_code)


def fill_bill(client: Client, bill: Record) -> tuple[str, dict[str, str]]:
    """Return the address of a bill's form, and its inputs with one more expense, which no total objects to."""
    at, lines = f"/t/abc/bills/{bill.remote_id}/edit", held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": "0.00", "memo": "Mine"}
    return at, inputs(client.get(at)) | {f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()}


def count_lines(bill: Record) -> int:
    return [line["memo"] for line in held(bill)["expense_lines"]].count("Mine")


def fail_first(edit: Edit) -> None:
    """It did not leave: the company is not connected, for example."""
    edit.refresh_from_db()
    transitions.move_edit(edit, State.NOT_SENT)


def test_a_form_saves_what_it_shows_of_an_edit_that_was_cancelled(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"phone": PHONE})
    over = inputs(as_bob.get(EDIT))
    queue.cancel_edit(Edit.objects.select_related("tenant").get())
    save_form(as_bob, over | {"fax": FAX})
    send()
    assert (held(job)["phone"], held(job)["fax"]) == (PHONE, FAX)


def test_so_of_one_that_was_refused_which_is_settled_with_it(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"phone": PHONE})
    over = inputs(as_bob.get(EDIT))
    refuse(sandbox)
    send()
    save_form(as_bob, over | {"fax": FAX})
    send()
    refused, saved = Edit.objects.order_by("pk")
    assert (refused.resolved_by, held(job)["phone"], held(job)["fax"]) == (saved, PHONE, FAX)


def test_what_was_joined_to_a_decision_is_asked_for_by_the_form_that_replaces_it(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"phone": PHONE, "email": EMAIL})
    over = inputs(as_bob.get(EDIT))
    save_form(as_bob, over | {"phone": "555-0101"})
    refuse(sandbox)
    send()
    save_form(as_bob, over | {"phone": FAX})
    send()
    assert (held(job)["phone"], held(job)["email"]) == (FAX, EMAIL)


def test_a_form_that_loaded_newer_values_saves_what_it_shows_of_an_edit_that_was_undone_in_the_books(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    was, form = held(job)["phone"], inputs(as_bob.get(EDIT))
    save_form(as_bob, form | {"phone": PHONE})
    over = inputs(as_bob.get(EDIT))
    send()
    move(sandbox, job, phone=was)
    newer = inputs(as_bob.post_only(EDIT, over | {"fax": FAX, "rebase": "1"}))
    save_form(as_bob, newer)
    send()
    assert (newer["phone"], held(job)["phone"], held(job)["fax"]) == (was, was, FAX)


def test_a_form_shows_as_saved_what_is_in_one_line(as_bob: PatientClient, job: Record, sandbox: Sandbox) -> None:
    """Of two tabs that were opened side by side that is the change of one: the other's is merged with it later."""
    was, tabs = held(job)["phone"], [inputs(as_bob.get(EDIT)) for _ in range(2)]
    save_form(as_bob, tabs[0] | {"phone": PHONE})
    save_form(as_bob, tabs[1] | {"email": EMAIL})
    page = as_bob.get(EDIT)
    shown, own = inputs(page), page.context["pending"].own
    save_form(as_bob, shown | {"fax": FAX})
    send()
    assert [one.is_shown for one in own] == [False, True]
    assert (shown["phone"], shown["email"]) == (was, EMAIL)
    assert (held(job)["phone"], held(job)["email"], held(job)["fax"]) == (PHONE, EMAIL, FAX)


def test_what_is_hidden_of_an_edit_that_the_form_shows_is_no_change_of_its_own(
    as_bob: PatientClient, job: Record, sandbox: Sandbox, hide: Callable[..., None]
) -> None:
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"phone": PHONE})
    hide("customers.phone")
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"fax": FAX})
    send()
    assert (held(job)["phone"], held(job)["fax"]) == (PHONE, FAX)


def cancel_first(first: Edit) -> None:
    put_back(first)
    queue.cancel_edit(Edit.objects.select_related("tenant").get(pk=first.pk))


@pytest.mark.parametrize("end", [cancel_first, fail_first])
@pytest.mark.parametrize("phone", [PHONE, "555-0101", ""])
def test_a_third_save_takes_back_the_second_however_the_first_has_ended(
    as_bob: PatientClient, job: Record, sandbox: Sandbox, end: Callable[[Edit], None], phone: str
) -> None:
    form = inputs(as_bob.get(EDIT))
    save_form(as_bob, form | {"phone": PHONE})
    first = Edit.objects.select_related("tenant").get()
    begin_to_send(first)
    save_form(as_bob, form | {"phone": PHONE, "fax": FAX})
    end(first)
    save_form(as_bob, form | {"phone": phone or form["phone"]})
    send_all()
    assert (held(job)["phone"], held(job)["fax"]) == (phone or form["phone"], form["fax"])
    assert not Edit.objects.filter(wanted="{}").exists()


def test_to_take_a_new_line_back_is_asked_about_like_any_change(
    author: Member, paid_bill: Record, sandbox: Sandbox
) -> None:
    was, seen = held(paid_bill), paid_bill.version
    save(author, paid_bill, add_line(was, "Mine"), "form-1")
    send()
    said: dict[str, Any] = {"token": "form-1", "total_seen": get_rules(paid_bill).total(paid_bill, was, was)}
    asked = change.apply(author, find_again(paid_bill), seen, was, **said)
    assert isinstance(asked, acceptance.NeedsAgreement)
    said["agreed"] = [check.box for check, _ in asked.checks.warnings]
    change.apply(author, find_again(paid_bill), seen, was, **said)
    send()
    assert (list_states(), count_lines(paid_bill)) == ([SAVED, SAVED], 0)


def test_a_draft_of_a_form_that_is_saved_is_offered_no_more(as_bob: PatientClient, job: Record) -> None:
    form = inputs(as_bob.get(EDIT))
    save_form(as_bob, form | {"phone": PHONE})
    begin_to_send(Edit.objects.get())
    as_bob.post_only(EDIT, form | {"phone": PHONE, "fax": FAX, "draft": "1"})
    fail_first(Edit.objects.exclude(state=State.DRAFT).get())
    save_form(as_bob, form | {"phone": PHONE, "fax": FAX})
    assert not Edit.objects.filter(state=State.DRAFT).exists()


def test_a_note_that_is_added_to_the_same_changes_is_kept(as_bob: PatientClient, job: Record) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": PHONE}
    save_form(as_bob, form)
    save_form(as_bob, form | {"reason": "by phone"})
    assert list(Edit.objects.values_list("reason", flat=True)) == ["by phone"]


def test_a_form_whose_draft_is_somebody_elses_by_now_is_saved(
    as_bob: PatientClient, alice: User, bob: User, abc: Tenant, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": PHONE}
    as_bob.post_only(EDIT, form | {"draft": "1"})
    transitions.hand_over_edit(Edit.objects.get(), alice, "chief")
    save_form(as_bob, form)
    send()
    assert (held(job)["phone"], list_states()) == (PHONE, [State.DRAFT, SAVED])


def test_back_and_forth_in_bigcapital_ends_with_what_was_saved_last(
    juniper: Tenant, bob: User, copied: Copied, sandbox: Sandbox
) -> None:
    copied(juniper)
    member, record = Member(juniper, bob, Role.BOOKKEEPER), lookup.find_record(juniper, "customers", "1")
    was = show_form(record)["note"]
    for note in ("A", was, "A"):
        save_values(member, record, "form-1", note=note)
        send()
        assert held(record)["note"] == note


def open_again(client: PatientClient, failed: Edit, at: str) -> dict[str, str]:
    return inputs(client.get(f"{at}?from={failed.pk}"))


@pytest.mark.parametrize("pages", ["two tabs", "send again and a tab", "send again and the form"])
def test_a_failed_edit_that_is_gone_on_with_on_two_pages_is_saved_once(
    as_bob: PatientClient, author: Member, bill: Record, sandbox: Sandbox, pages: str
) -> None:
    at, form = fill_bill(as_bob, bill)
    save_form(as_bob, form, at)
    fail_first(Edit.objects.get())
    failed = Edit.objects.get()
    tab = open_again(as_bob, failed, at)
    if pages == "two tabs":
        save_form(as_bob, open_again(as_bob, failed, at), at)
    else:
        again = fetch_edit(failed.pk)
        assert again is not None
        next_steps.send_again(author, again)
    save_form(as_bob, form if pages == "send again and the form" else tab, at)
    send()
    assert count_lines(bill) == 1


@pytest.mark.parametrize(
    ("is_sent_between", "outcome"),
    [(True, (["Mine"], State.CONFLICT)), (False, (["Mine", "Also mine"], SAVED))],
    ids=["asked", "matched"],
)
def test_a_line_of_it_is_added_once_where_a_second_tab_adds_another(
    as_bob: PatientClient, bill: Record, sandbox: Sandbox, is_sent_between: bool, outcome: Any
) -> None:
    at, form = fill_bill(as_bob, bill)
    save_form(as_bob, form, at)
    fail_first(Edit.objects.get())
    tabs = [open_again(as_bob, Edit.objects.get(), at) for _ in range(2)]
    account, number = str(held(bill)["expense_lines"][0]["account"]), len(held(bill)["expense_lines"]) + 1
    save_form(as_bob, tabs[0], at)
    if is_sent_between:
        send()
    new = {"id": "-1", "account": account, "amount": "0.00", "memo": "Also mine"}
    save_form(as_bob, tabs[1] | {f"expense_lines-{number}-{name}": text for name, text in new.items()}, at)
    send()
    memos = [line["memo"] for line in held(bill)["expense_lines"]]
    assert (memos[1:], list_states()[-1]) == outcome


def test_what_another_tab_has_made_of_it_is_not_put_back_unasked(
    as_bob: PatientClient, job: Record, sandbox: Sandbox
) -> None:
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"phone": PHONE})
    fail_first(Edit.objects.get())
    tabs = [open_again(as_bob, Edit.objects.get(), EDIT) for _ in range(2)]
    save_form(as_bob, tabs[0] | {"phone": "555-0101"})
    send()
    save_form(as_bob, tabs[1] | {"fax": FAX})
    send()
    assert (list_states()[-1], held(job)["phone"]) == (State.CONFLICT, "555-0101")


def test_so_is_one_that_is_decided_on_its_page_and_gone_on_with(
    as_bob: PatientClient, bill: Record, sandbox: Sandbox
) -> None:
    at, form = fill_bill(as_bob, bill)
    save_form(as_bob, form, at)
    sandbox.change(endUserId=ABC, resource="bills", id=bill.remote_id, changes={"memo": "Theirs"})
    send()
    own = f"/t/abc/edits/{Edit.objects.get().pk}/"
    tab, decision = open_again(as_bob, Edit.objects.get(), at), inputs(as_bob.get(own), "conflict")
    as_bob.post_only(own, decision)
    save_form(as_bob, tab, at)
    send()
    assert count_lines(bill) == 1


@pytest.mark.parametrize("button", ["confirm", "discard"])
def test_a_page_left_open_does_not_decide_what_was_gone_on_with_elsewhere(
    as_bob: PatientClient, job: Record, sandbox: Sandbox, button: str
) -> None:
    save_form(as_bob, inputs(as_bob.get(EDIT)) | {"phone": PHONE})
    move(sandbox, job, phone="555-0199")
    send()
    first = Edit.objects.get()
    own = f"/t/abc/edits/{first.pk}/"
    left_open = inputs(as_bob.get(own), "conflict") | {"choice-phone": "theirs", button: "1"}
    save_form(as_bob, agreed(as_bob.post_only(EDIT, open_again(as_bob, first, EDIT) | {"fax": FAX})))
    refuse(sandbox)
    send()
    later = Edit.objects.latest("pk")
    answer = as_bob.post_only(own, left_open)
    later.refresh_from_db()
    assert (answer["Location"], later.needs_author) == (f"/t/abc/edits/{later.pk}/", True)


def test_an_edit_that_has_just_ended_unsaved_stands_for_no_later_save(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = save_values(author, job, "form-1", phone=PHONE)
    begin_to_send(first)
    save_values(author, job, "form-1", phone="555-0101")
    replace_by_earlier = change._replace_by_earlier

    def be_overtaken(*what: Any) -> bool:
        monkeypatch.setattr(change, "_replace_by_earlier", replace_by_earlier)
        fail_first(Edit.objects.get(pk=first.pk))
        return replace_by_earlier(*what)

    monkeypatch.setattr(change, "_replace_by_earlier", be_overtaken)
    save_values(author, job, "form-1", phone=PHONE)
    send()
    assert (held(job)["phone"], list_states()) == (PHONE, [State.NOT_SENT, State.DISCARDED, SAVED])
