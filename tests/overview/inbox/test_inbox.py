"""What needs a person, over all of their companies: which items there are, whose they are, and their next steps."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from edits.models.edit import Edit, State
from tenants.models import Tenant
from tests.edits.factories import an_edit

PAGE = "/inbox/"


def left(tenant: Tenant, person: User, state: State, **more: Any) -> Edit:
    return an_edit(tenant, person, timezone.now() - timedelta(hours=1), state=state, **more)


def show(client: Client, page: str = PAGE) -> list[tuple[str, str, list[str]]]:
    """Return company, badge and the steps of each item, in the order of the page."""
    inbox = client.get(page).context["inbox"]
    return [
        (item.tenant.slug, item.badge[1], [step.label for step in item.steps])
        for company in inbox.companies
        for item in company.items
    ]


@pytest.mark.parametrize(
    ("state", "badge", "steps"),
    [
        (State.CONFLICT, "Conflict", ["Decide", "Discard"]),
        (State.REFUSED, "Refused", ["Continue editing", "Discard"]),
        (State.NOT_SENT, "Not sent", ["Send again", "Continue editing", "Discard"]),
        (State.NOT_APPLIED, "Not saved", ["Send again", "Continue editing", "Discard"]),
        (State.UNKNOWN, "Checking", ["Open", "Check again"]),
    ],
)
def test_a_change_that_ended_unsaved_has_its_next_steps(
    as_bob: Client, bob: User, larch: Tenant, state: State, badge: str, steps: list[str]
) -> None:
    left(larch, bob, state)
    assert show(as_bob) == [("larch", badge, steps)]
