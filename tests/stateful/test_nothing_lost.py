"""Thousands of steps of people, the books and a failing vendor, after which every change is accounted for."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from books import registry
from books.models import Record
from books.providers import http, rate_limit
from edits.lifecycle import queue
from tenants.models import Membership, Role, Tenant
from tests.support import postgres
from tests.support.copies import Copied
from tests.support.figures import Note
from tests.support.people import PatientClient, signed_in
from tests.support.vendor import JUNIPER_KEY, KEY, Sandbox

from .bills import prepare
from .clock import Clock
from .companies import ABC, BIGCAPITAL, COMMON, JUNIPER, QUICKBOOKS, Company
from .machine import Office
from .stage import Stage

Crowd = Callable[[Tenant], Mapping[str, PatientClient]]
pytestmark = pytest.mark.starts_first
STEPS = 40
SOAK = "SOAK" in os.environ
FEW = 3 if postgres.is_asked() else 8  # on PostgreSQL the same rules are tried again
EXAMPLES = {"QuickBooks": 150 if SOAK else FEW, "Bigcapital": 100 if SOAK else min(FEW, 6)}
# What a search at length has to come by; one that no longer does has lost its way.
REACHED = {"addresses copied", "cancelled", "changes in the books", "conflict pages", "decisions", "dropped"}
REACHED |= {"drafts gone on with", "forms over a change that was coming", "opened again", "pages of an undo"}
REACHED |= {"pages that waited for a reading", "rebases", "writes that landed late"}


@pytest.fixture
def crowd(as_alice: PatientClient, as_bob: PatientClient, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """`crowd(company)` signs in three people of a company; all waits are very short."""
    monkeypatch.setattr(queue, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.01)
    erin = User.objects.create(username="erin", email="erin@example.com")

    def sign_in(tenant: Tenant) -> Mapping[str, PatientClient]:
        Membership.objects.create(tenant=tenant, person=erin, role=Role.BOOKKEEPER)
        return {"alice": as_alice, "bob": as_bob, "erin": signed_in(erin)}

    return sign_in


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that Ledgerdesk reads: for what is due, and for the rate limits of a vendor."""
    found = Clock()
    monkeypatch.setattr(timezone, "now", found.now)
    monkeypatch.setattr(rate_limit, "time", found)
    return found


def test_every_change_is_in_quickbooks_or_waits_for_its_author(
    abc: Tenant, copied: Copied, sandbox: Sandbox, crowd: Crowd, clock: Clock, figure: Note
) -> None:
    people = crowd(abc)
    copied(abc)
    item = Record.objects.get(tenant=abc, kind="inventory-items", full_name="Widget A").remote_id
    headers = {"Authorization": f"Bearer {KEY}", "Conductor-End-User-Id": ABC}
    company = Company(
        abc, sandbox, {"endUserId": ABC}, "POST", COMMON | QUICKBOOKS, (429, 502), "/v1/quickbooks-desktop", headers
    )
    run(Stage(company, people, clock, lambda: prepare(sandbox, item)), figure)


def test_every_change_is_in_bigcapital_or_waits_for_its_author(
    juniper: Tenant, copied: Copied, sandbox: Sandbox, crowd: Crowd, clock: Clock, figure: Note
) -> None:
    people = crowd(juniper)
    copied(juniper)
    headers = {"Authorization": f"Bearer {JUNIPER_KEY}"}
    company = Company(
        juniper, sandbox, {"organizationId": JUNIPER}, "PUT", COMMON | BIGCAPITAL, (429,), "/api", headers
    )
    run(Stage(company, people, clock, lambda: [("customers", key) for key in ("1", "5", "13")]), figure)


def run(stage: Stage, figure: Note) -> None:
    machine = type("OfficeOfThisStage", (Office,), {"stage": stage})
    name = registry.get_description(stage.company.tenant).name
    run_state_machine_as_test(machine, settings=_settings(EXAMPLES[name]))
    assert not SOAK or stage.said.keys() >= REACHED
    for line in (*told(stage.said), coverage(stage)):
        figure(f"{name}: {line}")


def _settings(examples: int) -> Any:
    return settings(
        max_examples=examples,
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


def coverage(stage: Stage) -> str:
    """Return how many fields of each kind were changed."""
    kinds = Counter(kind for kind, _ in stage.touched)
    return f"fields changed: {', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items()))}"
