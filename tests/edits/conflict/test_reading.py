"""A conflict is shown only once the record was read after the refusal; until then its page waits for that reading."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books import registry
from books.mirror import lookup
from books.models import Record, SyncRun, Version
from books.sync import reader, refresh
from edits import tasks
from edits.lifecycle import reread, transitions
from edits.models.edit import Edit, State
from tests.customers.test_edit import ABC, EDIT, JOB, change, sent
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_undo import at, confirm, save

HTMX = {"HX-Request": "true"}
WAITS = "Ledgerdesk is reading it again from QuickBooks."


def cut_reads(sandbox: Sandbox) -> None:
    """Let no record be read, as when the reading has not had its turn yet."""
    sandbox.fault(endUserId=ABC, operation="retrieve", fault="refuse", integrationCode="3176", count=None)


def stale(client: Client, sandbox: Sandbox) -> Any:
    """The answer to a save that was refused, whose record could not be read again yet."""
    form = inputs(client.get(EDIT)) | {"phone": "555-0100"}
    change(sandbox, phone="555-0199")
    cut_reads(sandbox)
    return client.post(EDIT, form)


def read_in_peace(sandbox: Sandbox) -> None:
    """Let the worker do what the page has queued, with a vendor that answers again."""
    sandbox.fault(clear=True)
    Edit.objects.update(look_at=None)
    edit = Edit.objects.latest("pk")
    tasks.queue_read_again(edit)
    tasks.read_again.call(edit.pk)


def url_of(edit: Edit) -> str:
    return f"/t/abc/edits/{edit.pk}/"


def said(page: Any) -> str:
    return " ".join(unescape(page.content.decode()).split())


def test_a_refused_save_never_shows_what_was_read_before_as_current(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    answer = stale(as_bob, sandbox)
    opened = as_bob.get(url_of(Edit.objects.get()))
    assert (answer.status_code, opened.status_code) == (409, 200)
    for page in (answer, opened):
        found = [words in said(page) for words in (WAITS, "Now in", 'id="conflict"', 'name="discard"')]
        assert found == [True, False, False, False]


def test_its_page_asks_again_by_itself_with_and_without_script(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    stale(as_bob, sandbox)
    url = url_of(Edit.objects.get())
    page = said(as_bob.get(url))
    meta = f'<noscript> <meta http-equiv="refresh" content="3; url={url}"> </noscript>'
    assert (meta in page, f'hx-get="{url}"' in page, f'<a href="{url}">Reload</a>' in page) == (True, True, True)


def test_the_poll_leads_to_the_conflict_as_soon_as_the_record_is_read(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    stale(as_bob, sandbox)
    url = url_of(Edit.objects.get())
    waiting = as_bob.get(url, headers=HTMX)
    read_in_peace(sandbox)
    done = as_bob.get(url, headers=HTMX)
    assert (WAITS in said(waiting), "load delay:" in said(waiting), "<main" in said(waiting)) == (True, True, False)
    assert done["HX-Redirect"] == url
    page = as_bob.get(url)
    assert ("Now in QuickBooks" in said(page), "555-0199" in said(page)) == (True, True)


def test_waiting_pages_queue_one_reading_every_few_seconds(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    stale(as_bob, sandbox)
    edit = Edit.objects.get()
    queued = DBTaskResult.objects.filter(task_path=tasks.read_again.module_path)
    as_bob.get(url_of(edit))
    assert not queued.exists(), "an attempt has just been made"
    Edit.objects.update(look_at=None)
    for _ in range(3):
        as_bob.get(url_of(edit), headers=HTMX)
    assert [row.args_kwargs["args"] for row in queued.all()] == [[edit.pk]]


def test_nothing_is_decided_before_the_record_is_read(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT))
    stale(as_bob, sandbox)
    before = len(sent(sandbox))
    for button in ("confirm", "preview"):
        posted = {"theirs": form["base"], "choice-phone": "mine", button: "1"}
        answer = as_bob.post(url_of(Edit.objects.get()), posted)
        assert (answer.status_code, WAITS in said(answer), len(sent(sandbox))) == (409, True, before)


def test_a_conflict_is_not_continued_in_the_form_before_the_record_is_read(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    stale(as_bob, sandbox)
    edit = Edit.objects.get()
    assert as_bob.get(EDIT, {"from": edit.pk})["Location"] == url_of(edit)
    read_in_peace(sandbox)
    assert "In QuickBooks: 555-0199." in said(as_bob.get(EDIT, {"from": edit.pk}))


def test_a_form_that_would_take_in_a_clash_waits_for_the_reading(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "rebase": "1"}
    change(sandbox, phone="555-0199")
    refresh.read_record(job.tenant, registry.get_table(job.tenant, "customers"), JOB)
    cut_reads(sandbox)
    answer = as_bob.post(EDIT, form)
    assert (answer.status_code, WAITS in said(answer), Edit.objects.get().state) == (409, True, State.CONFLICT)


def test_a_form_whose_version_is_no_longer_kept_waits_for_the_reading(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    change(sandbox, fax="555-0188")
    refresh.read_record(job.tenant, registry.get_table(job.tenant, "customers"), JOB)
    current = lookup.find_record(job.tenant, "customers", JOB).revision
    Version.objects.filter(record=job).exclude(revision=current).update(revision="forgotten")
    cut_reads(sandbox)
    assert WAITS in said(as_bob.post(EDIT, form))
    read_in_peace(sandbox)
    assert "Now in QuickBooks" in said(as_bob.get(url_of(Edit.objects.get())))


def test_an_undo_in_conflict_waits_for_the_reading(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    edit = save(as_bob, phone="555-0100")
    page = as_bob.get(at(edit))
    assert ("Now in QuickBooks" in said(page), edit.state) == (False, State.SAVED)
    change(sandbox, phone="555-0133")
    cut_reads(sandbox)
    answer = confirm(as_bob, edit, page)
    assert (answer.status_code, WAITS in said(answer)) == (409, True)
    read_in_peace(sandbox)
    opened = said(as_bob.get(url_of(Edit.objects.latest("pk"))))
    assert ("Now in QuickBooks" in opened, "555-0133" in opened) == (True, True)


def test_a_conflict_found_by_settling_shows_what_that_found(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(EDIT)) | {"phone": "555-0100"}
    change(sandbox, phone="555-0133")
    sandbox.fault(endUserId=ABC, operation="update", fault="timeout")
    as_bob.post(EDIT, form)
    edit = Edit.objects.get()
    assert (edit.state, reread.is_read_since(edit, lookup.find_record(edit.tenant, "customers", JOB))) == (
        State.CONFLICT,
        True,
    )
    assert "555-0133" in said(as_bob.get(url_of(edit)))


def test_what_an_earlier_request_brings_after_the_refusal_is_not_current(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    stale(as_bob, sandbox)
    edit = Edit.objects.get()
    assert edit.refused_at is not None
    table = registry.get_table(job.tenant, "customers")
    raw = {"id": JOB, "revisionNumber": "1721179999", "name": "Kitchen Renovation", "fullName": "Kitchen Renovation"}
    lookup.store_record(job.tenant, table, raw, edit.refused_at - timedelta(microseconds=1))
    assert WAITS in said(as_bob.get(url_of(edit)))
    lookup.store_record(job.tenant, table, raw, edit.refused_at)
    assert "Now in QuickBooks" in said(as_bob.get(url_of(edit)))


def test_a_record_that_turns_out_to_be_gone_leaves_the_change_to_read_and_discard(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    stale(as_bob, sandbox)
    sandbox.change(endUserId=ABC, resource="customers", id=JOB, delete=True)
    read_in_peace(sandbox)
    page = said(as_bob.get(url_of(Edit.objects.get())))
    assert ("Discard my changes" in page, "Now in QuickBooks" in page, WAITS in page) == (True, False, False)


def test_a_conflict_of_an_earlier_edition_counts_from_when_it_was_settled(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    stale(as_bob, sandbox)
    edit = Edit.objects.get()
    transitions.note_facts(edit, refused_at=None)
    assert WAITS in said(as_bob.get(url_of(edit)))


def test_a_record_counts_as_read_when_the_request_began(job: Record, sandbox: Sandbox) -> None:
    """Whether it is read by itself or with its list: what was refused meanwhile was refused over something newer."""
    SyncRun.objects.create(tenant=job.tenant, kind="customers")
    asks: list[Callable[[], object]] = [
        lambda: refresh.read_record(job.tenant, registry.get_table(job.tenant, "customers"), JOB),
        lambda: reader.read_next(job.tenant),
    ]
    for ask in asks:
        sandbox.fault(endUserId=ABC, resource="customers", fault="slow", seconds=0.3)
        ask()
        asked_for = timezone.now() - lookup.find_record(job.tenant, "customers", JOB).read_at
        assert timedelta(seconds=0.3) <= asked_for < timedelta(seconds=20)
