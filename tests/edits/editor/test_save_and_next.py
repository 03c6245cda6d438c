"""Save and next: the form of the next record of the list as it was opened, whatever a save takes out of the list."""

from typing import Any

from django.test import Client

from books.models import ListWalk, Record
from edits.models.edit import Edit
from tests.customers.test_edit import JOB, change, sent
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.people import signed_in
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

LIST = "/t/abc/customers/"


def opened(client: Client, query: str = "") -> tuple[str, Any, list[str]]:
    """The address of the job's form as it is opened from a list, its page, and the ids of the list."""
    page = client.get(f"{LIST}{JOB}/edit", {"list": query})
    walk = page.context["position"].walk
    return f"{LIST}{JOB}/edit?list={walk.pk}", page, walk.list_ids()


def following(ids: list[str], remote_id: str) -> str:
    return ids[ids.index(remote_id) + 1]


def test_save_and_next_leads_to_the_next_form_at_once_and_then_tells_how_it_ended(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    url, page, ids = opened(as_bob)
    answer = as_bob.post(url, inputs(page) | {"phone": "555-0100", "save": "next"})
    edit, walk = Edit.objects.get(), ListWalk.objects.get()
    expected = f"{LIST}{following(ids, JOB)}/edit?list={walk.pk}"
    assert (answer.status_code, answer["Location"], sent(sandbox)) == (303, expected, [])
    run_queued_tasks("saves")
    text = one_line(as_bob.get(expected).content.decode())
    assert f'Your change to <strong dir="auto">{edit.record_name}</strong>' in text


def test_save_and_next_goes_on_though_the_record_has_left_its_list(as_bob: Client, job: Record) -> None:
    url, page, ids = opened(as_bob, "state=active")
    Record.objects.filter(pk=job.pk).update(is_active=False)
    answer = as_bob.post(url, inputs(page) | {"phone": "555-0100", "save": "next"})
    assert answer["Location"].startswith(f"{LIST}{following(ids, JOB)}/edit?list=")


def test_save_and_next_of_an_unchanged_form_sends_nothing_and_goes_on(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    url, page, ids = opened(as_bob)
    answer = as_bob.post(url, inputs(page) | {"save": "next"})
    assert (answer["Location"].partition("?")[0], sent(sandbox)) == (f"{LIST}{following(ids, JOB)}/edit", [])
    assert "No changes to save." not in as_bob.get(answer["Location"]).content.decode()


def test_after_the_last_record_save_and_next_leads_back_to_the_list(as_bob: Client, job: Record) -> None:
    url, page, _ = opened(as_bob, f"q={job.name.split()[0]}")
    walk = ListWalk.objects.get()
    ListWalk.objects.filter(pk=walk.pk).update(ids=JOB)
    answer = as_bob.post(url, inputs(page) | {"phone": "555-0100", "save": "next"})
    assert answer["Location"] == f"{LIST}?list={walk.pk}&row={JOB}"
    assert "This was the last customer of the list." in as_bob.get(answer["Location"], follow=True).content.decode()


def test_a_save_that_does_not_succeed_stays_on_the_form_with_its_list(as_bob: Client, job: Record) -> None:
    url, page, _ = opened(as_bob)
    answer = as_bob.post(url, inputs(page) | {"email": "nobody", "save": "next"})
    assert (answer.status_code, f'action="{url}"' in answer.content.decode()) == (422, True)
    assert "Save and next" in answer.content.decode()


def test_save_and_next_without_a_list_leads_to_the_records_page(as_bob: Client, job: Record) -> None:
    url = f"{LIST}{JOB}/edit"
    answer = as_bob.post(url, inputs(as_bob.get(url)) | {"phone": "555-0100", "save": "next"})
    assert answer["Location"] == f"{LIST}{JOB}/?saved={Edit.objects.get().pk}"


def test_save_and_discard_lead_to_the_page_with_its_list_and_the_next_one(as_bob: Client, job: Record) -> None:
    url, page, ids = opened(as_bob)
    number = ListWalk.objects.get().pk
    assert as_bob.post(url, {"discard": "1", "token": "x"})["Location"] == f"{LIST}{JOB}/?list={number}"
    answer = as_bob.post(url, inputs(page) | {"phone": "555-0100"})
    assert answer["Location"] == f"{LIST}{JOB}/?list={number}&saved={Edit.objects.get().pk}"
    notice = one_line(as_bob.get(answer["Location"]).content.decode()).partition('class="notice-end">')[2]
    assert [f'href="{link}"' in notice.partition("</div>")[0] for link in (
        f"/t/abc/edits/{Edit.objects.get().pk}/undo/?list={number}",
        f"{LIST}?list={number}&amp;row={JOB}",
        f"{LIST}{following(ids, JOB)}/?list={number}",
    )] == [True] * 3  # fmt: skip


def test_a_conflict_and_its_decision_keep_the_list(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    url, page, _ = opened(as_bob)
    number = ListWalk.objects.get().pk
    change(sandbox, phone="555-0199")
    conflict = as_bob.post(url, inputs(page) | {"phone": "555-0100"})
    decide = f"/t/abc/edits/{Edit.objects.get().pk}/?list={number}"
    text = conflict.content.decode()
    assert (conflict.status_code, f'action="{decide}"' in text) == (409, True)
    assert f'href="{LIST}?list={number}&amp;row={JOB}"' in text
    done = as_bob.post(decide, inputs(conflict, "conflict") | {"choice-phone": "mine", "confirm": "1"})
    assert done["Location"].startswith(f"{LIST}{JOB}/?list={number}&saved=")


def test_a_conflict_that_is_discarded_leads_to_the_page_with_its_list(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    url, page, _ = opened(as_bob)
    number = ListWalk.objects.get().pk
    change(sandbox, phone="555-0199")
    as_bob.post(url, inputs(page) | {"phone": "555-0100"})
    answer = as_bob.post(f"/t/abc/edits/{Edit.objects.get().pk}/?list={number}", {"discard": "1"})
    assert answer["Location"] == f"{LIST}{JOB}/?list={number}"


def test_the_pages_of_a_change_its_undo_and_the_history_keep_the_list(as_bob: Client, job: Record) -> None:
    url, page, _ = opened(as_bob)
    number = ListWalk.objects.get().pk
    as_bob.post(url, inputs(page) | {"phone": "555-0100"})
    own = f"/t/abc/edits/{Edit.objects.get().pk}/"
    pages = [
        f"{own}?list={number}",
        f"{own}undo/?list={number}",
        f"/t/abc/edits/records/customers/{JOB}/?list={number}",
    ]
    found = [f'href="{LIST}{JOB}/?list={number}"' in as_bob.get(one).content.decode() for one in pages]
    assert found == [True] * 3


def test_the_walk_of_somebody_else_leads_nowhere(as_bob: Client, alice: Any, job: Record) -> None:
    url, _, _ = opened(as_bob)
    client = signed_in(alice)
    answer = client.post(url, inputs(client.get(url)) | {"phone": "555-0100", "save": "next"})
    assert answer["Location"] == f"{LIST}{JOB}/?saved={Edit.objects.get().pk}"
