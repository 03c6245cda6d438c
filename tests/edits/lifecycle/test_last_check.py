"""What a queued edit is merged into and asked again when its turn comes: it is sent as agreed, or not at all."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from books import registry
from books.mirror import lookup
from books.models import Record
from books.sync import refresh
from edits.lifecycle import queue, requested, reread
from edits.models.edit import Edit, State
from record_forms.checks import RULES, Check, CheckRules
from records.content import Content
from tenants.access import Member
from tenants.models import PersonSettings, Role, Tenant
from tests.customers.test_edit import ABC, change, sent
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .queueing import find_again, list_states, log_of, save, save_values, send, show_form
from .test_queue import fail, let_time_pass

SAVED, QUEUED, CONFLICT = State.SAVED, State.QUEUED, State.CONFLICT
CHANGED = "The record was changed while this change waited."
BEFORE = "The change before this one was not saved, so both are to decide together."

# The fields that one of an author's edits changes, and which of the edits before it its form has shown.
Asked = tuple[set[str], set[int]]
FIELDS = st.sets(st.sampled_from(("phone", "billing_address", "shipping_address")), min_size=1)
ASKED = st.tuples(FIELDS, st.sets(st.sampled_from((0, 1))))


@pytest.fixture
def author(bob: User, abc: Tenant) -> Member:
    return Member(abc, bob, Role.BOOKKEEPER)


@pytest.fixture
def other(alice: User, abc: Tenant) -> Member:
    return Member(abc, alice, Role.ADMIN)


def move(sandbox: Sandbox, record: Record, **changes: object) -> None:
    """Change the job in QuickBooks, and let the copy learn of it."""
    change(sandbox, **changes)
    refresh.read_record(record.tenant, registry.get_table(record.tenant, record.kind), record.remote_id)


def held(record: Record) -> Content:
    return lookup.get_content(find_again(record))


def refuse(sandbox: Sandbox, resource: str = "customers", count: int = 1) -> None:
    """Let QuickBooks refuse the next change."""
    refused = {"fault": "refuse", "integrationCode": "3070", "message": "The string is too long."}
    sandbox.fault(endUserId=ABC, operation="update", resource=resource, count=count, **refused)


def test_other_fields_of_the_record_that_were_changed_meanwhile_are_merged(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, fax="555-0199")
    send()
    now = held(job)
    assert (log_of(edit)[-1], now["phone"], now["fax"]) == (SAVED, "555-0100", "555-0199")
    assert [sorted(body) for body in sent(sandbox)] == [["phone", "revisionNumber"]]


def test_so_are_those_that_the_refusal_of_an_edit_ahead_has_shown(
    author: Member, other: Member, job: Record, sandbox: Sandbox
) -> None:
    save_values(other, job, "form-1", phone="555-0100")
    save_values(author, job, "form-2", email="a@example.com")
    change(sandbox, phone="555-0199", fax="555-0199")
    send()
    now = held(job)
    assert list_states() == [CONFLICT, SAVED]
    assert (now["phone"], now["fax"], now["email"]) == ("555-0199", "555-0199", "a@example.com")
    assert [sorted(body) for body in sent(sandbox)] == [["phone", "revisionNumber"], ["email", "revisionNumber"]]


def test_the_same_field_that_was_changed_meanwhile_is_a_conflict(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, phone="555-0199")
    send()
    assert (log_of(edit), edit.error_message, sent(sandbox)) == ([QUEUED, CONFLICT], CHANGED, [])


def test_a_conflict_found_at_its_turn_shows_what_is_read_then(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, phone="555-0199")
    change(sandbox, phone="555-0133")
    send()
    edit.refresh_from_db()
    shown = held(job)["phone"], reread.is_read_since(edit, find_again(job))
    assert (edit.state, shown) == (CONFLICT, ("555-0133", True))


def test_while_its_record_cannot_be_read_it_shows_nothing_of_before(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, phone="555-0199")
    sandbox.fault(endUserId=ABC, operation="retrieve", fault="refuse", integrationCode="3176", count=None)
    send()
    edit.refresh_from_db()
    assert (edit.state, reread.is_read_since(edit, find_again(job))) == (CONFLICT, False)


def test_what_the_books_hold_already_is_saved_without_a_request(author: Member, job: Record, sandbox: Sandbox) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, phone="555-0100")
    send()
    assert (log_of(edit), edit.result, sent(sandbox)) == ([QUEUED, SAVED], find_again(job).version, [])


def test_a_record_that_had_moved_before_the_save_shows_its_author_what_is_new(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    move(sandbox, job, fax="555-0199")
    edit = save_values(author, job, "form-1", phone="555-0100")
    send()
    assert (log_of(edit)[-1], edit.error, held(job)["fax"]) == (CONFLICT, "Stale", "555-0199")


def test_a_second_edit_rests_on_the_result_of_the_first(author: Member, job: Record, sandbox: Sandbox) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    save_values(author, job, "form-2", over=[first], fax="555-0101")
    send()
    assert (list_states(), held(job)["phone"], held(job)["fax"]) == ([SAVED, SAVED], "555-0100", "555-0101")


@pytest.mark.parametrize("is_moved", [False, True])
def test_the_same_field_may_be_changed_as_often_as_its_author_likes(
    author: Member, job: Record, sandbox: Sandbox, is_moved: bool
) -> None:
    over: list[Edit] = []
    for n in range(3):
        over.append(save_values(author, job, f"form-{n}", over=tuple(over), phone=f"555-010{n}"))
    if is_moved:
        move(sandbox, job, fax="555-0199")
    send()
    assert (list_states(), held(job)["phone"], len(sent(sandbox))) == ([SAVED] * 3, "555-0102", 3)


def test_a_second_edit_may_put_back_what_the_first_has_changed(author: Member, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    first = save_values(author, job, "form-1", phone="555-0100")
    save_values(author, job, "form-2", over=[first], phone=was)
    send()
    assert (list_states(), held(job)["phone"]) == ([SAVED, SAVED], was)


def test_the_members_of_an_address_are_merged_one_by_one(author: Member, job: Record, sandbox: Sandbox) -> None:
    city, line = ({"city": "Oakland"}, {"line2": "9 Pier Way"})
    first = save_values(author, job, "form-1", billing_address=held(job)["billing_address"].replace(**city))
    shown = show_form(job, [first])["billing_address"]
    save_values(author, job, "form-2", over=[first], billing_address=shown.replace(**line))
    move(sandbox, job, fax="555-0199")
    send()
    address = held(job)["billing_address"]
    assert (list_states(), address["city"], address["line2"]) == ([SAVED, SAVED], "Oakland", "9 Pier Way")


def test_edits_of_two_people_are_merged(author: Member, other: Member, job: Record, sandbox: Sandbox) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    save_values(other, job, "form-2", fax="555-0101")
    send()
    assert (list_states(), held(job)["phone"], held(job)["fax"]) == ([SAVED, SAVED], "555-0100", "555-0101")


def test_a_clash_of_two_people_is_for_the_second_to_decide(
    author: Member, other: Member, job: Record, sandbox: Sandbox
) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    save_values(other, job, "form-2", phone="555-0101")
    send()
    assert (list_states(), held(job)["phone"], len(sent(sandbox))) == ([SAVED, CONFLICT], "555-0100", 1)


def test_a_form_opened_before_the_first_was_saved_is_merged_with_it(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    save_values(author, job, "tab-1", phone="555-0100")
    save_values(author, job, "tab-2", fax="555-0101")
    send()
    assert (list_states(), held(job)["phone"], held(job)["fax"]) == ([SAVED, SAVED], "555-0100", "555-0101")


def warn_of(monkeypatch: pytest.MonkeyPatch, title: str, *, refuses: bool = False) -> None:
    """From now on every change of a customer whose fax is 555-0199 is asked about, or refused."""
    check = Check(title=title, why="", next_step="", refuses=refuses)

    def find(_: Record, was: Content, edited: Content) -> list[Check]:
        return [check] if was["fax"] == "555-0199" else []

    monkeypatch.setitem(RULES, "customers", CheckRules(against=find))


@pytest.mark.parametrize("refuses", [False, True])
def test_a_check_that_arises_while_it_waits_is_for_its_author_to_decide(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, refuses: bool
) -> None:
    warn_of(monkeypatch, "This is unusual.", refuses=refuses)
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, fax="555-0199")
    send()
    said = "Something changed while this change waited. This is unusual."
    assert (log_of(edit), edit.error_message, sent(sandbox)) == ([QUEUED, CONFLICT], said, [])


def test_so_is_a_check_that_the_edit_ahead_gives_rise_to(
    author: Member, other: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    warn_of(monkeypatch, "This is unusual.")
    save_values(author, job, "form-1", fax="555-0199")
    save_values(other, job, "form-2", phone="555-0100")
    send()
    assert (list_states(), len(sent(sandbox))) == ([SAVED, CONFLICT], 1)


def test_other_words_than_those_agreed_to_are_for_the_author_to_decide(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(sandbox, job, fax="555-0199")
    warn_of(monkeypatch, "It was 10.00.")
    agreed = [save_values(author, find_again(job), f"form-{n}", phone=f"555-010{n}") for n in range(2)]
    queue.cancel_edit(agreed[1])
    warn_of(monkeypatch, "It was 12.00.")
    let_time_pass(sent_at=timedelta(minutes=2))
    send()
    assert (log_of(agreed[0]), sent(sandbox)) == ([QUEUED, CONFLICT], [])


def test_the_very_words_agreed_to_hold(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(sandbox, job, fax="555-0199")
    warn_of(monkeypatch, "It was 10.00.")
    save_values(author, find_again(job), "form-1", phone="555-0100")
    let_time_pass(sent_at=timedelta(minutes=2))
    send()
    assert list_states() == [SAVED]


def test_words_that_name_the_authors_day_hold_in_a_worker_of_another_time_zone(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = "Etc/GMT+12" if timezone.now().hour < 12 else "Pacific/Kiritimati"  # where it is another day
    PersonSettings.objects.create(person=author.person, time_zone=elsewhere)

    def find(record: Record, base: Content, edited: Content) -> list[Check]:
        return [Check(title=f"Today is {timezone.localdate()}.", why="", next_step="")]

    monkeypatch.setitem(RULES, "customers", CheckRules(against=find))
    with timezone.override(elsewhere):
        save_values(author, job, "form-1", phone="555-0100")
    let_time_pass(sent_at=timedelta(minutes=2))
    send()
    assert list_states() == [SAVED]


def test_what_is_behind_a_refused_edit_goes_out_if_it_touches_other_fields(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    save_values(author, job, "form-2", over=[first], fax="555-0101")
    refuse(sandbox)
    send()
    assert (list_states(), held(job)["fax"]) == ([State.REFUSED, SAVED], "555-0101")
    assert sorted(sent(sandbox)[-1]) == ["fax", "revisionNumber"]


def test_else_both_are_one_decision(author: Member, job: Record, sandbox: Sandbox) -> None:
    first = save_values(author, job, "form-1", phone="555-0100", email="a@example.com")
    second = save_values(author, job, "form-2", over=[first], phone="555-0101")
    refuse(sandbox)
    send()
    first.refresh_from_db()
    assert (log_of(second), second.error_message, len(sent(sandbox))) == ([QUEUED, CONFLICT], BEFORE, 1)
    assert (first.needs_author, first.resolved_by, second.fields.split()) == (False, second, ["phone", "email"])


def test_what_a_form_did_not_show_of_a_decision_stays_its_own(author: Member, job: Record, sandbox: Sandbox) -> None:
    address = held(job)["billing_address"]
    save_values(author, job, "form-1", phone="555-0100", billing_address=address.replace(city="Oakland"))
    second = save_values(author, job, "form-2", phone="555-0101")
    third = save_values(author, job, "form-3", over=[second], billing_address=address.replace(line2="9 Pier Way"))
    refuse(sandbox)
    send()
    second.refresh_from_db()
    third.refresh_from_db()
    asked = [requested.get_requested(one)["billing_address"] for one in (second, third)]
    assert (list_states(), second.resolved_by) == ([State.REFUSED, CONFLICT, CONFLICT], None)
    assert [(one["city"], one["line2"]) for one in asked] == [
        ("Oakland", address["line2"]), (address["city"], "9 Pier Way")
    ]  # fmt: skip


@example(({"billing_address", "phone"}, set()), ({"billing_address"}, set()), ({"phone"}, {0}))
@given(first=ASKED, second=ASKED, third=ASKED)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_part_of_an_address_is_lost_where_several_are_decided_together(
    author: Member, job: Record, sandbox: Sandbox, first: Asked, second: Asked, third: Asked
) -> None:
    made: list[Edit] = []
    for number, (names, shown) in enumerate((first, second, third)):
        over = [edit for place, edit in enumerate(made) if place in shown or (0 in second[1] and 1 in shown)]
        form, member = show_form(job, over), ("line2", "line3", "city")[number]
        typed = {name: form[name].replace(**{member: f"typed {number}"}) for name in names if name != "phone"}
        typed |= {name: f"555-010{number}" for name in names if name == "phone"}
        made.append(save(author, job, form.replace(**typed), f"{Edit.objects.count()}", over=over))
    refuse(sandbox, count=3)
    send()
    open_ones = [edit for edit in Edit.objects.filter(pk__in=[one.pk for one in made]) if edit.needs_author]
    asked = "".join(edit.wanted for edit in open_ones)
    for number, (names, _) in enumerate((first, second, third)):
        assert asked.count(f"typed {number}") >= len(names - {"phone"})


def test_a_form_saved_a_third_time_replaces_its_second_edit_behind_the_first(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="cut_before")
    sandbox.fault(endUserId=ABC, operation="retrieve", resource="customers", count=1, fault="timeout")
    send()
    first.refresh_from_db()
    second = save_values(author, job, "form-1", phone="555-0100", fax="555-0101")
    third = save_values(author, job, "form-1", phone="555-0100", fax="555-0102")
    second.refresh_from_db()
    assert (first.state, second.state, third.state) == (State.UNKNOWN, State.DISCARDED, QUEUED)
    assert (second.behind, second.resolved_by, third.behind, third.fields) == (first, third, first, " fax ")


@pytest.mark.parametrize(("values", "ends"), [({"fax": "555-0101"}, SAVED), ({"phone": "555-0101"}, CONFLICT)])
def test_what_is_behind_a_cancelled_edit_goes_out_if_it_touches_other_fields(
    author: Member, job: Record, sandbox: Sandbox, values: dict[str, Any], ends: State
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    second = save_values(author, job, "form-2", over=[first], **values)
    queue.cancel_edit(first)
    send()
    assert (log_of(second)[-1], "phone" in held(job) and held(job)["phone"] != "555-0100") == (ends, True)


def test_what_failed_for_one_person_does_not_hold_up_another(
    author: Member, other: Member, job: Record, sandbox: Sandbox
) -> None:
    save_values(author, job, "form-1", phone="555-0100")
    save_values(other, job, "form-2", phone="555-0101")
    refuse(sandbox)
    send()
    assert (list_states(), held(job)["phone"]) == ([State.REFUSED, SAVED], "555-0101")


def test_an_edit_that_a_decision_resolves_does_not_hold_it_up(author: Member, job: Record, sandbox: Sandbox) -> None:
    fail(sandbox, "not_active")
    save_values(author, job, "form-1", phone="555-0100")
    send()
    let_time_pass(sent_at=timedelta(hours=13))
    queue.expire_queued()
    save_values(author, job, "form-1", phone="555-0100")
    send()
    assert (list_states(), held(job)["phone"]) == ([State.NOT_SENT, SAVED], "555-0100")


ADDRESSES = "alternate_shipping_addresses"


def in_answer(job: Record) -> list[dict[str, object]]:
    """The ship-to addresses of the job as QuickBooks answers them."""
    version = find_again(job).version
    assert version is not None
    found: list[dict[str, object]] = json.loads(version.content)["alternateShippingAddresses"]
    return [{name: "" if value is None else value for name, value in one.items()} for one in found]


def test_an_address_that_somebody_else_renamed_too_is_to_decide(
    as_bob: Client, author: Member, job: Record, sandbox: Sandbox
) -> None:
    (one,), (raw,) = held(job)[ADDRESSES], in_answer(job)
    edit = save_values(author, job, "form-1", **{ADDRESSES: (one.replace(name="Dock North"),)})
    move(sandbox, job, alternateShippingAddresses=[raw | {"name": "North Dock"}])
    send()
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/")
    (row,) = page.context["conflict"].rows
    as_bob.post(f"/t/abc/edits/{edit.pk}/", inputs(page, "conflict") | {row.name: "mine"})
    said = "you and QuickBooks have each given it another name"
    assert (row.note, [option.text for option in row.options][:2]) == (
        said,
        ["Keep yours: Dock North", "Use the QuickBooks value: North Dock"],
    )
    assert [entry["name"] for entry in held(job)[ADDRESSES]] == ["Dock North"]
