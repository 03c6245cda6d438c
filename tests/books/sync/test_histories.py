"""After one refresh the copy equals the books, whatever happened in them and whatever their clock said."""

import os
from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone

from books.models import SyncStatus, Version
from tenants.models import Tenant
from tests.support import postgres
from tests.support.figures import Note
from tests.support.vendor import Sandbox

from .histories import Clock, History

# On PostgreSQL the same histories are tried again.
SEEDS, ROUNDS = (100, 40) if "SOAK" in os.environ else (1 if postgres.is_asked() else 2, 10)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Our own clock, as far ahead of the right time as a test moves it."""
    found = Clock()
    monkeypatch.setattr(timezone, "now", found.now)
    return found


def test_after_one_refresh_the_copy_equals_the_books(sandbox: Sandbox, abc: Tenant, clock: Clock, figure: Note):
    done = Counter[str]()
    for seed in range(SEEDS):
        sandbox.reset()
        with transaction.atomic():
            done += live_on(History(sandbox, abc, clock, seed), f"seed {seed}")
            transaction.set_rollback(True)
    what = ", ".join(f"{count:,} {name}" for name, count in done.most_common())
    figure(f"copy equals the books after {SEEDS * ROUNDS:,} random histories: {what}")


def live_on(history: History, name: str) -> Counter[str]:
    """Let a company go on and refresh its copy, again and again; a second refresh at the end stores nothing."""
    for number in range(ROUNDS):
        history.live(history.chance.randrange(1, 7))
        history.refresh()
        assert history.compare() == [], f"{name}, round {number}: {history.done}"
    history.refresh_daily()
    assert history.compare() == [], f"{name}, after the daily reading: {history.done}"
    stored = SyncStatus.objects.get().edition, Version.objects.count()
    history.refresh()
    assert (SyncStatus.objects.get().edition, Version.objects.count()) == stored
    return history.done
