"""`python -m bench`: measures every budget on a temporary installation and prints one table. Leaves nothing behind.

`python -m bench 20000` uses this many customers instead of 100,000, for a quicker look; the budgets are for all.
`python -m bench lists saves` measures these parts alone, after the draining that all of them need.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from config.processes.supervisor import handle_signals

from .figures import Figure, table
from .pace import Pace
from .stage import CUSTOMERS, Stage


def say(text: str) -> None:
    """Print progress to standard error, not into the table."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def measured(stage: Stage, pace: Pace, parts: Sequence[str]) -> tuple[list[Figure], int]:
    """Return every figure that could be taken, and how many measurements failed to run."""
    from . import assets, calls, drain, lists, long_bill, long_list, saves, typing_speed

    found: list[Figure] = []
    failed = 0
    for measurement in (drain, lists, long_bill, long_list, calls, saves, assets, typing_speed):
        name, started = measurement.__name__.rpartition(".")[2], time.monotonic()
        if parts and name not in ("drain", *parts):
            continue
        pace.note()
        try:
            found += measurement.figures(stage)
        except Exception as error:  # any failure is shown in its row, and must not lose minutes of other figures
            failed += 1
            found.append(Figure(f"{name} failed to run: {type(error).__name__}: {str(error)[:200]}"))
            if measurement is drain:
                break  # the others measure what it has read
        say(f"  {name}: {time.monotonic() - started:.0f} s")
    return found, failed


def main(customers: int, parts: Sequence[str]) -> int:
    """Measure and print. Returns 1 if a measurement failed to run; a missed budget is not a failure."""
    handle_signals()
    started, pace = time.monotonic(), Pace()
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        stage = Stage(Path(folder), customers)
        try:
            say(f"Starting the desk and a vendor with {customers:,} customers …")
            stage.open()
            say(f"  start: {time.monotonic() - started:.0f} s")
            found, failed = measured(stage, pace, parts)
        except KeyboardInterrupt:
            say("Stopped.")
            return 1
        finally:
            stage.close()
    end = f"Taken in {time.monotonic() - started:.0f} s on {pace}"
    sys.stdout.write(f"\n{table(found)}\n\n{end}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    words = [word for word in sys.argv[1:] if not word.isdigit()]
    sys.exit(main(numbers[0] if numbers else CUSTOMERS, words))
