"""What failed and what rested on it are one decision, unless neither can tell what the other asks for."""

from collections.abc import Iterable

import pytest
from django.test import Client
from lxml import html

from books.models import Record
from edits.lifecycle import last_check, queue
from edits.lifecycle.rebase import rebase_edit
from edits.models.edit import Edit, State
from records.content import Content
from records.merge.parts import Choice
from tenants.access import Member
from tests.support.markup import one_line
from tests.support.vendor import Sandbox

from .queueing import find_again, save, save_values, send
from .test_last_check import BEFORE, CHANGED, author, held, move, refuse

__all__ = ["author"]  # a fixture


def ask(edit: Edit, now: Content) -> Content:
    """What an edit asks of the record as it is `now`, if its author keeps what clashes."""
    merge = rebase_edit(edit, now)
    return merge.content(dict.fromkeys((part.key for part in merge.clashes), Choice.MINE))


@pytest.mark.parametrize("asked", ["as it was", "another"])
def test_a_decision_over_another_version_stays_its_own(
    author: Member, job: Record, sandbox: Sandbox, asked: str
) -> None:
    was = held(job)
    phone = {"as it was": was["phone"], "another": "555-0102"}[asked]
    first = save_values(author, job, "form-1", phone="555-0100", email="a@example.com")
    move(sandbox, job, phone="555-0199")
    send()
    values = {"phone": phone, "email": "a@example.com"}
    decision = save(author, find_again(job), held(job).replace(**values), "form-2", follows=f"{first.pk}")
    older = save(author, job, was.replace(email="b@example.com"), "tab-2")
    refuse(sandbox)
    send()
    decision, older = (Edit.objects.select_related("tenant", "base").get(pk=one.pk) for one in (decision, older))
    now = held(job)
    assert [decision.needs_author, older.needs_author] == [True, True]
    assert [ask(one, now)["phone"] for one in (decision, older)] == [phone, "555-0199"]
    assert [ask(one, now)["email"] for one in (decision, older)] == ["a@example.com", "b@example.com"]


def say_why(client: Client, edit: Edit) -> tuple[str, list[bool]]:
    """The heading of the page of a conflict, and which sentences it says of why that is to decide."""
    page = client.get(f"/t/abc/edits/{edit.pk}/")
    text = one_line(page.content.decode())
    (heading,) = html.fromstring(page.content.decode()).xpath("//h1")
    said = (BEFORE, CHANGED, "The customer has not changed since.", "It was changed in QuickBooks")
    return " ".join(heading.text_content().split()), [words in text for words in said]


def test_the_page_of_both_says_why_they_are_to_decide(
    as_bob: Client, author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100")
    second = save_values(author, job, "form-2", over=[first], phone="555-0101", fax="555-0102")
    refuse(sandbox)
    send()
    heading = "Check your change of this customer once more"
    assert say_why(as_bob, second) == (heading, [True, False, True, False])


def test_the_page_of_what_met_another_change_says_so(
    as_bob: Client, author: Member, job: Record, sandbox: Sandbox
) -> None:
    edit = save_values(author, job, "form-1", phone="555-0100")
    move(sandbox, job, phone="555-0199")
    send()
    heading = "This customer changed in QuickBooks while you were editing"
    assert say_why(as_bob, edit) == (heading, [False, True, False, True])


def test_what_was_merged_into_a_later_version_is_decided_together_with_what_rests_on_it(
    author: Member, job: Record, sandbox: Sandbox
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100", email="a@example.com")
    second = save_values(author, job, "form-2", over=[first], phone="555-0101")
    move(sandbox, job, fax="555-0199")
    refuse(sandbox)
    send()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.base_id == second.base_id, first.resolved_by, second.error_message) == (False, second, BEFORE)
    assert sorted(second.fields.split()) == ["email", "phone"]


def test_what_failed_stays_to_decide_if_what_rests_on_it_is_cancelled_meanwhile(
    author: Member, job: Record, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = save_values(author, job, "form-1", phone="555-0100", email="a@example.com")
    second = save_values(author, job, "form-2", over=[first], phone="555-0101")
    refuse(sandbox)
    join = last_check._join

    def be_overtaken(edit: Edit, failed: Iterable[Edit]) -> None:
        queue.cancel_edit(Edit.objects.select_related("tenant").get(pk=edit.pk))
        join(edit, failed)

    monkeypatch.setattr(last_check, "_join", be_overtaken)
    send()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.needs_author, second.state, second.fields) == (True, State.DISCARDED, " phone ")
