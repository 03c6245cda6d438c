"""300 people of 300 companies save at once on a vendor that takes five seconds, while 20 others browse."""

from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, limited

from . import plain
from .people import choose_pages, gather_people
from .stage import Crowd
from .trial import BROWSERS, VENDOR_SECONDS, Load, Trial, p95, run_trial

COMPANIES = 300
OVER_SECONDS = 5.0
MOST_SECONDS = 8.0
MOST_RATIO = 1.5
MOST_MEMORY = 400.0
MOST_CPU = 7.0
MOST_ADDED = 150.0
MOST_LOOKS = 3.0


def figures(home: Path, companies: int = COMPANIES) -> list[Figure]:
    """Ours in one instant, spread over five seconds, and without anybody else; then a plain view's."""
    crowd = Crowd(home, companies)
    try:
        crowd.open()
        people = gather_people(crowd)
        browsers = choose_pages(people[:BROWSERS])
        pressed = run_trial(crowd, crowd.desk, Load(people, 0.0, "Press", browsers))
        at_once = run_trial(crowd, crowd.desk, Load(people, 0.0, "Once", browsers, waits=True))
        spread = run_trial(crowd, crowd.desk, Load(people, OVER_SECONDS, "Spread", browsers, waits=True))
        bare = run_trial(crowd, crowd.desk, Load(people, OVER_SECONDS, "Bare"))
        plains = plain.run_trials(crowd, people, (0.0, OVER_SECONDS))
    finally:
        crowd.close()
    return [
        Figure(f"{companies} people save in one instant and leave, the vendor takes {VENDOR_SECONDS:.0f} s"),
        *tell_saves(pressed, plains[0], MOST_SECONDS),
        tell_browsing(pressed, plains[0], None),
        Figure("the same, and their pages wait for the outcome"),
        *tell_saves(at_once, plains[0], None),
        tell_browsing(at_once, plains[0], None),
        *tell_memory(at_once, plains[0]),
        Figure(f"the same, spread over {OVER_SECONDS:.0f} s; the pages wait"),
        *tell_saves(spread, plains[1], None),
        tell_browsing(spread, plains[1], MOST_RATIO),
        *tell_memory(spread, plains[1]),
        *tell_spread(spread),
        Figure("  added, if nobody waits or browses: p95", f"{p95(bare.added()):.0f} ms"),
        tell_cost(bare, plains[1]),
        Figure(
            "    more in the web, if its page waits",
            f"{1000 * (spread.seconds[0] - bare.seconds[0]) / companies:.1f} ms",
        ),
    ]


def tell_saves(ours: Trial, plains: Trial, most: float | None) -> Iterator[Figure]:
    """How long the saves took, and whether each was carried out once."""
    took = None if ours.saved_at is None else ours.saved_at - ours.began
    budget = f"≤ {most:.0f} s" if most else ""
    is_met = (took is not None and took <= most) if most else None
    written = f"{ours.written_after:.1f} s", f"{plains.written_after:.1f} s"
    yield Figure("  all written, by the vendor's log", written[0], written[1])
    yield Figure("  all saved", "never" if took is None else f"{took:.1f} s", "", "", budget, is_met)
    yield Figure("  refused or lost", f"{ours.lost}", f"{plains.lost}", "", "0", ours.lost == 0)
    once = f"{len(ours.people)}, of one company 1"
    yield Figure("  writes that the vendor saw", ours.writes, plains.writes, "", once, ours.writes == once)
    for problem in [*ours.problems, *plains.problems][:3]:
        yield Figure(f"    PROBLEM: {problem[:150]}")


def tell_browsing(ours: Trial, plains: Trial, most: float | None) -> Figure:
    """How long pages of those who browse take, beside their pages before anybody saved."""
    shares = [p95(trial.beside) / p95(trial.alone) for trial in (ours, plains)]
    mine, theirs = (
        f"{p95(trial.alone):.0f} → {p95(trial.beside):.0f} ms, ×{share:.1f}"
        for trial, share in zip((ours, plains), shares, strict=True)
    )
    what = f"  {BROWSERS} others open a page a second each: p95 alone → meanwhile"
    return Figure(what, mine, theirs, "", f"≤ ×{most:g}" if most else "", shares[0] <= most if most else None)


def tell_memory(ours: Trial, plains: Trial) -> Iterator[Figure]:
    """The memory of all processes but the vendor's, at its peak."""
    peaks = ours.peak.memory, plains.peak.memory
    mine, theirs = (f"{peak:.0f} MB" for peak in peaks)
    budget, is_met = f"≤ {MOST_MEMORY:.0f} MB", peaks[0] <= MOST_MEMORY
    yield Figure("  memory of all processes (PSS), peak", mine, theirs, f"1/{peaks[1] / peaks[0]:.1f}", budget, is_met)
    yield Figure("    by process", f"{ours.peak}", f"{plains.peak}")
    yield Figure("    threads of one process", f"{ours.peak.threads}", f"{plains.peak.threads}")


def tell_spread(trial: Trial) -> Iterator[Figure]:
    """What the desk adds to a save, and what a page that waits asks."""
    written, answered = p95(trial.until_written()), p95([person.answered_ms for person in trial.people])
    yield limited("  added to the vendor's time, from Save to saved: p95", p95(trial.added()), MOST_ADDED, "ms")
    yield Figure("    until the vendor has the write, by its log: p95", f"{written:.0f} ms")
    yield Figure("    until the page answers: p95", f"{answered:.0f} ms")
    yield limited("  looks of a page that waits: p95", p95([person.looks for person in trial.people]), MOST_LOOKS, "")


def tell_cost(ours: Trial, plains: Trial) -> Figure:
    """Processor time of a save that nobody waits for, beyond what the processes take when idle."""
    web, workers, vendor = (1000 * seconds / len(ours.people) for seconds in ours.seconds)
    what = f"  processor time of a save: web {web:.1f} + workers {workers:.1f} ms; the vendor's {vendor:.1f}"
    own = 1000 * plains.seconds[0] / len(plains.people)
    return Figure(
        what, f"{web + workers:.1f} ms", f"{own:.1f} ms", "", f"≤ {MOST_CPU:.0f} ms", web + workers <= MOST_CPU
    )
