"""A list of 100,000 customers taken away as CSV and as XLSX: seconds, and what the web server needs for it."""

import time
from collections.abc import Iterator

from .crowd.usage import WEB, find_processes, read_pss, watch_peak
from .figures import Figure, limited
from .stage import SLUG, Stage

LIST = f"/t/{SLUG}/lists/customers/"
MOST_MEGABYTES = 40.0  # whatever the number of rows: a file is written and sent in pieces


def figures(stage: Stage) -> Iterator[Figure]:
    """The first file warms the server up and is not counted: a list of one row."""
    for suffix in ("csv", "xlsx"):
        stage.ours.get(f"{LIST}export.{suffix}?q=ivyharbor")
        before = read_web(stage)
        started = time.monotonic()
        with watch_peak(stage.desk) as peak:
            size = len(stage.ours.get(f"{LIST}export.{suffix}?state=all").content)
        took = time.monotonic() - started
        what = f"export of {stage.customers:,} customers, {suffix.upper()}"
        yield Figure(what, f"{took:.1f} s, {size / 1e6:.1f} MB")
        yield limited("  more memory of the web server", max(0.0, peak.parts[WEB] - before), MOST_MEGABYTES, "MB")


def read_web(stage: Stage) -> float:
    """Return the megabytes of the web server's processes."""
    return sum(read_pss(pid) for pid, name in find_processes(stage.desk).items() if name == WEB)
