"""Load of the machine: the same short piece of Python, timed repeatedly between the measurements."""

import os
import time
from statistics import median

ROUNDS = 20
STEPS = 40_000


class Pace:
    """Samples of one loop: `clock` is its duration, `processor` its processor time; both grow on a busy machine."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []

    def note(self) -> None:
        """Run the loop a few times."""
        for _ in range(ROUNDS):
            clock, processor = time.perf_counter(), time.process_time()
            sum(number * number % 7 for number in range(STEPS))
            self.clock.append(time.perf_counter() - clock)
            self.processor.append(time.process_time() - processor)

    def __str__(self) -> str:
        clock, processor = (median(taken) / min(taken) for taken in (self.clock, self.processor))
        return (
            f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} over five minutes, this run's own included. "
            f"A fixed loop took {1000 * min(self.clock):.1f} ms\nat its best, ×{clock:.1f} of that in the median "
            f"(×{processor:.1f} of its processor time): milliseconds and rows/s bear that, ratios do not."
        )
