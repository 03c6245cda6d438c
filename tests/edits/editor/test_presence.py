"""An open form says when its record moves and who of our own people moved it, and who else has it open."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from books.models import Record, Version
from edits.editor import presence
from edits.models.edit import Opened
from tests.customers.test_edit import ABC, EDIT, JOB, change
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

LIVE = f"/t/abc/edits/presence/customers/{JOB}/"


def opened(client: Client) -> dict[str, str]:
    """Open the form: what its look behind the page asks with."""
    return {"base": inputs(client.get(EDIT))["base"], "form": "1"}


def read_again(client: Client, job: Record) -> None:
    """Let the mirror have the record as the books have it now."""
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T00:00:00Z")
    client.get(LIVE)
    assert run_queued_tasks() == ["read_wanted"]


def address_of(page: str) -> str:
    """Where the age line of a page looks next."""
    return unescape(re.findall(r'id="live"[^>]*hx-get="([^"]*)"', page)[0])


def test_a_colleagues_save_is_told_by_name(as_bob: Client, as_alice: Client, job: Record) -> None:
    asked = opened(as_bob)
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | {"fax": "555-0188"})
    page = one_line(as_bob.get(LIVE, asked).content.decode())
    said = ("Alice saved this customer", "Load their changes", "Changed in QuickBooks")
    assert [words in page for words in said] == [True, True, False]


def test_an_open_form_asks_in_time_and_when_its_author_comes_back_to_it(as_bob: Client, job: Record) -> None:
    trigger = re.findall(r'id="live"[^>]*hx-trigger="([^"]*)"', as_bob.get(LIVE, opened(as_bob)).content.decode())
    assert trigger == ["every 15s, visibilitychange from:document"]


def test_nobody_is_named_for_a_change_in_quickbooks(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    asked = opened(as_bob)
    change(sandbox, fax="555-0188")
    read_again(as_bob, job)
    page = as_bob.get(LIVE, asked).content.decode()
    assert ("saved this" in page, "Someone changed this in QuickBooks" in page) == (False, True)


def test_both_are_told_where_both_happened(as_bob: Client, as_alice: Client, job: Record, sandbox: Sandbox) -> None:
    asked = opened(as_bob)
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | {"fax": "555-0188"})
    change(sandbox, phone="555-0199")
    read_again(as_bob, job)
    page = one_line(as_bob.get(LIVE, asked).content.decode())
    assert ("Alice saved this customer" in page, "Someone changed this in QuickBooks" in page) == (True, True)


def test_ones_own_save_in_another_tab_is_told_as_well(as_bob: Client, job: Record) -> None:
    asked = opened(as_bob)
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"fax": "555-0188"})
    page = one_line(as_bob.get(LIVE, asked).content.decode())
    assert ("You saved this customer" in page, "Load the changes" in page, "their" in page) == (True, True, False)


def test_who_else_has_the_form_open_is_shown(as_bob: Client, as_alice: Client, job: Record) -> None:
    as_alice.get(LIVE, opened(as_alice))
    pages = [one_line(client.get(LIVE, opened(client)).content.decode()) for client in (as_bob, as_alice)]
    assert [("Alice is also editing this" in page, "Bob is also editing this" in page) for page in pages] == [
        (True, False),
        (False, True),
    ]


def test_whoever_only_looks_at_the_record_has_no_form_open(as_bob: Client, as_carol: Client, job: Record) -> None:
    as_carol.get(LIVE)
    assert list(Opened.objects.all()) == []


def test_a_form_that_is_no_longer_heard_of_is_closed(as_bob: Client, as_alice: Client, job: Record) -> None:
    as_alice.get(LIVE, opened(as_alice))
    Opened.objects.update(seen_at=timezone.now() - presence.GONE_AFTER)
    assert "Alice" not in as_bob.get(LIVE, opened(as_bob)).content.decode()


def test_a_page_is_answered_at_once_and_told_when_to_look_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    asked = opened(as_bob)
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T00:00:00Z")
    waiting = as_bob.get(LIVE, asked).content.decode()
    assert (sandbox.requests(ABC), "checking with QuickBooks" in waiting) == ([], True)
    assert len(re.findall(r'hx-trigger="load delay:\d+ms, every 60s"', waiting)) == 1
    run_queued_tasks()
    answered = as_bob.get(address_of(waiting)).content.decode()
    assert ("checked with QuickBooks, no changes" in answered, "load delay" in answered) == (True, False)


def test_an_open_form_has_its_record_read_again_once_it_is_old(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    again = opened(as_bob) | {"shown": as_bob.get(LIVE, opened(as_bob)).context["shown"]}
    Record.objects.filter(pk=job.pk).update(read_at=timezone.now() - timedelta(seconds=59))
    as_bob.get(LIVE, again)
    assert run_queued_tasks() == []
    Record.objects.filter(pk=job.pk).update(read_at=timezone.now() - timedelta(seconds=61))
    answers = {as_bob.get(LIVE, again).status_code for _ in range(3)}
    assert (answers, run_queued_tasks(), len(sandbox.requests(ABC))) == ({200}, ["read_wanted"], 1)


def test_a_form_left_open_has_its_record_read_ever_more_rarely(as_bob: Client, job: Record) -> None:
    asked = opened(as_bob) | {"opened": (timezone.now() - timedelta(hours=8)).isoformat()}
    Record.objects.filter(pk=job.pk).update(read_at=timezone.now() - timedelta(minutes=119))
    as_bob.get(LIVE, asked)
    assert run_queued_tasks() == []


def test_it_answers_nothing_while_all_stays_as_shown(as_bob: Client, as_alice: Client, job: Record) -> None:
    asked = opened(as_bob)
    again = asked | {"shown": as_bob.get(LIVE, asked).context["shown"]}
    quiet = as_bob.get(LIVE, again).status_code
    as_alice.get(LIVE, opened(as_alice))
    assert (quiet, as_bob.get(LIVE, again).status_code) == (204, 200)


@pytest.mark.parametrize("base", ["", "x", "a:b:c"])
def test_a_page_that_does_not_say_what_it_shows_has_not_moved(as_bob: Client, job: Record, base: str) -> None:
    assert "no changes" in as_bob.get(LIVE, {"base": base, "form": "1"}).content.decode()


def test_balances_that_changed_without_a_new_revision_are_told_with_their_time(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    asked = opened(as_bob)
    Version.objects.filter(record=job).update(content="{}")
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T08:10:00Z", balance=job.balance + 1)
    waiting = as_bob.get(LIVE, asked).content.decode()
    run_queued_tasks()
    assert "balances from 1 Jan 08:10" in as_bob.get(address_of(waiting)).content.decode()


@pytest.mark.parametrize("said", ["x", "x y", "x 2026-99-01T00:00:00Z", "", " "])
def test_a_page_that_says_nothing_of_its_balances_is_told_nothing_of_them(
    as_bob: Client, job: Record, said: str
) -> None:
    answer = as_bob.get(LIVE, opened(as_bob) | {"balances": said, "opened": said})
    assert (answer.status_code, "balances from" in answer.content.decode()) == (200, False)


def test_old_openings_are_forgotten(as_bob: Client, job: Record) -> None:
    as_bob.get(LIVE, opened(as_bob))
    Opened.objects.update(seen_at=timezone.now() - presence.FORGOTTEN_AFTER - timedelta(minutes=1))
    presence.forget_old(9)
    assert Opened.objects.count() == 0
