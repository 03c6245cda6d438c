"""Mails to people who have gone: which changes of theirs they name, once, and what needs them each morning."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from edits.models.edit import Edit, State
from overview import away
from tenants.mailing import OUTGOING
from tenants.models import Membership, PersonSettings, Tenant
from tests.edits.factories import an_edit

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
    """Return what is mailed, once all of it has been sent."""
    mail.outbox.clear()
    send()
    OUTGOING.submit(int).result()
    return list(mail.outbox)


@pytest.mark.parametrize("state", [State.CONFLICT, State.REFUSED, State.NOT_SENT, State.NOT_APPLIED])
def test_a_change_that_nobody_has_seen_end_is_mailed_to_its_author(
    own: PersonSettings, bob: User, larch: Tenant, state: State
) -> None:
    edit = end(larch, bob, state, record_name="Quillon")
    (message,) = run(away.mail_changes)
    assert (message.subject, message.to) == ("Ledgerdesk: 1 change of yours needs you", [bob.email])
    named = (larch.name, "Quillon", f"https://desk.example/t/larch/edits/{edit.pk}/", "https://desk.example/inbox/")
    assert [text in str(message.body) for text in named] == [True] * 4


def test_a_subject_names_no_record_and_no_company(own: PersonSettings, bob: User, larch: Tenant) -> None:
    end(larch, bob, record_name="Quillon")
    subjects = [message.subject for send in (away.mail_changes, away.mail_summaries) for message in run(send)]
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


def test_a_morning_without_anything_has_no_mail(own: PersonSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert summarize(own, "2026-11-28T09:00Z", monkeypatch) == []


def test_turning_mails_on_mails_nothing_of_before(as_bob: Client, bob: User, larch: Tenant, mailing: None) -> None:
    end(larch, bob)
    as_bob.post("/settings/", {"mails_changes": "on"})
    assert (PersonSettings.objects.get().mails_changes, run(away.mail_changes)) == (True, [])


def test_an_outcome_told_to_a_page_that_nobody_sees_stays_unread(as_bob: Client, bob: User, larch: Tenant) -> None:
    edit = end(larch, bob)
    told = []
    for unseen in ({"X-Unseen": "1"}, {}):
        as_bob.get("/t/larch/edits/news/", headers=unseen)
        edit.refresh_from_db()
        told.append(edit.notified_at is not None)
    assert told == [False, True]
