"""What tasks of a bookkeeper cost in a browser: clicks, keys, pages and seconds, beside the figures from before.

`python -m bench tasks` measures a temporary installation, `python -m bench.browser.tasks URL [COMPANY]` a running demo,
in which it saves two changes. Pages are those that open until the task is done. Seconds are a person's: what the page
takes, with 1.3 s for each click and 0.28 s for each key (the keystroke-level model of Card, Moran and Newell).
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from bench.browsing import browser, signed_in
from bench.figures import Figure, table
from bench.stage import SLUG, Stage

CLICK_SECONDS, KEY_SECONDS = 1.3, 0.28
NO_WAY = "not possible"
PATIENCE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one task takes."""

    clicks: int
    keys: int
    pages: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.clicks} / {self.keys} / {self.pages} / {self.seconds:.1f} s"


class Hands:
    """A person at a page: each act is counted, and the time from the first act until `is_seen`."""

    def __init__(self, page: Page, company: str) -> None:
        self.page, self.company = page, company
        self.reset()
        page.on("domcontentloaded", self._count_page)

    def reset(self) -> None:
        self.clicks, self.keys, self.pages, self.waited = 0, 0, 0, 0.0
        self._started = time.monotonic()

    def open(self, path: str) -> None:
        """Go to where the task begins, which does not count."""
        self.page.goto(f"/t/{self.company}/{path}", wait_until="load")
        self.reset()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def press(self, *keys: str) -> None:
        self.keys += len(keys)
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def see(self, target: Locator) -> None:
        """Wait until this is on the page, as the person does before they go on."""
        expect(target).to_be_visible(timeout=PATIENCE_MS)

    @property
    def cost(self) -> Cost:
        own = self.clicks * CLICK_SECONDS + self.keys * KEY_SECONDS
        return Cost(self.clicks, self.keys, self.pages, own + time.monotonic() - self._started)

    def _count_page(self, page: Page) -> None:
        self.pages += 1


def change_address(hands: Hands) -> None:
    """From the list of customers: find one by name, edit its first address line, save."""
    hands.open("customers/")
    name = hands.page.locator("[data-rows] a.record").first.inner_text()
    hands.press("/")
    hands.write(name[:8])
    hands.press("ArrowDown")
    expect(hands.page.locator("[data-rows] a.record:focus")).to_be_visible(timeout=PATIENCE_MS)
    hands.press("e")
    first = hands.page.locator("[name=billing_address-line1]")
    first.wait_for(state="attached")
    hands.page.wait_for_load_state()
    hands.press("Control+ArrowDown", "Control+ArrowDown")
    expect(first).to_be_focused()
    hands.press("Control+a")
    hands.write(f"{time.time_ns() % 900 + 100} Quay St")  # another one each time: a running demo keeps the last
    hands.press("Control+s")
    hands.see(hands.page.locator(".messages", has_text="Saved."))


def correct_line(hands: Hands) -> None:
    """From the page of an unpaid bill: edit it, change the description of its first line, save."""
    hands.open("bills/?state=unpaid&sort=-bill_date")
    rows = hands.page.locator("[data-rows] tr")
    plain = rows.filter(has_not=hands.page.locator(".badge")).locator("a.record").first  # not paid in part
    hands.page.goto(plain.get_attribute("href") or "")
    hands.reset()
    hands.click(hands.page.get_by_role("link", name="Edit e"))
    hands.click(hands.page.locator("tr.line").first.locator("td:nth-child(3)"))
    hands.press("Control+a")
    hands.write(f"Paper {time.time_ns() % 900 + 100}")
    hands.press("Control+s")
    hands.see(hands.page.locator(".messages", has_text="Saved."))


def export_list(hands: Hands) -> None:
    """From the list of bills: save it as a file for Excel."""
    hands.open("bills/")
    hands.click(hands.page.locator("summary", has_text="Export"))
    with hands.page.expect_download():
        hands.click(hands.page.get_by_role("link", name="Excel (XLSX)"))


def find_largest_debtor(hands: Hands) -> None:
    """From Home: who owes us most."""
    hands.open("")
    hands.click(hands.page.get_by_role("link", name="Owed by customers"))
    hands.see(hands.page.locator("th[aria-sort=descending][data-column=balance]"))


def switch_company(hands: Hands) -> None:
    """From the bills of one company to those of another one, by a part of its name."""
    hands.open("bills/")
    hands.press("g", "s")
    expect(hands.page.get_by_role("searchbox", name="Find a company")).to_be_focused()
    hands.write("abc")
    hands.press("Enter")
    hands.page.wait_for_url("**/t/abc/bills/", timeout=PATIENCE_MS)


def see_payments(hands: Hands) -> None:
    """From the list of bills: when and how one was paid."""
    hands.open("bills/?state=paid")
    hands.click(hands.page.locator("[data-rows] a.record").first)
    hands.see(hands.page.get_by_role("heading", name="Payments"))


def copy_email(hands: Hands) -> None:
    """From the page of a customer: its email address into the clipboard."""
    hands.open("customers/?columns=full_name,email&sort=-email")
    hands.page.goto(hands.page.locator("[data-rows] a.record").first.get_attribute("href") or "")
    hands.reset()
    hands.click(hands.page.get_by_role("button", name="Copy email"))
    hands.see(hands.page.locator("#told", has_text="Copied"))


@dataclass(frozen=True, slots=True)
class Task:
    """A task, the most that it may take of one of its costs, and what it took in version 27c124f, before lists and
    pages were rebuilt, measured by the same script where that had a way at all."""

    what: str
    do: Callable[[Hands], None]
    counted: str
    most: int
    before: str


TASKS = (
    Task("change an address", change_address, "pages", 2, "1 / 55 / 2 / 22.5 s"),
    Task("correct a bill line", correct_line, "clicks", 2, "2 / 11 / 2 / 9.4 s"),
    Task("export a list", export_list, "clicks", 2, NO_WAY),
    Task("who owes us most", find_largest_debtor, "clicks", 1, "3 / 0 / 3 / 7.2 s"),
    Task("another company, same section", switch_company, "clicks", 0, "3 / 3 / 2 / 6.7 s"),
    Task("a bill's payments", see_payments, "clicks", 1, "1 / 0 / 1 / 2.5 s"),
    Task("copy an email", copy_email, "clicks", 1, "3 / 1 / 0 / 4.2 s"),
)


def measure(page: Page, company: str) -> Iterator[tuple[Task, Cost]]:
    """Yield the cost of each task."""
    hands = Hands(page, company)
    for task in TASKS:
        task.do(hands)
        yield task, hands.cost


def figures(stage: Stage) -> list[Figure]:
    """The tasks over a temporary installation."""
    with browser() as started, signed_in(started, stage.ours) as context:
        return list(draw(measure(context.new_page(), SLUG)))


def draw(measured: Iterator[tuple[Task, Cost]]) -> Iterator[Figure]:
    """Yield the rows of the table: clicks / keys / pages / seconds."""
    yield Figure("tasks: clicks / keys / pages / seconds")
    for task, cost in measured:
        taken = getattr(cost, task.counted)
        yield Figure(f"  {task.what}", str(cost), task.before, "", f"{task.counted} ≤ {task.most}", taken <= task.most)


def main(url: str, company: str = "larch") -> None:
    """Measure a running demo, signed in with one click."""
    with browser() as started:
        context = started.new_context(base_url=url, viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Bob").click()
        page.wait_for_url(lambda where: "login" not in where)
        sys.stdout.write(f"{table(list(draw(measure(page, company))), 'before')}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
