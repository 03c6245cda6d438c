"""Some companies hang, drip or refuse: how long the others wait for their saves and for a refresh of their lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

from bench.figures import Figure, limited

from .people import Person, gather_people, open_forms, save_all
from .stage import Crowd, wait
from .trial import VENDOR_SECONDS, p95, until_saved
from .usage import Peak, watch_peak
from .vendor_log import read_log

COMPANIES = 300
OVER_SECONDS = 5.0
HANG = {"fault": "slow", "seconds": 30}
ODD = (HANG, {"fault": "drip", "seconds": 1}, {"fault": "not_active"})  # hangs, drips, answers 409
FEW, MANY = 1 / 5, 2 / 3  # shares of the companies that hang
WITHIN = 45.0
SETTLED_WITHIN = 60.0
STALE = timedelta(minutes=6)
MOST_RATIO = 1.1
MOST_MEMORY = 400.0


@dataclass(frozen=True)
class Waits:
    """Seconds that the others waited; those that waited in vain until the time was up are missing."""

    others: int
    saves: Sequence[float]
    refreshes: Sequence[float]
    problems: Sequence[str]
    peak: Peak


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """Each case with the same saves and refreshes; the first is the measure of the others."""
    few, many = round(FEW * companies), round(MANY * companies)
    cases: list[tuple[str, Sequence[dict[str, Any]]]] = [
        (f"all {companies} answer", ()),
        (f"one hangs, one drips, one answers 409, {companies - len(ODD)} answer", ODD),
        (f"{few} hang for {HANG['seconds']} s, {companies - few} answer", [HANG] * few),
        (f"{many} hang, {companies - many} answer", [HANG] * many),
    ]
    crowd = Crowd(home, companies)
    found: list[Figure] = []
    try:
        crowd.open()
        people = gather_people(crowd)
        usual: Waits | None = None
        for number, (what, faults) in enumerate(cases):
            waits = measure(crowd, people, f"Case{number}", faults)
            found += tell(what, waits, usual)
            usual = usual or waits
    finally:
        crowd.close()
    return found


def measure(crowd: Crowd, people: Sequence[Person], word: str, faults: Sequence[dict[str, Any]]) -> Waits:
    """Let everybody save, then let all lists of customers be old at once; the first companies have the faults."""
    from edits.models.edit import Edit

    others = people[len(faults) :]
    tenants = [person.tenant.pk for person in others]
    last = Edit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    edits = Edit.objects.filter(pk__gt=last, tenant__in=tenants)
    open_forms(people, word)
    with crowd.delayed(VENDOR_SECONDS), watch_peak(crowd.desk) as peak:
        for fault, person in zip(faults, people, strict=False):
            crowd.sandbox.control("faults", **fault, count=None, endUserId=person.tenant.end_user_id)
        save_all(people, OVER_SECONDS, waits=False)
        wait(lambda: edits.filter(state="saved").count() >= len(others), WITHIN)
        saves = until_saved(others, list(edits))
        since = age_lists(people)
        wait(lambda: count_refreshed(tenants, since) >= len(others), WITHIN)
    refreshes = find_refreshes(crowd, others, since)
    let_settle(tenants)
    return Waits(len(others), saves, refreshes, [person.problem for person in others if person.problem], peak)


def age_lists(people: Sequence[Person]) -> float:
    """Let somebody look at each company, and let its customers be older than the limit; return when."""
    from django.utils import timezone

    from books.models import SyncRun, SyncStatus

    now = timezone.now()
    tenants = [person.tenant.pk for person in people]
    SyncRun.objects.filter(tenant__in=tenants, kind="customers").update(as_of=now - STALE)
    SyncStatus.objects.filter(tenant__in=tenants).update(looked_at=now)
    return now.timestamp()


def count_refreshed(tenants: Sequence[int], since: float) -> int:
    """How many of the companies' customers were read since."""
    from datetime import UTC, datetime

    from books.models import SyncRun

    after = datetime.fromtimestamp(since, UTC)
    return SyncRun.objects.filter(tenant__in=tenants, kind="customers", as_of__gt=after, state="done").count()


def find_refreshes(crowd: Crowd, others: Sequence[Person], since: float) -> list[float]:
    """Return the seconds until the vendor had answered each company's request for its customers."""
    asked: dict[str, float] = {}
    for one in read_log(crowd.logged):
        if one.method == "GET" and one.path == "customers" and one.at > since and one.status == 200:
            asked.setdefault(one.company, one.at)
    names = [person.tenant.end_user_id for person in others]
    return [asked[name] + VENDOR_SECONDS - since for name in names if name in asked]


def let_settle(others: Sequence[int]) -> None:
    """Wait until no edit is under way and the others' lists are read, so that one case does not burden the next one."""
    from books.models import SyncRun
    from edits.models.edit import UNDER_WAY, Edit

    under_way = Edit.objects.filter(state__in=UNDER_WAY)
    unread = SyncRun.objects.filter(tenant__in=others).exclude(state="done")
    wait(lambda: not under_way.exists() and not unread.exists(), SETTLED_WITHIN)


def tell(what: str, waits: Waits, usual: Waits | None) -> list[Figure]:
    """The rows of one case."""
    rows = [Figure(what)]
    for name in ("saves", "refreshes"):
        took: Sequence[float] = getattr(waits, name)
        missing = waits.others - len(took)
        slowest = p95([*took, *[inf] * missing])
        said = f"{slowest:.1f} s" if slowest < inf else f"> {WITHIN:.0f} s"
        said += f", {missing} never" if missing else ""
        label = f"  the others' {name}: p95"
        if usual is None:
            rows.append(Figure(label, said))
            continue
        first = p95([*getattr(usual, name), *[inf] * (usual.others - len(getattr(usual, name)))])
        ratio = f"×{slowest / first:.2f}" if max(slowest, first) < inf else ""
        rows.append(
            Figure(label, said, "", ratio, f"≤ ×{MOST_RATIO:g}", missing == 0 and slowest <= first * MOST_RATIO)
        )
    rows.append(limited("  memory of all processes (PSS), peak", waits.peak.memory, MOST_MEMORY, "MB"))
    return [*rows, *(Figure(f"    PROBLEM: {problem[:150]}") for problem in waits.problems[:3])]
