"""A bulk change is confirmed once, by its author, with the words of its warnings; before that nothing is sent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from books.models import Record
from edits import change
from edits.batches import confirm, moves, tasks
from edits.models.batch import Batch, BatchItem, BatchState, Step
from edits.models.edit import Edit
from record_forms.checks import RULES, Check, CheckRules
from tenants.access import Member
from tenants.models import Membership, Role, Tenant
from tests.customers.test_edit import sent
from tests.support.copies import Copied
from tests.support.people import signed_in
from tests.support.vendor import Sandbox

from .planning import NEW_PHONE, get_now, list_steps, plan_batch, plan_phones, propose, run, start
from .test_run import SAVED, WARNING, member, records

__all__ = ["member", "records"]


def test_nothing_is_sent_before_the_confirmation(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    plan_phones(member, records)
    tasks.queue_due_batches()
    run()
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_apply_takes_no_item_of_a_plan_that_nobody_confirmed(
    member: Member, records: list[Record], sandbox: Sandbox
) -> None:
    item = plan_phones(member, records).items.first()
    edited = get_now(records[0]).replace(phone=NEW_PHONE)
    with pytest.raises(PermissionDenied):
        change.apply(member, records[0], records[0].version, edited, token="t", batch=item)
    assert Edit.objects.count() == 0


def test_a_second_click_on_start_sends_nothing_twice(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = plan_phones(member, records)
    again = Batch.objects.get(pk=batch.pk)
    start(batch)
    run()
    start(again, reason="Second click")
    run()
    assert (len(sent(sandbox)), Edit.objects.count(), again.reason) == (3, 3, "")


def test_nobody_starts_the_bulk_change_of_another_person(member: Member, records: list[Record], alice: User) -> None:
    batch = plan_phones(member, records)
    with pytest.raises(PermissionDenied):
        confirm.confirm(batch, alice.pk, confirm.TakenItems(), agreed=())
    assert Batch.objects.get().state == BatchState.PLANNED


def test_what_was_left_out_is_not_sent(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    batch = plan_phones(member, records)
    confirm.confirm(batch, member.person.pk, confirm.TakenItems([1, 2, 3], [1, 3]), agreed=())
    run()
    assert (list_steps(batch), len(sent(sandbox))) == ([SAVED, (Step.LEFT_OUT, ""), SAVED], 2)


def test_a_warning_has_to_be_agreed_to_once_for_all_records(
    member: Member, records: list[Record], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "customers", CheckRules(against=lambda record, base, edited: [WARNING]))
    batch = plan_phones(member, records)
    (asked,) = confirm.confirm(batch, member.person.pk, confirm.TakenItems(), agreed=())
    run()
    assert (asked.count, asked.first, sent(sandbox)) == (3, [("This is unusual.", "")], [])
    start(batch)
    run()
    assert list_steps(batch) == [SAVED] * 3


def test_a_record_taken_in_again_asks_for_its_warning(
    member: Member, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    def warn(record: Record, base: object, edited: object) -> list[Check]:
        return [Check(title=f"{record.full_name} is unusual.", why="", next_step="Look at it.")]

    monkeypatch.setitem(RULES, "customers", CheckRules(against=warn))
    batch = plan_phones(member, records)
    moves.choose(batch, [3], [])
    (asked,) = confirm.list_asked(batch.items.all())
    (again,) = confirm.confirm(batch, member.person.pk, confirm.TakenItems([3], [3]), agreed=[asked.box])
    assert ((asked.count, again.count), batch.state) == ((2, 3), BatchState.PLANNED)
    fewer = confirm.confirm(batch, member.person.pk, confirm.TakenItems([1, 2, 3], [1]), agreed=[again.box])
    assert (fewer, batch.state) == ([], BatchState.RUNNING)


def test_who_agreed_for_one_record_has_not_agreed_for_three(
    member: Member, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "customers", CheckRules(against=lambda record, base, edited: [WARNING]))
    batch = plan_phones(member, records)
    moves.choose(batch, [2, 3], [])
    (shown,) = confirm.list_asked(batch.items.all())
    moves.choose(batch, [2, 3], [2, 3])  # on another page
    (asked,) = confirm.confirm(batch, member.person.pk, confirm.TakenItems(), agreed=[shown.box])
    assert (shown.count, asked.count, batch.state) == (1, 3, BatchState.PLANNED)


def test_a_viewer_starts_nothing(as_carol: Client, carol: User, records: list[Record], sandbox: Sandbox) -> None:
    viewer = Member(records[0].tenant, carol, Role.VIEWER)
    batch = plan_phones(viewer, records)
    answer = as_carol.post(batch.get_absolute_url(), {"do": "start"})
    run()
    assert (answer.status_code, Edit.objects.count(), sent(sandbox)) == (302, 0, [])


def test_a_plan_that_nobody_starts_is_forgotten(member: Member, records: list[Record]) -> None:
    old, young = plan_phones(member, records), plan_phones(member, records)
    Batch.objects.filter(pk=old.pk).update(planned_at=timezone.now() - moves.PLANS_KEPT - timedelta(minutes=1))
    counts = [moves.forget_plans(2), moves.forget_plans(2), moves.forget_plans(2)]
    assert (counts, BatchItem.objects.filter(batch=young).count()) == ([2, 1, 0], 3)


def test_apply_takes_no_item_of_another_record(member: Member, records: list[Record], sandbox: Sandbox) -> None:
    item = start(plan_phones(member, records)).items.get(number=2)
    edited = get_now(records[0]).replace(phone=NEW_PHONE)
    with pytest.raises(PermissionDenied):
        change.apply(member, records[0], records[0].version, edited, token="t", batch=item)
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_a_kind_shows_the_reason_of_each_of_its_first_records() -> None:
    reasons = [f"This bill is dated {day} Sep 2026." for day in range(1, 6)]
    items = [BatchItem(checks=[["kind", f"box-{why}", "The books are closed.", why, "Look."]]) for why in reasons]
    (asked,) = confirm.group_checks(items)
    assert [why for _, why in asked.first] == reasons[:3]
    assert (asked.titles, asked.more, asked.count) == (["The books are closed."], 2, 5)


def plan_in_two_companies(member: Member, record: Record, larch: Tenant, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """One record of each company, with a warning that names it, and a remark."""

    def warn(record: Record, base: object, edited: object) -> list[Check]:
        return [Check(title=f"{record.full_name} is unusual.", why="", next_step="Look at it.")]

    monkeypatch.setitem(RULES, "customers", CheckRules(against=warn))
    other = Record.objects.filter(tenant=larch, kind="customers", deleted_at=None).select_related("version")[0]
    elsewhere = propose(Member(larch, member.person, Role.BOOKKEEPER), other, phone=NEW_PHONE)
    return plan_batch(elsewhere, propose(member, record, phone=NEW_PHONE), remarks=["Larch: left out"])


@pytest.mark.parametrize("is_taken_over", [True, False])
def test_its_author_is_asked_about_records_of_their_own_companies_alone(
    member: Member,
    alice: User,
    records: list[Record],
    larch: Tenant,
    copied: Copied,
    monkeypatch: pytest.MonkeyPatch,
    is_taken_over: bool,
) -> None:
    copied(larch)
    batch = plan_in_two_companies(member, records[0], larch, monkeypatch)
    author = alice if is_taken_over else member.person
    Membership.objects.filter(person=author, tenant=larch).delete()
    Membership.objects.update_or_create(person=author, tenant=member.tenant, defaults={"role": Role.BOOKKEEPER})
    if is_taken_over:
        moves.hand_over(batch, alice, "root")
    page = signed_in(author).get(batch.get_absolute_url())
    (asked,) = page.context["asked"]
    assert (asked.titles, asked.count) == ([f"{records[0].full_name} is unusual."], 1)
    assert page.context["remarks"] == ([] if is_taken_over else ["Larch: left out"])


def test_a_start_leaves_out_the_records_that_its_author_was_not_asked_about(
    as_bob: Client,
    member: Member,
    records: list[Record],
    larch: Tenant,
    copied: Copied,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied(larch)
    batch = plan_in_two_companies(member, records[0], larch, monkeypatch)
    Membership.objects.filter(person=member.person, tenant=larch).delete()
    (asked,) = as_bob.get(batch.get_absolute_url()).context["asked"]
    answer = as_bob.post(batch.get_absolute_url(), {"do": "start", asked.box: "1"})
    assert (answer.status_code, list_steps(batch)) == (302, [(Step.LEFT_OUT, ""), (Step.WAITING, "")])
