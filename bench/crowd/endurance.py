"""Ten minutes of saves and browsing: whether memory, threads and open files stay the same, and what a save adds."""

import time
from pathlib import Path

from bench.figures import Figure

from .browsing import browse
from .growth import megabytes
from .people import Person, choose_pages, gather_people
from .stage import Crowd
from .trial import BROWSERS, p95
from .usage import Usage, read_usage

COMPANIES = 60
MINUTES = 10
SETTLED_AFTER = 3  # minutes; then everything has been used
VENDOR_SECONDS = 0.5
EVERY_SECONDS = 1.0  # somebody saves
MOST_GROWTH = 1.1
MOST_MORE = 10  # threads and open files, which vary with the connections that are kept


def figures(home: Path, minutes: int = MINUTES) -> list[Figure]:
    """Compare the usage after the first minutes with that at the end."""
    crowd = Crowd(home, COMPANIES)
    taken: list[tuple[Usage, float, int]] = []
    try:
        crowd.open()
        people = gather_people(crowd)
        with crowd.delayed(VENDOR_SECONDS), browse(crowd.desk.url, choose_pages(people[:BROWSERS])) as seen:
            saves = 0
            for minute in range(minutes):
                saves += save_for_a_minute(people, f"M{minute}")
                taken.append((read_usage(crowd.desk), megabytes(crowd), saves))
    finally:
        crowd.close()
    problems = [*seen.problems, *(person.problem for person in people if person.problem)]
    return tell(taken, max(1, min(SETTLED_AFTER, minutes // 2)) - 1, p95([took for _, took in seen.pages]), problems)


def save_for_a_minute(people: list[Person], word: str) -> int:
    """Let one after the other open a form and save; return how many did."""
    ends, number = time.time() + 60, 0
    while time.time() < ends:
        started, person = time.time(), people[number % len(people)]
        person.open_form(f"{word}-{number}")
        person.save(waits=False)
        number += 1
        time.sleep(max(0.0, started + EVERY_SECONDS - time.time()))  # by the clock: that is the load
    return number


def tell(taken: list[tuple[Usage, float, int]], first: int, page: float, problems: list[str]) -> list[Figure]:
    """The rows: each from the end of the first minutes to the end."""
    (early, small, few), (late, large, many) = taken[first], taken[-1]
    flat = late.memory <= early.memory * MOST_GROWTH
    rows = [
        Figure(f"{many} saves within {len(taken)} minutes, {BROWSERS} browse: minute {first + 1} → the last"),
        Figure("  memory (PSS)", f"{early.memory:.0f} → {late.memory:.0f} MB", "", "", "≤ +10 %", flat),
    ]
    for name, before, after in (("threads", early.threads, late.threads), ("open files", early.files, late.files)):
        rows.append(Figure(f"  {name}", f"{before} → {after}", "", "", f"≤ +{MOST_MORE}", after <= before + MOST_MORE))
    growth = 1000 * (large - small) / max(1, many - few)
    return [
        *rows,
        Figure("  database", f"{small:.1f} → {large:.1f} MB"),
        Figure("    a save, with its version and its history, kept for good", f"{growth:.1f} kB"),
        Figure("  pages: p95", f"{page:.0f} ms"),
        *(Figure(f"    PROBLEM: {problem[:150]}") for problem in problems[:3]),
    ]
