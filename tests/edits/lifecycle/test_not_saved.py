"""What a person is told where a save could not even begin, or its outcome is not known: never more than is true."""

from collections.abc import Callable
from html import unescape
from re import sub
from typing import Any

import pytest
from django.test import Client

from books.models import Record
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, PAGE, sent
from tests.support import between as line
from tests.support.between import Between
from tests.support.database import Trouble
from tests.support.inputs import inputs
from tests.support.running import wait_until
from tests.support.vendor import Sandbox

TYPED = {"phone": "555-0100", "save": "1"}
HTMX = {"HX-Request": "true"}


def said(answer: Any) -> str:
    """The words of a page."""
    return " ".join(unescape(sub("<[^>]*>", " ", answer.content.decode())).split()).replace(" .", ".")


@pytest.mark.parametrize("begins", [Trouble.lock, Trouble.forbid])
def test_a_save_that_cannot_begin_says_that_nothing_was_sent_over_the_form_as_it_was_typed(
    as_bob: Client, job: Record, sandbox: Sandbox, trouble: Trouble, begins: Callable[[Trouble], None]
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    begins(trouble)
    answer = as_bob.post(EDIT, form)
    words = "This was not saved. Ledgerdesk's database is busy or cannot be written to. Nothing was sent to QuickBooks."
    assert (answer.status_code, words in said(answer), inputs(answer)["phone"]) == (503, True, "555-0100")
    trouble.over()
    assert (as_bob.post(EDIT, inputs(answer)).status_code, len(sent(sandbox))) == (303, 1)


def test_for_htmx_it_is_an_alert_that_leaves_the_form_untouched(as_bob: Client, job: Record, trouble: Trouble) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    trouble.lock()
    answer = as_bob.post(EDIT, form, headers=HTMX)
    whole = answer.content.decode()
    assert (answer.status_code, "data-alert" in whole, "<form" in whole) == (503, True, False)
    assert "Everything you typed is still here." in whole


def test_a_draft_that_could_not_be_kept_says_so(as_bob: Client, job: Record, trouble: Trouble) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED | {"draft": "1"}
    trouble.lock()
    answer = as_bob.post(EDIT, form, headers=HTMX)
    page = said(answer)
    trouble.over()
    assert (answer.status_code, "Your draft could not be saved." in page, "Draft saved" in page) == (
        503,
        True,
        False,
    )
    assert "Draft saved at" in said(as_bob.post(EDIT, form, headers=HTMX))


def test_a_form_that_comes_back_wrong_comes_back_though_it_cannot_be_kept(
    as_bob: Client, job: Record, trouble: Trouble
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"credit_limit": "12,0", "save": "1"}
    trouble.lock()
    answer = as_bob.post(EDIT, form)
    assert (answer.status_code, inputs(answer)["credit_limit"]) == (422, "12,0")


def test_pages_are_drawn_while_the_database_is_locked(as_bob: Client, job: Record, trouble: Trouble) -> None:
    trouble.lock()
    assert [as_bob.get(url).status_code for url in (PAGE, EDIT, "/t/abc/customers/", "/t/abc/edits/")] == [200] * 4


def test_an_answer_that_could_not_be_stored_is_not_said_to_be_saved_nor_lost(
    as_bob: Client, job: Record, between: Between, trouble: Trouble
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    between.spoil(line.after(trouble.lock))
    answer = as_bob.post(EDIT, form)
    page = said(as_bob.get(answer["Location"]))
    trouble.over()
    told = [words in page for words in ("Saving to QuickBooks.", "Saved as", "Not sent", "was not saved")]
    assert (answer.status_code, told) == (303, [True, False, False, False])
    wait_until(lambda: Edit.objects.filter(state=State.UNKNOWN).exists())
    assert as_bob.post(EDIT, form | {"outcome": str(Edit.objects.get().pk)}).status_code == 503


def test_the_same_form_again_is_told_the_same_and_sends_nothing(
    as_bob: Client, job: Record, sandbox: Sandbox, between: Between
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    for method in ("POST", "GET"):
        between.spoil(line.without("id"), method, times=2)
    answers = [as_bob.post(EDIT, form) for _ in range(2)]
    assert ([a.status_code for a in answers], Edit.objects.get().state, len(sent(sandbox))) == (
        [502, 502],
        State.UNKNOWN,
        1,
    )


def mistaken(*_: object) -> None:
    raise KeyError("a mistake of ours, before anything is saved")


def test_a_fault_claims_nothing_and_shows_what_was_typed(
    as_bob: Client, job: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED
    monkeypatch.setattr("edits.editor.views.lookup.find_version", mistaken)
    as_bob.raise_request_exception = False
    answer = as_bob.post(EDIT, form)
    page = said(answer)
    assert (answer.status_code, "If it is not listed, nothing was saved." in page, "phone: 555-0100" in page) == (
        500,
        True,
        True,
    )


def test_a_form_without_its_base_shows_what_was_typed(as_bob: Client, job: Record) -> None:
    form = inputs(as_bob.get(EDIT)) | TYPED | {"base": "forged"}
    answer = as_bob.post(EDIT, form)
    page = said(answer)
    assert (answer.status_code, "Everything you typed is still here." in page, "phone: 555-0100" in page) == (
        400,
        True,
        True,
    )
