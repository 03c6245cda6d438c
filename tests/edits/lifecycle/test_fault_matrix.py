"""Every fault meets every operation: what is answered, in which words, what state is left, and how soon all is well.

The faults and the operations are each listed once; a pair without a cell here fails.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from books.models import Record
from books.providers import http
from edits.editor import live_query
from tenants.models import Tenant
from tests.support.between import Between
from tests.support.database import Trouble
from tests.support.figures import Note
from tests.support.people import PatientClient
from tests.support.vendor import Sandbox

from .fault_cells import CELLS
from .faults import FAULTS, Scene
from .operations import OPERATIONS

pytestmark = pytest.mark.starts_first


@pytest.fixture
def scene(
    as_bob: PatientClient, job: Record, sandbox: Sandbox, between: Between, trouble: Trouble, settings: Settings
) -> Iterator[Scene]:
    Tenant.objects.exclude(pk=job.tenant_id).delete()  # each round of a timetable would queue their readings
    patch = pytest.MonkeyPatch()
    as_bob.raise_request_exception = False
    yield Scene(as_bob, job, sandbox, between, trouble, settings, patch)
    patch.undo()


def begin(scene: Scene, name: str) -> None:
    scene.trouble.attend()
    FAULTS[name](scene)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_amid_each_operation(scene: Scene, monkeypatch: pytest.MonkeyPatch, figure: Note, name: str) -> None:
    monkeypatch.setattr(live_query, "FRESH", timedelta(seconds=-1))
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.0)
    seen = {of: carry_out(scene, lambda: begin(scene, name)) for of, carry_out in OPERATIONS.items()}
    for of, cell in seen.items():
        figure(f"| {name} | {of} | {cell.status} | {cell.words} | {cell.state} | {cell.seconds:.2f} |")
    assert {of: (cell.status, cell.words, cell.state) for of, cell in seen.items()} == CELLS[name]


def test_every_fault_has_a_cell_for_every_operation() -> None:
    assert {name: set(cells) for name, cells in CELLS.items()} == {name: set(OPERATIONS) for name in FAULTS}
