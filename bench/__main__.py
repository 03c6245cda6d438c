"""`python -m bench`: measures every budget of one company on a temporary installation and prints one table.

`python -m bench lists` measures this part alone (see PARTS), or a single measurement of it: `python -m bench calls`.
`python -m bench tasks` counts the clicks, keys and pages of a person's tasks.
`python -m bench load` measures many companies (see CROWDS), one part at a time. A part takes nine minutes at most,
`endurance` twelve. `python -m bench engines` takes the measurements of SQLite and PostgreSQL in turn, for 35 minutes,
and prints one table of both. For a quicker look a number replaces the 100,000 customers, the 300 companies (1,000 of
`growth`) or the ten minutes of `endurance`: `python -m bench 20000 lists`, `python -m bench 20 load`, `python -m bench
20 engines` (ten minutes). The budgets are for all. Nothing is left behind.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from importlib import import_module
from pathlib import Path

from config.processes.supervisor import handle_signals

from .figures import Figure, table
from .pace import Pace
from .stage import CUSTOMERS, Stage

# The measurements of each part: modules over one company, which `drain` reads first.
PARTS = {
    "lists": ("lists", "list_queries", "exports"),
    "forms": ("long_bill", "long_list", "assets", "typing_speed"),
    "saves": ("calls", "saves"),
}
MODULES = {"tasks": "browser.tasks"}  # measurements that are not a module of this folder itself
TASKS = "tasks"  # measured alone, beside the figures of an earlier version
CROWDS = (
    "load",
    "hanging",
    "freshness",
    "growth",
    "endurance",
    "queueing",
    "overview",
    "engines",
)  # each a module in `crowd`, with its own installation

HEADS_OF = {"engines": ("SQLite", "PostgreSQL"), TASKS: ("ours", "before")}
ROWS = "rows"  # print the rows as JSON, for a measurement that takes several


def say(text: str) -> None:
    """Print progress to standard error, not into the table."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def choose(words: Sequence[str]) -> list[str]:
    """Return the measurements that are asked for by their names or their parts; all of PARTS without words.

    Raises ValueError for unknown words, and for several that need an installation each.
    """
    every = [name for names in PARTS.values() for name in names]
    if unknown := set(words) - {*PARTS, *every, *CROWDS, TASKS}:
        raise ValueError(f"There is no {', '.join(sorted(unknown))}, only {', '.join((*PARTS, TASKS, *CROWDS))}.")
    alone = [word for word in words if word in (*CROWDS, TASKS)]
    if alone and len(words) > 1:
        raise ValueError(f"{alone[0]} is measured alone.")
    if alone:
        return ["drain", TASKS] if alone == [TASKS] else alone
    asked = {name for word in words for name in (word, *PARTS.get(word, ()))}
    return ["drain", *(name for name in every if not words or name in asked)]


def measure_one(home: Path, customers: int, names: Sequence[str], pace: Pace) -> Iterator[Figure]:
    """Yield the figures of measurements over one company; a failure as a figure with its reason."""
    stage = Stage(home, customers)
    try:
        say(f"Starting the desk and a vendor with {customers:,} customers …")
        stage.open()
        for name in names:
            started = time.monotonic()
            pace.note()
            try:
                yield from import_module(f"bench.{MODULES.get(name, name)}").figures(stage)
            except Exception as error:  # any failure is shown in its row, and must not lose minutes of other figures
                yield failure(name, error)
                if name == "drain":
                    return  # the others measure what it has read
            say(f"  {name}: {time.monotonic() - started:.0f} s")
    finally:
        stage.close()


def measure_many(home: Path, companies: int | None, name: str, pace: Pace) -> Iterator[Figure]:
    """Yield the figures of a measurement over many companies; a failure as a figure with its reason."""
    measurement = import_module(f"bench.crowd.{name}")
    say(f"Measuring {name} over many companies, which takes minutes …")
    pace.note()
    try:
        yield from measurement.figures(home) if companies is None else measurement.figures(home, companies)
    except Exception as error:  # any failure is shown as a row of the table, not as a traceback
        yield failure(name, error)
    pace.note()


def failure(name: str, error: Exception) -> Figure:
    """The row of a measurement that failed to run."""
    return Figure(f"{name} failed to run: {type(error).__name__}: {str(error)[:200]}")


def write(found: Sequence[Figure], name: str, end: str) -> None:
    """Print the table."""
    heads = HEADS_OF.get(name, ("ours", "plain view" if name in CROWDS else "Django admin"))
    sys.stdout.write(f"\n{table(found, *heads)}\n\n{end}\n")


def main(number: int | None, names: Sequence[str], *, as_rows: bool = False) -> int:
    """Measure and print a table, or its rows as JSON. Returns 1 if a measurement failed to run.

    A missed budget is not a failure.
    """
    handle_signals()
    started, pace = time.monotonic(), Pace()
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        try:
            if names[0] in CROWDS:
                found = list(measure_many(Path(folder), number, names[0], pace))
            else:
                found = list(measure_one(Path(folder), number or CUSTOMERS, names, pace))
        except KeyboardInterrupt:
            say("Stopped.")
            return 1
    end = f"Taken in {time.monotonic() - started:.0f} s on {pace}"
    if as_rows:
        sys.stdout.write(json.dumps([astuple(figure) for figure in found]))
    else:
        write(found, names[-1], end)
    return 1 if any("failed to run" in figure.what for figure in found) else 0


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    words = [word for word in sys.argv[1:] if not word.isdigit() and word != ROWS]
    try:
        chosen = choose(words)
    except ValueError as reason:
        sys.exit(str(reason))
    sys.exit(main(numbers[0] if numbers else None, chosen, as_rows=ROWS in sys.argv))
