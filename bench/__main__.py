"""`python -m bench`: measures every budget on a desk of its own and prints one table. Leaves nothing behind."""

import os
import sys
import tempfile
import time
from pathlib import Path

from config.supervisor import heed_signals

from .figures import Figure, table
from .stage import Stage


def say(text: str) -> None:
    """Tell what is being done, beside the table and not in it."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def measured(stage: Stage) -> tuple[list[Figure], int]:
    """Every figure that could be taken, and how many measurements failed to run."""
    from . import assets, calls, drain, lists, long_bill, saves, typing_speed

    found: list[Figure] = []
    failed = 0
    for measurement in (drain, lists, long_bill, calls, saves, assets, typing_speed):
        name, started = measurement.__name__.rpartition(".")[2], time.monotonic()
        try:
            found += measurement.figures(stage)
        except Exception as error:
            failed += 1
            found.append(Figure(f"{name} failed to run: {type(error).__name__}: {str(error)[:200]}"))
            if measurement is drain:
                break  # the others measure what it has read
        say(f"  {name}: {time.monotonic() - started:.0f} s")
    return found, failed


def main() -> int:
    """Measure and print. Returns 1 when something failed to run; a budget that is missed is no failure."""
    heed_signals()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        stage = Stage(Path(folder))
        try:
            say("Starting the desk, a vendor with 100,000 customers, and Django's admin …")
            stage.open()
            say(f"  start: {time.monotonic() - started:.0f} s")
            found, failed = measured(stage)
        except KeyboardInterrupt:
            say("Stopped.")
            return 1
        finally:
            stage.close()
    took, load = time.monotonic() - started, os.getloadavg()[1]
    end = (
        f"Taken in {took:.0f} s on {os.cpu_count()} cores; load in the last five minutes {load:.1f}, this run included."
    )
    sys.stdout.write(f"\n{table(found)}\n\n{end}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
