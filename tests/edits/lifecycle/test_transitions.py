"""The life of an edit: what is not drawn does not happen, and of two who move one edit the first has moved it."""

from itertools import product

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from edits.lifecycle import transitions
from edits.models.edit import Edit, State
from tenants.models import Tenant

S = State
DRAWN = {
    (S.DRAFT, S.QUEUED),
    (S.DRAFT, S.DISCARDED),
    *((S.QUEUED, to) for to in (S.SENDING, S.DISCARDED, S.CONFLICT, S.REFUSED, S.SAVED, S.NOT_SENT)),
    *((S.SENDING, to) for to in (S.SAVED, S.CONFLICT, S.REFUSED, S.NOT_SENT, S.QUEUED, S.UNKNOWN)),
    *((S.UNKNOWN, to) for to in (S.SAVED, S.CONFLICT, S.NOT_APPLIED)),
    *((start, S.DISCARDED) for start in (S.CONFLICT, S.REFUSED, S.NOT_SENT, S.NOT_APPLIED)),
}
LANDS_LATE = {(S.CONFLICT, S.SAVED), (S.NOT_APPLIED, S.SAVED), (S.DISCARDED, S.SAVED)}
PAIRS = list(product(State, State))


def edit_in(tenant: Tenant, person: User, state: State, **more: object) -> Edit:
    columns = {"tenant": tenant, "person": person, "person_name": "Bob", "kind": "customers", "remote_id": "1"}
    return Edit.objects.create(**columns, state=state, state_log=[[state, "then"]], sent_at=timezone.now(), **more)


def moves(edit: Edit, to: State) -> bool:
    """Whether the edit moves there; where it does not, it stays as it is."""
    start = edit.state
    try:
        transitions.move_edit(edit, to)
    except transitions.InvalidTransition:
        edit.refresh_from_db()
        assert (edit.state, edit.state_log) == (start, [[start, "then"]])
        return False
    edit.refresh_from_db()
    assert (edit.state, [state for state, _ in edit.state_log]) == (to, [start, to])
    return True


def test_a_move_is_made_where_it_is_drawn_and_nowhere_else(abc: Tenant, bob: User) -> None:
    assert {(start, to) for start, to in PAIRS if moves(edit_in(abc, bob, start), to)} == DRAWN


def test_only_what_had_no_answer_can_turn_out_to_have_landed(abc: Tenant, bob: User) -> None:
    now = timezone.now()
    made = {(start, to) for start, to in PAIRS if moves(edit_in(abc, bob, start, uncertain_until=now), to)}
    assert made == DRAWN | LANDS_LATE


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        (S.QUEUED, S.DISCARDED, S.SENDING),
        (S.QUEUED, S.SENDING, S.DISCARDED),
        (S.SENDING, S.SAVED, S.UNKNOWN),
        (S.SENDING, S.UNKNOWN, S.SAVED),
        (S.UNKNOWN, S.CONFLICT, S.NOT_APPLIED),
        (S.UNKNOWN, S.SAVED, S.NOT_APPLIED),
        (S.CONFLICT, S.DISCARDED, S.DISCARDED),
    ],
)
def test_who_moves_an_edit_second_finds_where_the_first_has_moved_it(
    abc: Tenant, bob: User, start: State, first: State, second: State
) -> None:
    one, other = [Edit.objects.get(pk=pk) for pk in [edit_in(abc, bob, start).pk] * 2]
    transitions.move_edit(one, first)
    transitions.move_edit(other, second, error_message="told by the second")
    assert (other.state, other.state_log, other.error_message) == (first, one.state_log, "")


@pytest.mark.parametrize(("to", "kept"), [(S.SAVED, True), (S.CONFLICT, True), (S.REFUSED, False), (S.NOT_SENT, False)])
def test_what_was_not_written_leaves_its_form_free_to_be_sent_again(
    abc: Tenant, bob: User, to: State, kept: bool
) -> None:
    edit = transitions.move_edit(edit_in(abc, bob, S.SENDING, token="form-1", form="form-1"), to)
    edit.refresh_from_db()
    assert (edit.token == "form-1", edit.form) == (kept, "form-1")


@pytest.mark.parametrize("state", [S.SAVED, S.CONFLICT, S.REFUSED, S.NOT_SENT, S.UNKNOWN])
def test_an_edit_is_settled_at_the_moment_at_which_it_ends(abc: Tenant, bob: User, state: State) -> None:
    edit = transitions.move_edit(edit_in(abc, bob, S.SENDING), state)
    assert (edit.settled_at is not None) == (state != S.UNKNOWN)


def test_what_is_noted_of_an_edit_that_has_moved_meanwhile_is_not_noted(abc: Tenant, bob: User) -> None:
    one, other = [Edit.objects.get(pk=pk) for pk in [edit_in(abc, bob, S.UNKNOWN).pk] * 2]
    transitions.move_edit(one, S.SAVED)
    noted = transitions.note_facts(other, look_at=timezone.now())
    assert (noted, Edit.objects.get().look_at) == (False, None)


def test_no_edit_is_ever_deleted(abc: Tenant, bob: User) -> None:
    edit = edit_in(abc, bob, S.SAVED)
    for delete in (edit.delete, Edit.objects.all().delete):
        with pytest.raises(TypeError):
            delete()
    assert Edit.objects.count() == 1


def test_every_move_is_logged_with_edit_company_and_request(
    abc: Tenant, bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    edit = edit_in(abc, bob, State.SENDING)
    with caplog.at_level("INFO", logger="edits.lifecycle.transitions"):
        transitions.move_edit(edit, State.SAVED, request_id="req_1")
    assert caplog.messages == [f"edit={edit.pk} company={abc.pk} sending -> saved request=req_1"]
