"""An edit's author learns how it ended wherever they are by then, once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from lxml import html

from books.models import Record
from edits.lifecycle import settle
from edits.models.edit import Edit, State
from tenants.models import Membership, Role, Tenant
from tests.customers.test_edit import ABC, EDIT, JOB, change
from tests.edits.factories import an_edit
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

LIST, NEWS = "/t/abc/customers/", "/t/abc/edits/news/"


def saved_unseen(client: Client) -> Edit:
    """Save, and go elsewhere before the answer has come."""
    Client.post(client, EDIT, inputs(client.get(EDIT)) | {"phone": "555-0100"})
    run_queued_tasks("saves")
    Edit.objects.update(settled_at=timezone.now() - timedelta(minutes=1))
    return Edit.objects.get()


def lost(client: Client, sandbox: Sandbox) -> Edit:
    """Save, and get no answer."""
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="cut_before")
    client.post(EDIT, inputs(client.get(EDIT)) | {"phone": "555-0100"})
    return Edit.objects.get()


def told(client: Client, page: str = LIST) -> list[Edit]:
    news = client.get(page).context["news"]
    return list(news() if callable(news) else news)


def settled(**facts: object) -> None:
    """Let the worker find out, and time pass."""
    Edit.objects.update(look_at=timezone.now(), **facts)
    settle.settle_due()
    Edit.objects.update(settled_at=timezone.now() - timedelta(minutes=1))


def test_whoever_left_before_the_answer_is_told_on_the_next_page_once(as_bob: Client, job: Record) -> None:
    edit = saved_unseen(as_bob)
    pages = [as_bob.get(LIST).content.decode() for _ in range(2)]
    assert (edit.state, ["was saved." in page for page in pages]) == (State.SAVED, [True, False])


def test_whoever_waited_is_told_by_the_page_they_are_led_to_and_not_again(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100"})
    as_bob.get(answer["Location"])
    Edit.objects.update(settled_at=timezone.now() - timedelta(minutes=1))
    assert "was saved." not in as_bob.get(LIST).content.decode()


def test_nobody_else_is_told(as_bob: Client, as_alice: Client, job: Record) -> None:
    saved_unseen(as_bob)
    assert "was saved." not in as_alice.get(LIST).content.decode()


def test_what_was_unknown_and_turns_out_not_applied_is_told(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    lost(as_bob, sandbox)
    settled(uncertain_until=timezone.now())
    assert "was not saved. You can send it again." in as_bob.get(LIST).content.decode()


def test_what_was_unknown_and_met_another_change_is_told(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    lost(as_bob, sandbox)
    change(sandbox, phone="555-0199")
    settled()
    assert "needs your decision. Nothing was saved; your version is kept." in as_bob.get(LIST).content.decode()


def test_a_page_asks_on_while_an_edit_is_under_way(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    lost(as_bob, sandbox)
    assert (f'hx-get="{NEWS}"' in as_bob.get(LIST).content.decode(), as_bob.get(NEWS).status_code) == (True, 200)


def test_it_stops_asking_with_the_answer_that_brings_the_news(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    lost(as_bob, sandbox)
    change(sandbox, phone="555-0100")
    settled()
    answer = as_bob.get(NEWS).content.decode()
    assert ("was saved." in answer, "hx-get" in answer) == (True, False)


def test_a_write_that_landed_late_is_told_after_all(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    lost(as_bob, sandbox)
    settled(uncertain_until=timezone.now())
    as_bob.get(LIST)
    change(sandbox, phone="555-0100")
    Record.objects.filter(pk=job.pk).update(read_at="2026-01-01T00:00:00Z")
    as_bob.get(f"/t/abc/edits/presence/customers/{JOB}/")
    run_queued_tasks()
    settled()
    assert (Edit.objects.get().state, "was saved." in as_bob.get(LIST).content.decode()) == (
        State.SAVED,
        True,
    )


def test_a_save_is_told_with_how_much_it_changed_and_with_the_ways_on(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "fax": "555-0188"})
    page = as_bob.get(answer["Location"]).content.decode()
    links = [f'href="/t/abc/edits/{Edit.objects.get().pk}/undo/">Undo</a>', f'href="{LIST}">Back to the list</a>']
    assert ("Saved. 2 fields changed." in page, [link in page for link in links]) == (True, [True, True])


def test_an_outcome_is_told_in_another_company_too_by_the_name_of_record_and_company(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    saved_unseen(as_bob)
    page = one_line(as_bob.get("/t/harbor/customers/").content.decode())
    assert f'in <span dir="auto">{job.tenant.name}</span> was saved.' in page
    assert told(as_bob, "/t/harbor/customers/") == []


def test_a_page_where_one_may_only_view_tells_how_a_save_in_another_company_has_ended(
    as_bob: Client, bob: User, job: Record, harbor: Tenant
) -> None:
    saved_unseen(as_bob)
    Membership.objects.filter(person=bob, tenant=harbor).update(role=Role.VIEWER)
    answer = as_bob.get("/t/harbor/edits/news/")
    assert (answer.status_code, "was saved." in answer.content.decode()) == (200, True)


def test_what_ended_in_a_company_that_its_author_has_left_is_not_told(
    as_bob: Client, bob: User, job: Record, sandbox: Sandbox
) -> None:
    saved_unseen(as_bob)
    Membership.objects.filter(person=bob, tenant=job.tenant).delete()
    assert told(as_bob, "/t/harbor/customers/") == []


@pytest.mark.parametrize(
    "closed", [{"archived_at": datetime(2026, 11, 1, tzinfo=UTC)}, {"requires_second_factor": True}]
)
def test_what_ended_in_a_company_that_its_author_may_not_open_now_is_told_later(
    as_bob: Client, job: Record, sandbox: Sandbox, closed: dict[str, Any]
) -> None:
    saved_unseen(as_bob)
    here = Tenant.objects.filter(pk=job.tenant.pk)
    here.update(**closed)
    assert (told(as_bob, "/t/harbor/customers/"), list(as_bob.get("/inbox/").context["outcomes"])) == ([], [])
    here.update(archived_at=None, requires_second_factor=False)
    assert len(told(as_bob, "/t/harbor/customers/")) == 1


def ended(tenant: Tenant, person: User, name: str, state: State = State.SAVED) -> Edit:
    return an_edit(tenant, person, timezone.now(), record_name=name, state=state, settled_at=timezone.now())


def read_notices(page: Any) -> list[str]:
    """What each notice of a page says, in its order."""
    found = html.fromstring(f"<div>{page.content.decode()}</div>").xpath(
        "//div[starts-with(@class, 'notice is-')]/div[1]"
    )
    return [" ".join(one.text_content().split()) for one in found]


def test_several_saves_are_told_in_one_line_and_each_other_outcome_in_its_own(
    as_bob: Client, bob: User, abc: Tenant, harbor: Tenant
) -> None:
    for name, tenant, state in (
        *(("Ada", abc, State.SAVED), ("Baker", abc, State.CONFLICT), ("Cole", harbor, State.SAVED)),
        ("Dunmere", abc, State.REFUSED),
    ):
        ended(tenant, bob, name, state)
    refused, conflict, saved = read_notices(as_bob.get(NEWS))
    assert (refused.startswith("Your change to Dunmere"), conflict.startswith("Your change to Baker")) == (True, True)
    assert saved == f"2 changes saved: Cole in {harbor.name} · Ada"


def test_what_is_saved_later_joins_the_line_that_the_page_has(as_bob: Client, bob: User, abc: Tenant) -> None:
    waits = an_edit(abc, bob, timezone.now(), record_name="Baker", state=State.QUEUED)
    ended(abc, bob, "Ada")
    page = as_bob.get(NEWS)
    (address,) = re.findall(f'hx-get="({NEWS}[^"]*)"', page.content.decode())
    Edit.objects.filter(pk=waits.pk).update(state=State.SAVED, settled_at=timezone.now())
    later = as_bob.get(address)
    assert (read_notices(page)[0].startswith("Your change to Ada"), read_notices(later)) == (
        True,
        ["2 changes saved: Baker · Ada"],
    )
    assert ['id="news-saved"' in one.content.decode() for one in (page, later)] == [True, True]
    assert ["hx-swap-oob" in one.content.decode() for one in (page, later)] == [False, True]


def test_a_long_line_names_the_first_and_says_how_many_more_there_are(as_bob: Client, bob: User, abc: Tenant) -> None:
    for n in range(30):
        ended(abc, bob, f"Ada {n}")
    (said,) = read_notices(as_bob.get(NEWS))
    assert (said.startswith("30 changes saved: Ada 29 · Ada 28"), said.endswith("Ada 22 and 22 more")) == (True, True)
    assert not Edit.objects.filter(notified_at=None).exists()


def test_no_page_adds_up_what_somebody_else_has_saved(as_bob: Client, bob: User, alice: User, abc: Tenant) -> None:
    others = ended(abc, alice, "Zoe")
    ended(abc, bob, "Ada")
    page = as_bob.get(f"{NEWS}?told={others.pk}&told=x")
    assert "Zoe" not in page.content.decode()
