"""A form whose version was deleted while it was open: nothing that has changed since is written over unseen."""

import pytest
from django.test import Client

from books.models import Record, Version
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, JOB, change, sent
from tests.edits.history.test_external_changes import read_again
from tests.support.inputs import inputs, sign_in_from
from tests.support.vendor import Sandbox

LIVE = f"/t/abc/edits/presence/customers/{JOB}/"


@pytest.fixture
def form(as_bob: Client, job: Record, sandbox: Sandbox) -> dict[str, str]:
    """A form that was open when its phone changed in QuickBooks, and for so long that its version is gone."""
    opened = inputs(as_bob.get(EDIT))
    change(sandbox, phone="555-0199")
    read_again(job)
    Version.objects.update(replaces_unreported=None)
    Version.objects.get(record=job, revision=job.revision).delete()
    return opened


def refused(client: Client, form: dict[str, str]) -> dict[str, str]:
    again = client.post(EDIT, form | {"email": "nope@"})
    assert again.status_code == 422
    return inputs(again) | {"email": "ann@x.example"}


def arranged(client: Client, form: dict[str, str]) -> dict[str, str]:
    return inputs(client.post(EDIT, form | {"fill": "shipping_address"})) | {"fax": "555-7"}


def carried(client: Client, form: dict[str, str]) -> dict[str, str]:
    sign_in_from(Client().post(EDIT, form | {"fax": "555-7"}), client, "bob")
    return inputs(client.get(EDIT))


def continued(client: Client, form: dict[str, str]) -> dict[str, str]:
    kept = client.post(EDIT, form | {"fax": "555-7", "draft": "1"})
    assert "Draft saved" in kept.content.decode()
    return inputs(client.get(f"{EDIT}?draft={Edit.objects.get().pk}"))


@pytest.mark.parametrize("come_back", [refused, arranged, carried, continued])
def test_it_is_a_conflict_however_often_it_is_shown_again(as_bob, form, sandbox, come_back) -> None:
    again = come_back(as_bob, form)
    live = as_bob.get(LIVE, {"base": again["base"], "form": "1"})
    assert "Someone changed this in QuickBooks" in live.content.decode()
    answer = as_bob.post(EDIT, again)
    assert (answer.status_code, sent(sandbox), Edit.objects.get().state) == (409, [], State.CONFLICT)
