"""One trial: everybody saves once on a slow vendor while some browse; what the vendor, Linux and the clock say."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bench.figures import percentile
from config.processes.services import Services

from .browsing import Seen, browse
from .people import Person, open_forms, save_all
from .stage import Crowd, wait
from .usage import Peak, read_seconds, spent, watch_peak
from .vendor_log import Asked, first_writes, most_writes, read_log

if TYPE_CHECKING:
    from edits.models.edit import Edit

VENDOR_SECONDS = 5.0
WARM_SECONDS, ALONE_SECONDS = 3.0, 8.0  # before anybody saves
BROWSERS = 20
SETTLED_WITHIN = 60.0


@dataclass
class Trial:
    """What came of it. Moments are of `time.time`."""

    people: Sequence[Person]  # copies: a person saves in several trials
    began: float = 0.0
    saved_at: float | None = None  # when the last was saved; None if some never were
    log: Sequence[Asked] = ()
    edits: "Sequence[Edit]" = ()
    alone: list[float] = field(default_factory=list)  # milliseconds of each page
    beside: list[float] = field(default_factory=list)
    peak: Peak = field(default_factory=Peak)
    seconds: Sequence[float] = ()  # of processor time: the web's, the workers', the vendor's; more than when idle
    problems: list[str] = field(default_factory=list)

    @property
    def written_after(self) -> float:
        """Seconds until the vendor has answered the last write."""
        return max(first_writes(self.log).values(), default=0.0) + VENDOR_SECONDS - self.began

    @property
    def lost(self) -> int:
        """Saves that were refused, are not saved, or of which the vendor has seen no write."""
        writes = first_writes(self.log)
        failed = sum(person.problem != "" or person.tenant.end_user_id not in writes for person in self.people)
        return failed + sum(edit.state != "saved" for edit in self.edits)

    @property
    def writes(self) -> str:
        """How many writes the vendor saw, and the most of one company."""
        return f"{sum(asked.is_write for asked in self.log)}, of one company {most_writes(self.log)}"

    def added(self) -> list[float]:
        """Milliseconds that each save took beyond the vendor's own time, from the press of Save until saved."""
        return [1000 * (took - VENDOR_SECONDS) for took in until_saved(self.people, self.edits)]

    def until_written(self) -> list[float]:
        """Milliseconds from the press of Save until each write reached the vendor, by its log."""
        posted = {person.tenant.end_user_id: person.posted_at for person in self.people}
        return [1000 * (at - posted[company]) for company, at in first_writes(self.log).items() if company in posted]


@dataclass(frozen=True)
class Load:
    """Who saves, over how many seconds, and who browses meanwhile: cookies and addresses.

    `word` differs from one trial to the next. `waits`: those who save look at their page until it shows the outcome.
    """

    people: Sequence[Person]
    over: float
    word: str
    browsers: Sequence[tuple[dict[str, str], list[str]]] = ()
    waits: bool = False


def run_trial(crowd: Crowd, desk: Services, load: Load) -> Trial:
    """Let everybody save through `desk`, ours or the plain one, and wait until all edits are saved."""
    from edits.models.edit import Edit

    trial = Trial(load.people)
    open_forms(load.people, load.word)
    last = Edit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with crowd.delayed(VENDOR_SECONDS), watch_peak(desk) as trial.peak, browse(desk.url, load.browsers) as seen:
        idle = watch_alone(desk)
        before, started = read_seconds(desk), time.time()
        watcher = threading.Thread(target=note_saved, args=(trial, last, desk is crowd.desk))
        watcher.start()
        trial.began = save_all(load.people, load.over, waits=load.waits)
        watcher.join()
        ended = time.time()
        used = spent(before, read_seconds(desk))
        trial.seconds = [most - rate * (ended - started) for most, rate in zip(used, idle, strict=True)]
    trial.log = read_log(crowd.logged)
    trial.edits = list(Edit.objects.filter(pk__gt=last))
    keep(trial, seen, ended)
    if trial.problems:
        trial.problems.insert(0, "; ".join(f"{one.name} said: {one.last_line()}" for one in desk.children.values()))
    return trial


def watch_alone(desk: Services) -> list[float]:
    """Let only those browse who do; return the processor time a second of the web, the workers, the vendor."""
    time.sleep(WARM_SECONDS)  # by the clock, as what comes later is compared with these seconds
    before = read_seconds(desk)
    time.sleep(ALONE_SECONDS)  # what is measured is the use over these seconds
    return [seconds / ALONE_SECONDS for seconds in spent(before, read_seconds(desk))]


def note_saved(trial: Trial, last: int, is_ours: bool) -> None:
    """Note when all edits after the `last` one are saved. The plain desk keeps none."""
    from django.db import connection

    from edits.models.edit import Edit

    saved = Edit.objects.filter(pk__gt=last, state="saved")
    if is_ours:
        trial.saved_at = wait(lambda: saved.count() >= len(trial.people), SETTLED_WITHIN)
    connection.close()  # of this thread


def keep(trial: Trial, seen: Seen, ended: float) -> None:
    """Keep how people fared, and the pages of the others: those before the first save, those until all were saved."""
    trial.alone = [took for at, took in seen.pages if trial.began - ALONE_SECONDS <= at < trial.began]
    trial.beside = [took for at, took in seen.pages if trial.began <= at <= ended]
    trial.people = [replace(person) for person in trial.people]
    trial.problems = [*seen.problems, *(said for one in trial.people if (said := one.problem or one.look_problem))]
    trial.problems += [
        f"edit {edit.pk} is {edit.state}: {edit.error or 'no error'}, waits until {edit.waits_until}"
        for edit in trial.edits
        if edit.state != "saved"
    ]


def until_saved(people: Sequence[Person], edits: "Sequence[Edit]") -> list[float]:
    """Seconds from the press of Save until saved, of each edit that is saved."""
    posted = {person.tenant.pk: person.posted_at for person in people}
    return [find_saved(edit) - posted[edit.tenant_id] for edit in edits if edit.state == "saved"]


def find_saved(edit: "Edit") -> float:
    """Return when an edit was saved."""
    return next(datetime.fromisoformat(at).timestamp() for state, at in edit.state_log if state == "saved")


def p95(amounts: Sequence[float]) -> float:
    """Return the amount that one in twenty exceeds; infinite if there are none."""
    return percentile(amounts, 0.95)
