"""The daily cleanup: what it deletes, in which pieces, and what it keeps."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from books.models import Record
from books.sync import daily
from edits.editor.presence import FORGOTTEN_AFTER
from edits.models.edit import DRAFTS_KEPT, Edit, Opened, State
from tests.edits.lifecycle.test_drafts import typed

pytestmark = pytest.mark.django_db


def a_session(expires: timedelta) -> str:
    store = SessionStore()
    store.create()
    Session.objects.filter(pk=store.session_key).update(expire_date=timezone.now() + expires)
    return str(store.session_key)


def test_expired_sessions_are_deleted_and_valid_ones_kept() -> None:
    a_session(timedelta(minutes=-1))
    living = a_session(timedelta(minutes=1))
    assert (daily.clear_away(), list(Session.objects.values_list("pk", flat=True))) == (True, [living])


def test_a_deleted_drafts_form_data_is_emptied_and_its_row_kept(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    Edit.objects.update(state=State.DISCARDED)  # as drafts were dropped by older releases
    daily.clear_away()
    assert list(Edit.objects.values_list("state", "typed")) == [(State.DISCARDED, "")]


def test_a_draft_in_use_keeps_its_form_data(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    daily.clear_away()
    assert ["phone=555-0100" in typing for typing in Edit.objects.values_list("typed", flat=True)] == [True]


def test_an_expired_draft_is_deleted_with_its_form_data(as_bob: Client, job: Record) -> None:
    typed(as_bob, phone="555-0100")
    Edit.objects.update(sent_at=timezone.now() - DRAFTS_KEPT - timedelta(minutes=1))
    daily.clear_away()
    assert list(Edit.objects.values_list("state", "typed")) == [(State.DISCARDED, "")]


def test_old_notes_of_open_forms_are_deleted(as_bob: Client, job: Record) -> None:
    as_bob.get(f"/t/abc/edits/presence/customers/{job.remote_id}/?form=1")
    daily.clear_away()
    assert Opened.objects.count() == 1
    Opened.objects.update(seen_at=timezone.now() - FORGOTTEN_AFTER - timedelta(minutes=1))
    daily.clear_away()
    assert Opened.objects.count() == 0


def test_an_interrupted_round_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "AT_ONCE", 2)
    monkeypatch.setattr(daily, "PIECES", 2)
    for _ in range(5):
        a_session(timedelta(minutes=-1))
    left = [(daily.clear_away(), Session.objects.count()) for _ in range(3)]
    assert left == [(False, 1), (True, 0), (True, 0)]


def test_each_step_runs_even_if_another_has_much_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def step(name: str, count: int) -> int:
        tried.append(name)
        return count

    monkeypatch.setattr(daily, "PIECES", 2)
    monkeypatch.setattr(daily, "STEPS", {"a": lambda most: step("a", most), "b": lambda most: step("b", 0)})
    assert (daily.clear_away(), tried) == (False, ["a", "a", "b"])


def test_the_round_logs_what_it_deleted(caplog: pytest.LogCaptureFixture) -> None:
    a_session(timedelta(minutes=-1))
    with caplog.at_level("INFO", logger="books.sync.daily"):
        daily.clear_away()
    assert caplog.messages == ["Daily round: cleared 1 expired sessions."]


def test_the_timetable_makes_the_round() -> None:
    a_session(timedelta(minutes=-1))
    call_command("timetable", once=True)
    assert Session.objects.count() == 0
