"""What is done amid each fault of the matrix, each operation listed once: what was seen of it, and what came of it."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.core.management import call_command
from django.db import Error
from django.utils import timezone

from books.mirror import lookup
from books.models import ReadState as Reading
from books.models import SyncRun, SyncStatus, VendorRead
from books.sync import tasks, vendor_reads
from books.sync.outage import get_first_line
from edits.lifecycle import settle
from edits.models.edit import Edit, State
from edits.tasks import queue_due_edits
from tests.customers.test_edit import EDIT, JOB, PAGE
from tests.support.database import nothing_is_left
from tests.support.inputs import inputs
from tests.support.people import find_queued
from tests.support.running import wait_until
from tests.support.tasks import run_queued_tasks

from .faults import Scene

LIST, LOOK = "/t/abc/customers/", f"/t/abc/edits/presence/customers/{JOB}/"


@dataclass(frozen=True)
class Cell:
    """What was answered, in which words, and the state that it left; `seconds` until all was well again."""

    status: str
    words: str
    state: str
    seconds: float = 0.0


def words(answer: Any) -> str:
    """What an answer says is the matter."""
    error = (answer.context or {}).get("error") or (answer.context or {}).get("trouble")
    if error:
        return str(error.title)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.S)
    return unescape(heading[1]).strip() if heading and answer.status_code >= 400 else ""


def save(scene: Scene, begin: Callable[[], None]) -> Cell:
    """Save a form that was opened before; when all is well, save another record of the company, then the form again."""
    form = inputs(scene.client.get(EDIT)) | {"phone": "555-0100", "save": "1"}
    begin()
    answer = _post_and_wait(scene, form)
    scene.over()
    started = time.monotonic()
    wait_until(nothing_is_left)
    first = Edit.objects.order_by("pk").first()
    at_once = first.state if first else "no edit"
    other = f"/t/abc/customers/{scene.job.parent_id}/edit"
    assert (
        scene.client.post(other, inputs(scene.client.get(other)) | {"phone": "555-0122", "save": "1"}).status_code
        == 303
    )
    seconds = time.monotonic() - started
    state = _settled(first, at_once)
    again = scene.client.post(EDIT, form | {"phone": "555-0111"})
    assert again.status_code in (303, 409), "the form can be saved again, over the record as it was or as it is"
    return Cell(str(answer.status_code), words(answer), state, seconds)


def _post_and_wait(scene: Scene, form: dict[str, str]) -> Any:
    """Post as the browser does that waits for a save.

    Where only the worker's connection cannot write, another one writes how the edit ended before anybody asks for it.
    """
    answer = scene.client.post_only(EDIT, form)
    if number := find_queued(answer, EDIT):
        run_queued_tasks("saves")
        if scene.trouble.is_forbidden:
            wait_until(nothing_is_left)
        answer = scene.client.post_only(EDIT, {**form, "outcome": number})
    return answer


def _settled(edit: Edit | None, at_once: str) -> str:
    if edit is None or at_once not in (State.UNKNOWN, State.QUEUED):
        return at_once
    Edit.objects.filter(state=State.UNKNOWN).update(uncertain_until=timezone.now(), look_at=timezone.now())
    settle.settle_due()
    Edit.objects.filter(state=State.QUEUED).update(waits_until=timezone.now())
    queue_due_edits()
    run_queued_tasks("saves")
    edit.refresh_from_db()
    return f"{at_once} → {edit.state}"


def read_one(scene: Scene, begin: Callable[[], None]) -> Cell:
    """Look at one record in the books behind its page, then once more when all is well."""
    begin()
    answer = _look_until_read(scene)
    scene.over()
    VendorRead.objects.update(state=Reading.FAILED, ended_at=timezone.now() - vendor_reads.REST)
    started = time.monotonic()
    again = _look_until_read(scene)
    assert (again.status_code, words(again)) == (200, "") or lookup.find_record(
        scene.job.tenant, "customers", JOB
    ).deleted_at
    record = lookup.find_record(scene.job.tenant, "customers", JOB)
    state = "deleted" if record.deleted_at else "readable" if lookup.get_content(record) else ""
    return Cell(str(answer.status_code), words(answer), state, time.monotonic() - started)


def _look_until_read(scene: Scene) -> Any:
    """Look, let the worker do what that has queued, and look again; the worker records whatever goes wrong."""
    scene.client.get(LOOK, {"base": ""})
    with suppress(Exception):
        run_queued_tasks("reads")
    return scene.client.get(LOOK, {"base": ""})


def read_list(scene: Scene, begin: Callable[[], None]) -> Cell:
    """Have a worker read the customers, then once more when it says that it would."""
    tenant = scene.job.tenant
    SyncRun.objects.filter(tenant=tenant).delete()
    SyncRun.objects.create(tenant=tenant, kind="customers", state=Reading.QUEUED)
    SyncStatus.objects.update_or_create(tenant=tenant, defaults={"state": Reading.QUEUED})
    begin()
    try:
        tasks.read_books.call(tenant.pk)
        status = "worker goes on"
    except Exception as error:  # whatever it is, it is what the cell is about
        status = f"task failed: {type(error).__name__}"
    scene.over()
    run, watch = SyncRun.objects.get(tenant=tenant), SyncStatus.objects.get(tenant=tenant)
    next_try = max([moment for moment in (run.next_try_at, watch.next_try_at) if moment], default=timezone.now())
    pause = max(0.0, (next_try - timezone.now()).total_seconds())
    return Cell(status, run.why or watch.why or watch.pause_why, run.get_state_display(), pause)


def page(scene: Scene, begin: Callable[[], None]) -> Cell:
    """Draw the list, the record and its form."""
    begin()
    started = time.monotonic()
    answers = [scene.client.get(url) for url in (LIST, PAGE, EDIT)]
    scene.over()
    statuses = "/".join(sorted({str(answer.status_code) for answer in answers}))
    again = [scene.client.get(url).status_code for url in (LIST, PAGE, EDIT)]
    return Cell(statuses, words(answers[0]), f"then {again[0]}", time.monotonic() - started)


def start(scene: Scene, begin: Callable[[], None]) -> Cell:
    """Make the first round of a timetable that is started amid the fault, and one when all is well."""
    begin()
    try:
        call_command("timetable", "--once")
        status, said = "the round is made", ""
    except Error as error:
        status, said = "the round fails", get_first_line(error)
    scene.over()
    started = time.monotonic()
    call_command("timetable", "--once")
    return Cell(status, said, "the next is made", time.monotonic() - started)


OPERATIONS = {"save": save, "read one": read_one, "read a list": read_list, "page": page, "start": start}
