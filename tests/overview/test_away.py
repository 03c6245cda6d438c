"""Mails to people who have gone: which changes of theirs they name, once, and what needs them each morning."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books.models import Record
from books.sync import tasks
from edits.lifecycle.transitions import hand_over_edit
from edits.models.edit import Edit, State
from overview import away
from tenants.access import get_settings
from tenants.mailing import OUTGOING
from tenants.models import Membership, PersonSettings, Role, Tenant
from tenants.person_settings import SettingsForm
from tests.bills.factories import store_bill
from tests.customers.test_edit import ABC, EDIT
from tests.edits.factories import an_edit
from tests.support.inputs import inputs
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

MINUTE = timedelta(minutes=1)
ON = {"mails_changes": True, "mails_summary": True}


@pytest.fixture
def mailing(settings: Settings) -> None:
    settings.HAS_MAIL, settings.SITE_URL = True, "https://desk.example"


@pytest.fixture
def own(bob: User, mailing: None) -> PersonSettings:
    return PersonSettings.objects.create(person=bob, **ON, mailed_until=timezone.now() - 60 * MINUTE)


def end(tenant: Tenant, person: User, state: State = State.CONFLICT, minutes: int = 5, **more: Any) -> Edit:
    ended = timezone.now() - minutes * MINUTE
    return an_edit(tenant, person, ended, state=state, settled_at=ended, **more)


def run(send: Callable[[], int]) -> list[EmailMessage]:
    """Return what is mailed."""
    mail.outbox.clear()
    send()
    return list(mail.outbox)


def let_pause_pass() -> None:
    PersonSettings.objects.update(mailed_at=timezone.now() - away.PAUSE)


@pytest.fixture
def closed_server(settings: Settings) -> Iterator[None]:
    """A mail server that refuses every connection."""
    used = settings.EMAIL_BACKEND
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = bound.getsockname()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        yield
    settings.EMAIL_BACKEND = used


@pytest.mark.parametrize("state", [State.CONFLICT, State.REFUSED, State.NOT_SENT, State.NOT_APPLIED])
def test_a_change_that_nobody_has_seen_end_is_mailed_to_its_author(
    own: PersonSettings, bob: User, larch: Tenant, state: State
) -> None:
    edit = end(larch, bob, state, record_name="Quillon")
    (message,) = run(away.mail_changes)
    assert (message.subject, message.to) == ("Ledgerdesk: 1 change of yours needs you", [bob.email])
    named = (larch.name, "Quillon", f"https://desk.example/t/larch/edits/{edit.pk}/", "https://desk.example/inbox/")
    assert [text in str(message.body) for text in named] == [True] * 4


@pytest.mark.parametrize(
    ("more", "is_elses"),
    [
        ({}, True),
        ({"error": "Stale", "error_message": "It was changed."}, True),
        ({"error_message": "Something changed while this change waited."}, False),
        ({"error": "NotFound", "error_message": "It is gone."}, False),
    ],
)
def test_a_mail_says_of_a_conflict_only_what_is_so(
    own: PersonSettings, bob: User, larch: Tenant, more: dict[str, Any], is_elses: bool
) -> None:
    end(larch, bob, **more)
    (message,) = run(away.mail_changes)
    told = ["Needs your decision" in str(message.body), "somebody else" in str(message.body)]
    assert told == [True, is_elses]


def test_a_subject_names_no_record_and_no_company(own: PersonSettings, bob: User, larch: Tenant) -> None:
    end(larch, bob, record_name="Quillon")
    mails = run(away.mail_changes)
    let_pause_pass()
    subjects = [message.subject for message in (*mails, *run(away.mail_summaries))]
    assert [word in subject for subject in subjects for word in ("Quillon", larch.name)] == [False] * 2 * len(subjects)


@pytest.mark.parametrize(
    "more",
    [
        {"notified_at": datetime(2026, 11, 1, tzinfo=UTC)},
        {"minutes": 1},
        {"minutes": 90},
        {"state": State.SAVED},
        {"state": State.DRAFT},
    ],
    ids=["seen on a page", "just ended", "before it was turned on", "saved", "a draft"],
)
def test_what_needs_nobody_away_is_not_mailed(own: PersonSettings, bob: User, larch: Tenant, more: Any) -> None:
    end(larch, bob, **more)
    assert run(away.mail_changes) == []


@pytest.mark.parametrize("is_everywhere", [False, True], ids=["in the company", "in all of Ledgerdesk"])
def test_nothing_is_mailed_of_a_company_that_asks_for_a_second_factor(
    own: PersonSettings,
    bob: User,
    larch: Tenant,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    is_everywhere: bool,
) -> None:
    Tenant.objects.filter(pk=larch.pk).update(requires_second_factor=not is_everywhere)
    settings.SECOND_FACTOR_REQUIRED = is_everywhere
    end(larch, bob, minutes=5, record_name="Quillon")
    changes = run(away.mail_changes)
    assert changes + summarize(own, "2026-11-24T07:00:00Z", monkeypatch) == []


def test_a_change_is_mailed_once(own: PersonSettings, bob: User, larch: Tenant) -> None:
    end(larch, bob)
    assert [len(run(away.mail_changes)) for _ in range(2)] == [1, 0]


def test_mails_to_one_person_have_a_pause_between_them(own: PersonSettings, bob: User, larch: Tenant) -> None:
    end(larch, bob, minutes=9)
    run(away.mail_changes)
    end(larch, bob, minutes=3)
    counts = [len(run(away.mail_changes))]
    PersonSettings.objects.update(mailed_at=timezone.now() - away.PAUSE, mailed_until=timezone.now() - 5 * MINUTE)
    assert [*counts, len(run(away.mail_changes))] == [0, 1]


def test_nobody_is_mailed_who_has_not_chosen_it_or_is_no_member(own: PersonSettings, bob: User, larch: Tenant) -> None:
    end(larch, bob)
    Membership.objects.filter(person=bob, tenant=larch).delete()
    assert run(away.mail_changes) == []
    PersonSettings.objects.update(mails_changes=False)
    assert run(away.mail_changes) == []


def test_only_the_author_is_mailed(own: PersonSettings, alice: User, larch: Tenant) -> None:
    end(larch, alice)
    assert run(away.mail_changes) == []


def summarize(own: PersonSettings, now: str, monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    at = datetime.fromisoformat(now)
    monkeypatch.setattr(timezone, "now", lambda: at)
    return run(away.mail_summaries)


def test_each_morning_there_is_one_summary_by_the_persons_clock(
    own: PersonSettings, bob: User, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    PersonSettings.objects.update(time_zone="America/New_York")
    end(larch, bob, record_name="Quillon")
    moments = ["2026-11-28T11:59Z", "2026-11-28T12:00Z", "2026-11-28T12:30Z", "2026-11-28T17:00Z", "2026-11-29T12:00Z"]
    found = [summarize(own, now, monkeypatch) for now in moments]
    assert [len(mails) for mails in found] == [0, 1, 0, 0, 1]
    assert ["Quillon" in str(found[1][0].body), larch.name in str(found[1][0].body)] == [True, True]


@pytest.mark.parametrize(
    ("style", "day"), [("", "28 Nov 2026"), ("month-first", "Nov 28, 2026"), ("iso", "2026-11-28")]
)
def test_a_summary_writes_its_day_as_the_person_has_chosen(
    own: PersonSettings, bob: User, larch: Tenant, monkeypatch: pytest.MonkeyPatch, style: str, day: str
) -> None:
    PersonSettings.objects.update(date_style=style)
    end(larch, bob)
    (message,) = summarize(own, "2026-11-28T09:00Z", monkeypatch)
    assert str(message.body).partition("\n")[0] == f"What needs you in Ledgerdesk, {day}:"


def test_a_morning_without_anything_has_no_mail(own: PersonSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert summarize(own, "2026-11-28T09:00Z", monkeypatch) == []


def test_a_summary_counts_what_is_only_to_know_of(
    own: PersonSettings, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_bill(larch, dueDate="2026-11-28")
    (message,) = summarize(own, "2026-11-28T09:00Z", monkeypatch)
    assert message.subject == "Ledgerdesk: 1 thing for you today"


def test_a_long_summary_names_the_first_things_of_a_company(
    own: PersonSettings, bob: User, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away, "NAMED", 2)
    for number in range(5):
        end(larch, bob, record_name=f"Quillon {number}")
    (message,) = summarize(own, "2026-11-28T09:00Z", monkeypatch)
    assert (str(message.body).count("Quillon"), "- and 3 more" in str(message.body)) == (2, True)


def test_who_may_only_view_now_is_not_mailed(own: PersonSettings, bob: User, larch: Tenant) -> None:
    end(larch, bob)
    Membership.objects.filter(person=bob, tenant=larch).update(role=Role.VIEWER)
    assert run(away.mail_changes) == []


def find_zone_at_nine() -> str:
    """Return a time zone in which it is nine o'clock now."""
    ahead = (21 - timezone.now().hour) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"  # the signs of these names are the other way round


@pytest.mark.parametrize("send", [away.mail_changes, away.mail_summaries])
def test_a_mail_that_the_server_did_not_take_is_sent_after_a_pause_and_once(
    own: PersonSettings, bob: User, larch: Tenant, settings: Settings, closed_server: None, send: Callable[[], int]
) -> None:
    PersonSettings.objects.update(time_zone=find_zone_at_nine())
    end(larch, bob)
    with pytest.raises(ConnectionRefusedError):
        send()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    counts = [len(run(send))]
    for _ in range(2):
        let_pause_pass()
        counts.append(len(run(send)))
    assert counts == [0, 1, 0]


@pytest.mark.parametrize("ended", [{}, {"state": State.SAVED, "differs_open": True}], ids=["conflict", "differs"])
def test_what_is_handed_over_is_mailed_to_its_new_author_however_long_ago_it_ended(
    own: PersonSettings, bob: User, carol: User, larch: Tenant, ended: dict[str, Any]
) -> None:
    edit = end(larch, carol, minutes=600, notified_at=timezone.now(), **ended)
    assert hand_over_edit(edit, bob, "alice")
    at_once = run(away.mail_changes)
    Edit.objects.update(handed_at=timezone.now() - away.GONE - MINUTE)
    later = [[message.to for message in run(away.mail_changes)] for _ in range(2)]
    assert (at_once, later) == ([], [[[bob.email]], []])


def test_what_is_wrong_with_one_mail_keeps_no_other_from_being_sent(
    own: PersonSettings, bob: User, alice: User, larch: Tenant
) -> None:
    PersonSettings.objects.create(person=alice, **ON, mailed_until=timezone.now() - 60 * MINUTE)
    User.objects.filter(pk=bob.pk).update(email="bob@desk.example\nBcc: all@desk.example")
    for person in (bob, alice):
        end(larch, person)
    assert [message.to for message in run(away.mail_changes)] == [[alice.email]]


def test_a_mail_that_another_process_sends_is_not_sent_here(own: PersonSettings, bob: User) -> None:
    sent = []

    def write(own: PersonSettings) -> away.Mail:
        sent.append(away.mail_once(own, write))
        return away.Mail("A change of yours needs you", "")

    own = PersonSettings.objects.get()
    assert (away.mail_once(own, write), sent, len(mail.outbox)) == (True, [False], 1)


def test_settings_stored_while_a_mail_is_sent_do_not_forget_it(own: PersonSettings, bob: User) -> None:
    form = SettingsForm({"mails_changes": "on", "theme": "dark"}, instance=get_settings(bob))
    now = timezone.now()
    PersonSettings.objects.update(mailed_at=now)
    assert form.is_valid()
    form.save()
    stored = PersonSettings.objects.get()
    assert (stored.theme, stored.mailed_at) == ("dark", now)


def test_only_the_timetable_starts_mails() -> None:
    assert [away.ROUNDS.start in calls for calls in (tasks.CHORES, tasks.SWEEPS)] == [True, False]


def test_one_round_of_mails_at_a_time_holds_nobody_up_and_the_next_comes_later(
    mailing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, ended, called = away.MailRounds(), threading.Event(), list[int]()

    def hang() -> None:
        called.append(1)
        ended.wait(20)

    monkeypatch.setattr(away, "mail_changes", hang)
    monkeypatch.setattr(away, "mail_summaries", lambda: 1 / 0)
    for _ in range(2):
        rounds.start()  # returns although that round has not ended
    ended.set()
    OUTGOING.submit(int).result()
    rounds.start()  # too early: that round has failed
    OUTGOING.submit(int).result()
    assert called == [1]


def test_turning_mails_on_mails_nothing_of_before(as_bob: Client, bob: User, larch: Tenant, mailing: None) -> None:
    end(larch, bob)
    as_bob.post("/settings/", {"mails_changes": "on"})
    assert (PersonSettings.objects.get().mails_changes, run(away.mail_changes)) == (True, [])


UNSEEN = {"X-Unseen": "1", "HX-Request": "true"}


def is_told(edit: Edit) -> bool:
    edit.refresh_from_db()
    return edit.notified_at is not None


def test_a_page_that_nobody_sees_is_told_once_it_is_seen(as_bob: Client, bob: User, larch: Tenant) -> None:
    edit = end(larch, bob)
    found = []
    for headers in (UNSEEN, UNSEEN, {}):
        answer = as_bob.get("/t/larch/edits/news/", headers=headers)
        page = answer.content.decode()
        found.append(("needs your decision" in page, "desk:look" in page, answer["X-Needs-You"], is_told(edit)))
    assert found == [(False, True, str(edit.pk), False)] * 2 + [(True, False, str(edit.pk), True)]


def test_what_needs_you_on_a_page_that_nobody_sees_is_neither_told_nor_a_visit(
    as_bob: Client, bob: User, larch: Tenant
) -> None:
    edit = end(larch, bob)
    answers = [as_bob.get("/inbox/", headers=UNSEEN), as_bob.head("/inbox/")]
    visits = PersonSettings.objects.filter(inbox_seen_at__isnull=False).count()
    assert ([answer["X-Needs-You"] for answer in answers], is_told(edit), visits) == ([str(edit.pk)] * 2, False, 0)
    as_bob.get("/inbox/")
    assert (is_told(edit), PersonSettings.objects.filter(inbox_seen_at__isnull=False).count()) == (True, 1)


def test_a_page_that_nobody_sees_asks_as_long_as_a_save_is_under_way(
    as_bob: Client, bob: User, alice: User, larch: Tenant, harbor: Tenant
) -> None:
    end(larch, alice)
    an_edit(harbor, alice, timezone.now(), state=State.QUEUED)
    looks = [as_bob.get("/inbox/notices/", headers=UNSEEN)]
    edit = an_edit(harbor, bob, timezone.now() - MINUTE, state=State.QUEUED)
    needing = end(larch, bob)
    looks.append(as_bob.get("/inbox/notices/", headers=UNSEEN))
    Edit.objects.filter(pk=edit.pk).update(state=State.SAVED, settled_at=timezone.now())
    looks.append(as_bob.get("/inbox/notices/", headers=UNSEEN))
    found = [(look.status_code, look.get("X-Needs-You"), float(look.get("X-Look-Again", "0")) > 2) for look in looks]
    assert found == [(204, None, False), (204, str(needing.pk), True), (204, str(needing.pk), False)]
    assert not is_told(needing)


def test_a_form_that_nobody_sees_is_told_to_nobody(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="refuse")
    typed = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    Client.post(as_bob, EDIT, typed, headers={"HX-Request": "true"})
    run_queued_tasks("saves")
    edit, told = Edit.objects.get(), []
    look = as_bob.get(f"/t/abc/edits/{edit.pk}/progress/", headers=UNSEEN)
    for headers in (UNSEEN, {"HX-Request": "true"}):
        Client.post(as_bob, EDIT, {**typed, "outcome": str(edit.pk)}, headers=headers)
        told.append(is_told(edit))
    assert (edit.state, look["X-Needs-You"], told) == (State.REFUSED, str(edit.pk), [False, True])
