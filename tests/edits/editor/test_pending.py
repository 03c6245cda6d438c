"""The form of a record with an edit under way: its author goes on from it, others are told of it without its values."""

from html import unescape
from re import findall, sub
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.mirror import lookup
from books.models import Record
from edits.lifecycle import leases, notifications
from edits.models.edit import Edit, State
from records.content import Content
from tenants.models import Tenant
from tests.customers.test_edit import EDIT, PAGE, change, sent
from tests.edits.conflict.test_custom_values import BILL, FORM
from tests.edits.factories import an_edit
from tests.edits.lifecycle.queueing import find_again, list_states, log_of, send
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

SAVED, QUEUED, DISCARDED = State.SAVED, State.QUEUED, State.DISCARDED
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(bob: User) -> Client:
    """bob's browser, which does not wait for a save."""
    client = Client()
    client.force_login(bob)
    return client


def said(page: Any) -> str:
    return " ".join(unescape(sub("<[^>]*>", " ", page.content.decode())).split())


def post(desk: Client, **typed: str) -> dict[str, str]:
    """Open the form, save it with these values, and return what was posted."""
    form = inputs(desk.get(EDIT)) | typed
    assert desk.post(EDIT, form, headers=HTMX).status_code == 202
    return form


def held(record: Record) -> Content:
    return lookup.get_content(find_again(record))


def test_the_author_sees_what_is_coming_and_goes_on_from_it(desk: Client, job: Record, sandbox: Sandbox) -> None:
    post(desk, phone="555-0100")
    page = desk.get(EDIT)
    assert (inputs(page)["phone"], "is being saved. The form shows it already." in said(page)) == ("555-0100", True)
    post(desk, fax="555-0101")
    assert Edit.objects.latest("pk").fields.split() == ["fax"]
    send()
    assert (list_states(), held(job)["phone"], held(job)["fax"]) == ([SAVED, SAVED], "555-0100", "555-0101")


def test_a_form_over_an_edit_under_way_that_changes_nothing_saves_nothing(desk: Client, job: Record) -> None:
    post(desk, phone="555-0100")
    desk.post(EDIT, inputs(desk.get(EDIT)))
    assert list_states() == [QUEUED]


def test_what_the_form_shows_already_may_be_put_back(desk: Client, job: Record, sandbox: Sandbox) -> None:
    was = held(job)["phone"]
    post(desk, phone="555-0100")
    post(desk, phone=was)
    send()
    assert (list_states(), held(job)["phone"]) == ([SAVED, SAVED], was)


def test_others_are_told_who_is_saving_and_never_what(desk: Client, as_alice: Client, job: Record) -> None:
    post(desk, phone="555-0177")
    page = as_alice.get(EDIT)
    assert ("Bob’s change to this customer is being saved." in said(page), "555-0177" in page.content.decode()) == (
        True,
        False,
    )


def test_what_has_ended_is_no_longer_under_way(desk: Client, as_alice: Client, job: Record) -> None:
    post(desk, phone="555-0177")
    send()
    assert ["is being saved" in said(client.get(EDIT)) for client in (desk, as_alice)] == [False, False]


def look(client: Client, page: Any, **headers: str) -> Any:
    """What the open page asks for once the changes that it shows may have ended."""
    (address,) = findall(r'hx-get="([^"]*/pending/[^"]*)" hx-trigger="desk:look, load', page.content.decode())
    return client.get(unescape(address), headers=HTMX | headers)


def test_an_open_form_says_how_what_it_shows_has_ended(desk: Client, as_alice: Client, job: Record) -> None:
    post(desk, phone="555-0100")
    pages = [(client, client.get(EDIT)) for client in (desk, as_alice)]
    assert [("is being saved." in said(look(*one)), "hx-get" in look(*one).content.decode()) for one in pages] == (
        [(True, True), (True, True)]
    )
    send()
    found = [look(*one) for one in pages]
    assert [sub(r" of \d\d:\d\d", "", said(page)) for page in found] == [
        "Your change was saved. Phone: +1-555-123-4567 → 555-0100 View",
        "Bob’s change to this customer was saved.",
    ]
    assert ["hx-get" in page.content.decode() for page in found] == [False, False]
    assert said(look(*pages[0])) == ""  # its author was told


def test_a_change_that_was_not_saved_is_still_in_the_form_which_says_that_it_does_not_save_it(
    desk: Client, as_alice: Client, job: Record
) -> None:
    post(desk, phone="555-0100")
    pages = [(client, client.get(EDIT)) for client in (desk, as_alice)]
    Edit.objects.update(state=State.REFUSED)
    own, theirs = (said(look(*one)) for one in pages)
    words = "was not saved: refused. The form still shows it, and saves it with what you change."
    assert (words in own, theirs) == (True, "Bob’s change to this customer was not saved.")


def test_a_page_that_nobody_sees_is_told_nothing_and_asks_no_more(desk: Client, job: Record) -> None:
    post(desk, phone="555-0100")
    page = desk.get(EDIT)
    send()
    unseen = look(desk, page, **{notifications.UNSEEN: "1"})
    assert (unseen.status_code, unseen["HX-Reswap"], unseen.content) == (286, "none", b"")
    assert Edit.objects.get().notified_at is None


def test_an_open_form_is_told_of_edits_of_its_own_record_alone(desk: Client, job: Record, abc: Tenant) -> None:
    other = an_edit(abc, User.objects.get(username="alice"), timezone.now(), state=QUEUED)
    found = desk.get(f"/t/abc/edits/pending/customers/{job.remote_id}/?edit={other.pk}&edit=x&shown={other.pk}")
    assert (found.status_code, said(found)) == (200, "")


def test_the_same_form_with_the_same_content_is_the_same_edit(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = post(desk, phone="555-0100")
    again = desk.post(EDIT, form, headers=HTMX)
    assert (again.status_code, again.context["edit"], Edit.objects.count()) == (202, Edit.objects.get(), 1)


def test_with_other_content_it_replaces_what_is_queued(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = post(desk, phone="555-0100", fax="555-0109")
    desk.post(EDIT, form | {"phone": "555-0101"}, headers=HTMX)
    send()
    assert (list_states(), [body["phone"] for body in sent(sandbox)]) == ([DISCARDED, SAVED], ["555-0101"])
    assert held(job)["fax"] == "555-0109"


def test_who_cancels_what_was_replaced_is_told_that_the_later_save_goes_on(desk: Client, job: Record) -> None:
    form = post(desk, phone="555-0100")
    was = Edit.objects.get()
    desk.post(EDIT, form | {"phone": "555-0101"}, headers=HTMX)
    page = desk.post(f"/t/abc/edits/{was.pk}/", {"cancel": "1"}, follow=True)
    words = "was already replaced by a later save, which was not cancelled."
    assert (words in said(page), list_states()) == (True, [DISCARDED, QUEUED])


def test_it_replaces_that_as_often_as_it_is_saved(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = post(desk, phone="555-0100")
    for number in ("555-0101", "555-0102", "555-0101"):
        desk.post(EDIT, form | {"phone": number}, headers=HTMX)
    send()
    assert (list_states(), [body["phone"] for body in sent(sandbox)]) == ([DISCARDED] * 3 + [SAVED], ["555-0101"])


def test_what_is_being_sent_is_followed_by_another_edit(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = post(desk, phone="555-0100", fax="555-0109")
    first = Edit.objects.select_related("tenant", "base", "person").get()
    leases.begin(first)
    desk.post(EDIT, form | {"phone": "555-0101"}, headers=HTMX)
    leases.end(first)
    second = Edit.objects.latest("pk")
    assert (list_states(), second.behind, second.fields.split()) == ([State.SENDING, QUEUED], first, ["phone"])


def test_a_form_that_is_saved_again_after_it_was_saved_is_a_further_edit(
    desk: Client, job: Record, sandbox: Sandbox
) -> None:
    form = post(desk, phone="555-0100")
    send()
    desk.post(EDIT, form | {"phone": "555-0101"}, headers=HTMX)
    send()
    assert (list_states(), held(job)["phone"]) == ([SAVED, SAVED], "555-0101")


def test_its_new_lines_are_not_doubled(desk: Client, job: Record, sandbox: Sandbox) -> None:
    bill = lookup.find_record(job.tenant, "bills", BILL)
    lines = held(bill)["expense_lines"]
    new = {"id": "-1", "account": str(lines[0]["account"]), "amount": "0.00", "memo": "Mine"}
    form = inputs(desk.get(FORM)) | {f"expense_lines-{len(lines)}-{name}": text for name, text in new.items()}
    for memo in ("One", "Two"):
        assert desk.post(FORM, form | {"memo": memo}, headers=HTMX).status_code == 202
        send()
    memos = [line["memo"] for line in held(bill)["expense_lines"]]
    assert (list_states()[-2:], held(bill)["memo"], memos.count("Mine")) == ([SAVED, SAVED], "Two", 1)


def test_discard_cancels_what_the_form_has_queued(desk: Client, job: Record, sandbox: Sandbox) -> None:
    form = post(desk, phone="555-0100")
    page = desk.post(EDIT, form | {"discard": "1"}, follow=True)
    send()
    words = f"Your change to {Edit.objects.get().record_name} was cancelled. Nothing was sent."
    assert (words in said(page), list_states(), sent(sandbox)) == (True, [DISCARDED], [])


def test_discard_says_so_if_it_is_being_sent(desk: Client, job: Record) -> None:
    form = post(desk, phone="555-0100")
    edit = Edit.objects.select_related("tenant", "base").get()
    leases.begin(edit)
    page = desk.post(EDIT, form | {"discard": "1"}, follow=True)
    leases.end(edit)
    words = f"Your change to {edit.record_name} is already on its way to QuickBooks. You will see how it ends."
    assert (words in said(page), log_of(edit)) == (True, [QUEUED, State.SENDING])


def test_discard_in_another_tab_leaves_it_queued(desk: Client, job: Record) -> None:
    post(desk, phone="555-0100")
    desk.post(EDIT, inputs(desk.get(EDIT)) | {"discard": "1"})
    assert list_states() == [QUEUED]


def test_nobody_elses_discard_cancels_it(desk: Client, as_alice: Client, job: Record) -> None:
    form = post(desk, phone="555-0100")
    as_alice.post(EDIT, inputs(as_alice.get(EDIT)) | {"token": form["token"], "discard": "1"})
    assert list_states() == [QUEUED]


def test_what_a_form_over_another_edit_asks_for_is_told_apart_from_a_change_in_quickbooks(
    desk: Client, job: Record, sandbox: Sandbox
) -> None:
    post(desk, phone="555-0100")
    form = inputs(desk.get(EDIT))
    send()
    change(sandbox, phone="555-0199")
    assert desk.post(EDIT, form | {"fax": "555-0101"}, headers=HTMX).status_code == 202
    send()
    assert (list_states()[-1], desk.get(PAGE).status_code) == (State.CONFLICT, 200)
