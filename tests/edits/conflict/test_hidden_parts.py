"""A change of which a part is hidden from its author by now: nobody drops that part without being told."""

from collections.abc import Callable
from typing import Any

import pytest

from books.models import Record
from edits.batches.undo import plan_undo
from edits.models.batch import Finding
from edits.models.edit import Edit, State
from tenants.access import Member
from tests.customers.test_edit import EDIT
from tests.edits.batches.planning import plan_batch, propose, run, start
from tests.edits.lifecycle.queueing import find_again, save, send
from tests.edits.lifecycle.test_last_check import author, held, move, other
from tests.edits.lifecycle.test_lines_in_turn import add_line, bill
from tests.edits.test_hidden_fields import hide
from tests.support.inputs import agreed, inputs
from tests.support.markup import one_line
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox

from .test_undo import at, confirm, said
from .test_undo import save as save_form

__all__ = ["author", "bill", "hide", "other"]

PHONE, THEIRS, EMAIL = "555-0100", "555-0199", "a@example.com"
NOT_BY_YOU = "You cannot undo it: a part of it is not shown to you. Ask an administrator of this company."
ASKS = "“Email” is not shown to you any more, so what was entered there is not saved."


@pytest.fixture
def clashed(as_bob: PatientClient, job: Record, sandbox: Sandbox, hide: Callable[..., None]) -> Edit:
    """Bob's new phone and email, of which the books have another phone; the email is hidden from him since."""
    form = inputs(as_bob.get(EDIT))
    move(sandbox, job, phone=THEIRS)
    as_bob.post(EDIT, form | {"phone": PHONE, "email": EMAIL})
    hide("customers.email")
    return Edit.objects.get(state=State.CONFLICT)


def url(edit: Edit) -> str:
    return f"/t/abc/edits/{edit.pk}/"


def decide(client: PatientClient, edit: Edit, choice: str) -> Any:
    page = client.get(url(edit))
    assert page.context["conflict"].open == 1
    return client.post(url(edit), inputs(page, "conflict") | {"choice-phone": choice, "confirm": "1"})


def shows(answer: Any) -> bool:
    return ASKS in one_line(answer.content.decode())


def test_a_decision_asks_before_it_drops_a_hidden_part(as_bob: PatientClient, job: Record, clashed: Edit) -> None:
    was = held(job)["email"]
    asked = decide(as_bob, clashed, "mine")
    answer = as_bob.post(url(clashed), agreed(asked, "conflict") | {"confirm": "1"})
    clashed.refresh_from_db()
    assert (asked.status_code, shows(asked), answer.status_code) == (422, True, 303)
    assert (held(job)["phone"], held(job)["email"]) == (PHONE, was)
    assert (clashed.resolved_by, EMAIL in clashed.wanted) == (Edit.objects.latest("pk"), True)


def test_a_decision_for_the_books_leaves_a_hidden_part_open(as_bob: PatientClient, job: Record, clashed: Edit) -> None:
    answer = decide(as_bob, clashed, "theirs")
    clashed.refresh_from_db()
    assert (answer.status_code, clashed.state) == (303, State.CONFLICT)
    said = one_line(as_bob.get(answer.url).content.decode())
    assert "nothing was sent. This change stays open, as a part of it is not shown to you any more." in said


def test_the_form_that_goes_on_with_it_asks_too(as_bob: PatientClient, job: Record, clashed: Edit) -> None:
    form = inputs(as_bob.get(f"{EDIT}?from={clashed.pk}"))
    asked = as_bob.post(EDIT, form | {"fax": "555-0102"})
    assert (asked.status_code, shows(asked)) == (422, True)
    as_bob.post(EDIT, agreed(asked))
    send()
    clashed.refresh_from_db()
    assert (clashed.resolved_by, held(job)["fax"]) == (Edit.objects.latest("pk"), "555-0102")


def test_nothing_is_asked_where_all_of_it_is_shown(
    as_bob: PatientClient, job: Record, clashed: Edit, hide: Callable[..., None]
) -> None:
    hide("customers.fax")
    assert decide(as_bob, clashed, "mine").status_code == 303
    assert (held(job)["phone"], held(job)["email"]) == (PHONE, EMAIL)


@pytest.mark.parametrize("typed", [{"phone": PHONE, "email": EMAIL}, {"email": EMAIL}])
def test_a_change_is_undone_by_whoever_sees_all_of_it(
    as_alice: PatientClient, as_bob: PatientClient, job: Record, hide: Callable[..., None], typed: dict[str, str]
) -> None:
    was = held(job)
    edit = save_form(as_alice, **typed)
    hide("customers.email")
    page = said(as_bob.get(url(edit)))
    refused = as_bob.post(at(edit), {"confirm": "1"}, follow=True)
    kept = held(job)
    confirm(as_alice, edit)
    assert (NOT_BY_YOU in page, "Undo this change" in page, NOT_BY_YOU in said(refused)) == (True, False, True)
    assert (kept["email"], held(job)["phone"], held(job)["email"]) == (EMAIL, was["phone"], was["email"])


@pytest.mark.parametrize(("hidden", "comes_back"), [("memo", False), ("customer", True)])
def test_a_removed_line_comes_back_with_all_that_it_had(
    as_bob: PatientClient, other: Member, bill: Record, hide: Callable[..., None], hidden: str, *, comes_back: bool
) -> None:
    save(other, bill, add_line(held(bill), "One", "0.00"), "form-1")
    send()
    lines = held(bill)["expense_lines"]
    removal = save(other, find_again(bill), held(bill).replace(expense_lines=lines[:-1]), "form-2")
    send()
    page = as_bob.get(at(removal))
    hide(f"bills.expense_lines.{hidden}")
    confirm(as_bob, removal, page)
    assert [line["memo"] for line in held(bill)["expense_lines"]] == [
        line["memo"] for line in (lines if comes_back else lines[:-1])
    ]


def test_the_undo_of_a_bulk_change_leaves_out_what_is_hidden_in_part(
    author: Member, job: Record, hide: Callable[..., None]
) -> None:
    batch = start(plan_batch(propose(author, job, phone=PHONE, email=EMAIL)))
    run()
    hide("customers.email")
    plan = plan_undo(author.person, {author.tenant.pk: author}, batch)
    assert plan is not None
    assert [(item.finding, item.problem) for item in plan.items.all()] == [(Finding.CANNOT, NOT_BY_YOU)]
