"""People who browse, in a process of their own: the threads that save would delay what they measure.

`python -m bench.crowd.browsing` reads who browses from its input, and prints how long each page took when that ends.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.visiting import Visitor

EVERY_SECONDS = 1.0  # each opens a page this often


@dataclass
class Seen:
    """The pages that were opened: moment (of `time.time`), and milliseconds. Filled when the browsing has ended."""

    pages: list[tuple[float, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@contextmanager
def browse(url: str, people: Sequence[tuple[dict[str, str], list[str]]]) -> Iterator[Seen]:
    """Let people, each with cookies and addresses, browse until the block ends."""
    command = [sys.executable, "-m", "bench.crowd.browsing"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    assert process.stdin and process.stdout
    process.stdin.write(f"{json.dumps({'url': url, 'people': people})}\n")
    process.stdin.flush()
    process.stdout.readline()  # everybody has opened their first page
    seen = Seen()
    try:
        yield seen
    finally:
        said, _ = process.communicate()
    found = json.loads(said)
    seen.pages, seen.problems = [(at, took) for at, took in found["pages"]], found["problems"]


def main() -> None:
    """Browse until the input ends."""
    job = json.loads(sys.stdin.readline())
    seen, ended = Seen(), threading.Event()
    count = len(job["people"])
    visitors = [(Visitor(job["url"]), *person) for person in job["people"]]
    for visitor, cookies, addresses in visitors:
        visitor.cookies.update(cookies)
        visitor.get(addresses[0])
    begins = time.time()
    threads = [
        threading.Thread(target=open_pages, args=(visitor, addresses, begins + EVERY_SECONDS * n / count, seen, ended))
        for n, (visitor, _, addresses) in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    sys.stdout.write("browsing\n")
    sys.stdout.flush()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps({"pages": seen.pages, "problems": seen.problems}))


def open_pages(visitor: Visitor, addresses: list[str], due: float, seen: Seen, ended: threading.Event) -> None:
    """Open one address after the other, by the clock; a page that is late delays the next ones."""
    number = 0
    while not ended.wait(max(0.0, due - time.time())):
        started = time.time()
        try:
            visitor.get(addresses[number % len(addresses)])
            seen.pages.append((started, 1000 * (time.time() - started)))
        except (RuntimeError, OSError) as error:  # RuntimeError: not the expected response
            seen.problems.append(repr(error))
        number += 1
        due = max(due + EVERY_SECONDS, time.time())


if __name__ == "__main__":
    main()
