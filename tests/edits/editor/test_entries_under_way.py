"""The form over an edit under way of entries that are known by a name that people type."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from books.models import Record
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, change
from tests.edits.history.test_external_changes import read_again
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

HTMX = {"HX-Request": "true"}
TWO = [{"name": "Main Phone", "value": "1"}, {"name": "Other", "value": "2"}]


@pytest.mark.parametrize(
    ("index", "typed"),
    [
        (0, {"name": "Zed Phone"}),
        (0, {"name": "Zed Phone", "value": "3"}),
        (0, {"remove": "on"}),
        (1, {"name": "Zed Phone"}),
    ],
)
def test_it_shows_the_entry_in_its_place_and_changes_nothing(
    bob: User, job: Record, sandbox: Sandbox, index: int, typed: dict[str, str]
) -> None:
    change(sandbox, customContactFields=TWO)
    read_again(job)
    desk = Client()  # which does not wait for a save
    desk.force_login(bob)
    prefix, was = f"custom_contact_fields-{index}-", TWO[index]
    saved = desk.post(
        EDIT, inputs(desk.get(EDIT)) | {prefix + name: text for name, text in typed.items()}, headers=HTMX
    )
    again = inputs(desk.get(EDIT))
    shown = {name.removeprefix(prefix): text for name, text in again.items() if name.startswith(prefix)}
    stands = {} if "remove" in typed else {"value": was["value"]}
    assert (saved.status_code, shown) == (202, {"id": was["name"], **stands, **typed})
    kept = desk.post(EDIT, again | {"draft": "1"}, headers=HTMX)
    desk.post(EDIT, again)
    assert ("Draft" in kept.content.decode(), [one.state for one in Edit.objects.all()]) == (False, [State.QUEUED])
