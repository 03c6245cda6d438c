"""Thousands of steps of people, QuickBooks and a failing vendor, after which every change is accounted for."""

import os
from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from books.models import Record
from books.providers import http
from edits.lifecycle import save
from tenants.models import Membership, Role, Tenant
from tests.support.copies import Copied
from tests.support.figures import Note
from tests.support.people import signed_in
from tests.support.vendor import Sandbox

from .machine import Office
from .stage import Stage

pytestmark = pytest.mark.starts_first
STEPS = 40
SOAK = "SOAK" in os.environ
EXAMPLES = 250 if SOAK else 25


@pytest.fixture
def stage(
    abc: Tenant, copied: Copied, sandbox: Sandbox, as_alice: Client, as_bob: Client, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """The company of the vendor's documentation with one more bookkeeper and very short waits."""
    monkeypatch.setattr(save, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.01)
    erin = User.objects.create(username="erin", email="erin@example.com")
    Membership.objects.create(tenant=abc, person=erin, role=Role.BOOKKEEPER)
    copied(abc)
    people = {"alice": as_alice, "bob": as_bob, "erin": signed_in(erin)}
    item = Record.objects.get(tenant=abc, kind="inventory-items", full_name="Widget A").remote_id
    return Stage(abc, sandbox, people, item)


def test_every_change_is_at_the_vendor_or_waits_for_its_author(stage: Stage, figure: Note) -> None:
    machine = type("OfficeOfThisStage", (Office,), {"stage": stage})
    run_state_machine_as_test(machine, settings=_settings())
    for line in told(stage.said):
        figure(line)


def _settings() -> Any:
    return settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        derandomize=not SOAK,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )


def told(said: Counter[str]) -> list[str]:
    """Return the counts in a few lines."""
    plain = {name: n for name, n in said.items() if ": " not in name and not name.startswith(("answered", "edits "))}
    faults = {name.partition(": ")[2]: n for name, n in said.items() if name.startswith("fault")}
    ends = {name.removeprefix("edits "): n for name, n in said.items() if name.startswith("edits ")}
    answers = {name.removeprefix("answered "): n for name, n in said.items() if name.startswith("answered")}
    parts = {"nothing lost": plain, "faults": faults, "edits that ended as": ends, "answers": answers}
    return [
        f"{title}: {', '.join(f'{name} {n}' for name, n in sorted(counts.items()))}" for title, counts in parts.items()
    ]
