"""A measured figure beside its budget, how figures are taken, and the table that shows them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from math import inf
from statistics import median

LEAST_PAIRS, MOST_PAIRS, PATIENCE_SECONDS = 4, 25, 8.0
HEADS = ("figure", "ours", "Django admin", "ratio", "budget", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `met` is None for a figure without a budget."""

    what: str
    ours: str = ""
    admins: str = ""
    ratio: str = ""
    budget: str = ""
    met: bool | None = None


def compared(what: str, times: tuple[float, float], most: float) -> Figure:
    """Milliseconds of both; `most` is the largest share of the admin's time that ours may take."""
    ours, admins = times
    share, budget = ours / admins, f"≤ 1/{1 / most:.0f} of admin"
    return Figure(what, f"{ours:.1f} ms", f"{admins:.1f} ms", f"1/{1 / share:.1f}", budget, share <= most)


def limited(what: str, ours: float, most: float, unit: str, admins: float | None = None) -> Figure:
    """An amount that must not exceed `most`; with the admin's beside it if it was taken."""
    said, budget = f"{_short(ours)} {unit}".rstrip(), f"≤ {most:g} {unit}".rstrip()
    if admins is None:
        return Figure(what, said, "", "", budget, ours <= most)
    return Figure(what, said, f"{_short(admins)} {unit}".rstrip(), f"1/{admins / ours:.1f}", budget, ours <= most)


def _short(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 20 or amount == int(amount) else f"{amount:.1f}"


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def in_turn(ours: Callable[[], object], admins: Callable[[], object]) -> tuple[float, float]:
    """Return the median milliseconds of both, called alternately so that load affects both; call each once before."""
    took: list[tuple[float, float]] = []
    ends = time.monotonic() + PATIENCE_SECONDS
    while len(took) < LEAST_PAIRS or (len(took) < MOST_PAIRS and time.monotonic() < ends):
        took.append((milliseconds(ours), milliseconds(admins)))
    return median(mine for mine, _ in took), median(theirs for _, theirs in took)


def percentile(amounts: Sequence[float], share: float) -> float:
    """Return the amount that this share of all do not exceed; infinite if there are none."""
    return sorted(amounts)[min(len(amounts) - 1, int(share * len(amounts)))] if amounts else inf


def table(figures: Sequence[Figure], ours: str = "ours", beside: str = "Django admin") -> str:
    """The figures as text in columns; `ours` and `beside` are what is measured, and what stands beside it."""
    words = {True: "yes", False: "NO", None: ""}
    heads = (HEADS[0], ours, beside, *HEADS[3:])
    rows = [heads, *((*astuple(figure)[:-1], words[figure.met]) for figure in figures)]
    measured = [row for row in rows if any(row[1:])]
    widths = [max(len(row[place]) for row in measured) for place in range(len(HEADS))]
    lines = ["  ".join(_set(text, widths[place], place) for place, text in enumerate(row)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]])


def _set(text: str, width: int, place: int) -> str:
    return text.ljust(width) if place in (0, 4) else text.rjust(width)
