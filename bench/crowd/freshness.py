"""The age of every company's lists while somebody looks at each of 300, on a vendor that takes four seconds a request.

Three windows follow each other without a pause: at rest, while people save, and while every fifth company hangs. Five
minutes for each would take longer than a part may, so each is half of that, and the ages at the beginning are spread
evenly over the four minutes after which a list is read again: older ones a Ledgerdesk in use does not have. So each
window sees every second company being refreshed, one after the other.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figures import Figure

from .people import Person, gather_people, open_forms
from .stage import Crowd, wait
from .trial import p95, until_saved
from .usage import read_seconds, spent
from .vendor_log import Asked, read_log

COMPANIES = 300
VENDOR_SECONDS = 4.0
WINDOW_SECONDS = 140.0
LIMIT_SECONDS = 300.0
FIRST_AGES = 240.0  # seconds: `books.sync.reader.REFRESH_AFTER`
SAMPLE_SECONDS = 5.0
HANGING = 1 / 5
HANG = {"fault": "slow", "seconds": 600}
LISTS = ("customers", "bills", "deleted-list-objects", "deleted-transactions")
SAVING_SECONDS = 110.0
MOST_LOGGED = 5_000  # requests that the vendor's log keeps
BALANCES = "transactions"
OFTEN = ("customers", "bills", "deleted", "balances")  # the same, as the desk calls them
MOST_RATIO = 1.1
FIRST_ROWS_WITHIN = 60.0
MOST_REQUESTS = 2


@dataclass
class Run:
    """What happened: when each window began (and the last one ended), and what the vendor saw."""

    windows: list[float]
    ages: dict[str, float]  # by company: from when on its lists are so old at the beginning
    log: Sequence[Asked] = ()
    saved: list[float] = field(default_factory=list)  # seconds of each save
    first_rows: tuple[int, float] | None = None  # requests and seconds until a new company shows its first customers
    seconds: tuple[float, float, float] = (0.0, 0.0, 0.0)


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """The ages in each window, by the vendor's log; and how long a new company waits for its first rows."""
    crowd = Crowd(home, companies)
    try:
        crowd.open()
        people = gather_people(crowd)
        open_forms(people, "Fresh")
        run = carry_out(crowd, people)
    finally:
        crowd.close()
    return tell(run, people)


def carry_out(crowd: Crowd, people: Sequence[Person]) -> Run:
    """Let the windows pass; what happens in each is done beside the waiting."""
    run = Run([], spread_ages(people))
    with crowd.delayed(VENDOR_SECONDS):
        before = read_seconds(crowd.desk)
        for acts in ((), (save_one_by_one, add_company), (let_hang,)):
            look(people)
            run.windows.append(time.time())
            threads = [threading.Thread(target=act, args=(crowd, people, run)) for act in acts]
            for thread in threads:
                thread.start()
            time.sleep(WINDOW_SECONDS)  # a window is a stretch of time
            for thread in threads:
                thread.join()
        run.windows.append(time.time())
        run.seconds = spent(before, read_seconds(crowd.desk))
    run.log = read_log(crowd.logged)
    return run


def spread_ages(people: Sequence[Person]) -> dict[str, float]:
    """Spread the ages of what is read often over four minutes, those of other lists over an hour.

    Returns the moment from which on each company's lists are so old.
    """
    from django.utils import timezone

    from books.models import SyncRun

    now, found = timezone.now(), {}
    for number, person in enumerate(people):
        age = FIRST_AGES * number / len(people)
        runs = SyncRun.objects.filter(tenant=person.tenant.pk)
        runs.filter(kind__in=OFTEN).update(as_of=now - timedelta(seconds=age))
        for place, run in enumerate(runs.exclude(kind__in=OFTEN)):
            old = timedelta(minutes=(number * 7 + place * 13) % 60)
            SyncRun.objects.filter(pk=run.pk).update(as_of=now - old)
        found[person.tenant.end_user_id] = now.timestamp() - age
    return found


def look(people: Sequence[Person]) -> None:
    """Let somebody look at every company: for a quarter of an hour its lists are kept fresh."""
    from django.utils import timezone

    from books.models import SyncStatus

    tenants = [person.tenant.pk for person in people]
    SyncStatus.objects.filter(tenant__in=tenants).update(looked_at=timezone.now())


def save_one_by_one(crowd: Crowd, people: Sequence[Person], run: Run) -> None:
    """Let everybody save once, evenly spread over most of the window."""
    from django.db import connection

    from edits.models.edit import Edit

    began = time.time()
    for number, person in enumerate(people):
        pause = began + SAVING_SECONDS * number / len(people) - time.time()
        time.sleep(max(0.0, pause))  # the load is defined as saves at these moments, whatever the desk does
        person.save(waits=False)
    edits = Edit.objects.filter(sent_at__gt=datetime.fromtimestamp(began, UTC))
    wait(lambda: edits.filter(state="saved").count() >= len(people), WINDOW_SECONDS - SAVING_SECONDS)
    run.saved = until_saved(people, list(edits))
    connection.close()  # of this thread


def add_company(crowd: Crowd, people: Sequence[Person], run: Run) -> None:
    """Add a company; note what it takes until its first customers are there."""
    from django.db import connection

    from books.models import Record

    began = time.time()
    tenant = crowd.add_company(len(people) + 1)
    rows = Record.objects.filter(tenant=tenant, kind="customers")
    if there := wait(rows.exists, FIRST_ROWS_WITHIN):
        asked = read_log(crowd.sandbox.requests(tenant.end_user_id))
        answered = [one for one in asked if one.status is not None]  # the next one is under way by now
        run.first_rows = len(answered), there - began
    connection.close()  # of this thread


def let_hang(crowd: Crowd, people: Sequence[Person], run: Run) -> None:
    """Let the first companies hang until the end."""
    for person in people[: round(HANGING * len(people))]:
        crowd.sandbox.control("faults", **HANG, count=None, endUserId=person.tenant.end_user_id)


def sample_ages(run: Run, number: int, companies: Sequence[str], lists: Sequence[str]) -> list[float]:
    """Return the seconds since each company's oldest list was asked for, sampled throughout a window.

    A list counts from the moment of its request, once the vendor has answered it.
    """
    asked: dict[tuple[str, str], list[float]] = {}
    for one in run.log:
        if one.method == "GET" and one.status == 200 and "ids=" not in one.query:
            asked.setdefault((one.company, one.path), []).append(one.at)
    moment, found = run.windows[number], []
    while moment < run.windows[number + 1]:
        answered = moment - VENDOR_SECONDS
        for company in companies:
            begins = run.ages[company]
            newest = (
                max((at for at in asked.get((company, name), ()) if at <= answered), default=begins) for name in lists
            )
            found.append(moment - min(newest))
        moment += SAMPLE_SECONDS
    return found


def tell(run: Run, people: Sequence[Person]) -> list[Figure]:
    """The rows of all windows."""
    names = [person.tenant.end_user_id for person in people]
    others = names[round(HANGING * len(names)) :]
    at_rest, hung = (p95(sample_ages(run, number, others, LISTS)) for number in (0, 2))
    rows = [Figure(f"age of {len(names)} companies' lists, {VENDOR_SECONDS:.0f} s a request, by the vendor's log")]
    for number, what in enumerate(("at rest", "while each saves once")):
        rows += [
            tell_age(f"  {what}: customers, bills, deletions", sample_ages(run, number, names, LISTS)),
            tell_age(f"  {what}: balances", sample_ages(run, number, names, (BALANCES,))),
        ]
    missing, requests = len(names) - len(run.saved), len(run.log)
    seconds = run.windows[-1] - run.windows[0]
    web, workers, vendor = (100 * used / seconds for used in run.seconds)
    return [
        *rows,
        Figure("    those saves: p95", f"{p95(run.saved):.1f} s, {missing} missing", "", "", "0 missing", missing == 0),
        Figure(
            f"  {len(names) - len(others)} hang, the age of the others' lists: p95 before → meanwhile",
            f"{at_rest:.0f} → {hung:.0f} s",
            "",
            f"×{hung / at_rest:.2f}",
            f"≤ ×{MOST_RATIO:g}",
            hung <= at_rest * MOST_RATIO,
        ),
        tell_first_rows(run.first_rows),
        Figure("  requests that the vendor saw", f"{requests:,}", "", "", f"< {MOST_LOGGED:,}", requests < MOST_LOGGED),
        Figure("  share of a core", f"web {web:.0f} % + workers {workers:.0f} %; the vendor's {vendor:.0f} %"),
        Figure(f"  ({WINDOW_SECONDS:.0f} s each; the ages at the beginning are spread over {FIRST_AGES:.0f} s)"),
    ]


def tell_age(what: str, ages: Sequence[float]) -> Figure:
    """The highest age, and that of all but one in twenty."""
    said, budget = f"p95 {p95(ages):.0f} s, at most {max(ages):.0f} s", f"at most {LIMIT_SECONDS:.0f} s"
    return Figure(what, said, "", "", budget, max(ages) <= LIMIT_SECONDS)


def tell_first_rows(first: tuple[int, float] | None) -> Figure:
    """How long a new company waits for its first customers while all others are read."""
    what, budget = "first rows of a new company among them", f"≤ {MOST_REQUESTS} requests"
    if first is None:
        return Figure(what, f"none in {FIRST_ROWS_WITHIN:.0f} s", "", "", budget, met=False)
    return Figure(what, f"{first[0]} requests, {first[1]:.1f} s", "", "", budget, first[0] <= MOST_REQUESTS)
