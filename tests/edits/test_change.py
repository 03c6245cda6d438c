"""Whatever leads to a change, `apply` decides whether it may be written; what breaks a rule reaches no vendor."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client

from books.mirror import lookup
from books.models import Record, Version
from edits import change
from edits.lifecycle import acceptance, settle
from edits.lifecycle.save import carry_out
from edits.models.edit import Edit, State
from record_forms.checks import RULES, AskedChecks, Check, CheckRules
from tenants.access import Member
from tenants.models import Membership, Role, Tenant
from tests.customers.test_edit import ABC, EDIT, sent
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

TOO_LONG = "5" * 40
MINE, THEIRS = "555-0100", "555-0199"
REFUSAL = Check(title="This is refused.", why="", next_step="", refuses=True)
WARNING = Check(title="This is unusual.", why="", next_step="")
BROKEN: dict[str, dict[str, Any]] = {
    "role": {},
    "limit": {},
    "blocker": {"against": lambda record, base, edited: [REFUSAL]},
    "warning": {"against": lambda record, base, edited: [WARNING]},
    "total": {"total": lambda record, base, edited: Decimal("10.00")},
}
Ask = Callable[[dict[str, str]], Any]


def in_quickbooks(sandbox: Sandbox, job: Record, phone: str) -> None:
    sandbox.change(endUserId=ABC, resource="customers", id=job.remote_id, changes={"phone": phone})


def opened(client: Client, url: str, form: str) -> Ask:
    """Post what a page that is open holds, with more."""
    page = client.get(url)
    return lambda more: client.post(url, inputs(page, form) | more)


def form(client: Client, job: Record, sandbox: Sandbox) -> Ask:
    ask = opened(client, EDIT, "record-form")
    return lambda more: ask({"phone": "6" * 40} | more)


def conflict(client: Client, job: Record, sandbox: Sandbox) -> Ask:
    """A conflict about the phone number, in which the original one is put back."""
    ask = opened(client, EDIT, "record-form")
    in_quickbooks(sandbox, job, THEIRS)
    assert ask({"phone": MINE}).status_code == 409
    decide = opened(client, f"/t/abc/edits/{Edit.objects.latest('pk').pk}/", "conflict")
    return lambda more: decide({"choice-phone": "was", "confirm": "1"} | more)


def undo(client: Client, job: Record, sandbox: Sandbox) -> Ask:
    """The undo of a change of the phone number."""
    assert opened(client, EDIT, "record-form")({"phone": MINE}).status_code == 303
    back = opened(client, f"/t/abc/edits/{Edit.objects.latest('pk').pk}/undo/", "conflict")
    return lambda more: back({"confirm": "1"} | more)


def break_rule(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on customers have a rule that any change breaks, or bob may only read."""
    monkeypatch.setitem(RULES, "customers", CheckRules(**BROKEN[rule]))
    if rule == "role":
        Membership.objects.update(role=Role.VIEWER)


@pytest.fixture(params=[*BROKEN])
def rule(request: pytest.FixtureRequest, job: Record, sandbox: Sandbox) -> str:
    """A kind of rule; for that of a limit, the books hold a phone number longer than an update may send."""
    if request.param == "limit":
        raw = json.loads(Version.objects.get(pk=str(job.version_id)).content) | {"phone": TOO_LONG}
        Version.objects.filter(pk=str(job.version_id)).update(content=json.dumps(raw))
    return str(request.param)


@pytest.mark.sqlite_only("of forms, as those of tests/record_forms; apply is asked on both")
@pytest.mark.parametrize("caller", [form, conflict, undo])
def test_no_page_sends_what_breaks_a_rule(
    as_bob: Client,
    job: Record,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    rule: str,
    caller: Callable[..., Ask],
) -> None:
    ask = caller(as_bob, job, sandbox)
    break_rule(rule, monkeypatch)
    before = len(sent(sandbox))
    answer = ask({"total_seen": "11.00"} | ({} if rule == "limit" else {"phone": MINE}))
    assert (answer.status_code, len(sent(sandbox))) == (403 if rule == "role" else 422, before)


OUTCOMES = {
    "limit": acceptance.Invalid([("phone", "Too long: 40 characters, 21 allowed.")]),
    "blocker": acceptance.NeedsAgreement(AskedChecks([REFUSAL], set())),
    "warning": acceptance.NeedsAgreement(AskedChecks([WARNING], set())),
    "total": acceptance.TotalDiffers(Decimal("11.00"), Decimal("10.00")),
}


def ask_apply(member: Member, job: Record, rule: str) -> change.Outcome:
    record = lookup.find_record(job.tenant, job.kind, job.remote_id)
    edited = lookup.get_content(record).replace(phone=("6" * 40) if rule == "limit" else MINE)
    return change.apply(member, record, record.version, edited, token="form-1", total_seen=Decimal("11.00"), agreed=[])


@pytest.mark.parametrize("rule", OUTCOMES, indirect=True)
def test_apply_says_which_rule_a_change_breaks(
    job: Record, sandbox: Sandbox, bob: User, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    break_rule(rule, monkeypatch)
    outcome = ask_apply(Member(job.tenant, bob, Role.BOOKKEEPER), job, rule)
    assert (outcome, Edit.objects.count(), sent(sandbox)) == (OUTCOMES[rule], 0, [])


@pytest.mark.parametrize("conflicts", [False, True])
def test_apply_takes_no_change_of_a_viewer(job: Record, sandbox: Sandbox, bob: User, conflicts: bool) -> None:
    viewer = Member(job.tenant, bob, Role.VIEWER)
    seen = None if conflicts else job.version
    edited = lookup.get_content(job).replace(phone=MINE)
    with pytest.raises(PermissionDenied):
        change.apply(viewer, job, seen, edited, token="form-1")
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_apply_takes_no_change_of_another_companys_record(
    job: Record, sandbox: Sandbox, bob: User, larch: Tenant
) -> None:
    elsewhere = Member(larch, bob, Role.BOOKKEEPER)
    with pytest.raises(PermissionDenied):
        change.apply(elsewhere, job, job.version, lookup.get_content(job).replace(phone=MINE), token="form-1")
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_a_warning_counts_as_agreed_only_in_its_very_words(
    job: Record, sandbox: Sandbox, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_rule("warning", monkeypatch)
    member, edited = Member(job.tenant, bob, Role.BOOKKEEPER), lookup.get_content(job).replace(phone=MINE)
    other = Check(title="This is unusual!", why="", next_step="")
    outcomes = [
        change.apply(member, job, job.version, edited, token="form-1", agreed=[check.box]) for check in (other, WARNING)
    ]
    assert [type(outcome) for outcome in outcomes] == [acceptance.NeedsAgreement, change.Accepted]


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_change_recorded_as_a_conflict_has_its_texts_cleaned_too(
    job: Record, sandbox: Sandbox, bob: User, is_seen: bool
) -> None:
    member, edited = Member(job.tenant, bob, Role.BOOKKEEPER), lookup.get_content(job)
    edited = edited.replace(company_name="Cafe\u0301\u200b Nord", note="One\r\ntwo")
    edit = change.record_conflict(member, job, job.version if is_seen else None, edited, token="form-1")
    wanted = json.loads(edit.wanted)
    assert (wanted["company_name"], wanted["note"]) == ("Café Nord", "One\ntwo")


def test_what_changes_nothing_is_no_edit(job: Record, sandbox: Sandbox, bob: User) -> None:
    member = Member(job.tenant, bob, Role.BOOKKEEPER)
    outcome = change.apply(member, job, job.version, lookup.get_content(job), token="form-1")
    assert (outcome, Edit.objects.count()) == (change.NothingChanged(), 0)


def test_an_accepted_edit_is_sent_once_however_often_it_is_carried_out(
    job: Record, sandbox: Sandbox, bob: User
) -> None:
    edit = saving.accept(Member(job.tenant, bob, Role.BOOKKEEPER), job, lookup.get_content(job).replace(phone=MINE))
    ended = [carry_out(Edit.objects.select_related("tenant", "base").get(pk=edit.pk)).state for _ in range(3)]
    assert (ended, len(sent(sandbox))) == ([State.SAVED] * 3, 1)


def test_an_accepted_edit_that_nobody_began_to_send_stays_queued(job: Record, sandbox: Sandbox, bob: User) -> None:
    edit = saving.accept(Member(job.tenant, bob, Role.BOOKKEEPER), job, lookup.get_content(job).replace(phone=MINE))
    settle.settle_due()
    edit.refresh_from_db()
    assert (edit.state, edit.process, len(sent(sandbox))) == (State.QUEUED, "", 0)
