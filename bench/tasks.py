"""What daily tasks cost a person in Chromium: clicks, keys, pages and seconds. Counted as they are done."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from .browsing import browser, signed_in
from .figures import Figure
from .stage import SLUG, Stage

LISTS = f"/t/{SLUG}/customers/", f"/t/{SLUG}/bills/?state=all"
OTHER = "abc"
SECTION, MOST_KEYS = 4, 40  # keys after which the way to a field goes on by Tab, and is given up


@dataclass
class Hand:
    """A person at a page: counts clicks, keys and the pages that opened."""

    page: Page
    clicks: int = 0
    keys: int = 0
    pages: int = -1  # the first one is where the task begins

    def __post_init__(self) -> None:
        self.page.on("framenavigated", lambda frame: self._note(frame.parent_frame is None))

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def _note(self, is_page: bool) -> None:
        self.pages += is_page


@dataclass(frozen=True)
class Task:
    """A task that begins on the page `start`; `most` names what its budget limits: pages, clicks or keys.

    `before` is what it cost in the release before lists had filters and records their links; "" where it could not be
    done at all.
    """

    name: str
    start: str
    act: Callable[[Hand], None]
    counted: str
    most: int
    before: str
    prepare: Callable[[Page], None] = lambda page: None


def figures(stage: Stage) -> list[Figure]:
    """One row for each task."""
    with browser() as started, signed_in(started, stage.ours) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return [measure(context.new_page(), task) for task in TASKS]


def measure(page: Page, task: Task) -> Figure:
    """Do a task once, after its page has been opened once: nobody begins a day with an empty cache."""
    page.goto(task.start, wait_until="networkidle")
    task.prepare(page)
    hand = Hand(page)
    page.reload(wait_until="networkidle")
    began = time.monotonic()
    task.act(hand)
    took = time.monotonic() - began
    page.close()
    said = f"{hand.clicks} clicks, {hand.keys} keys, {hand.pages} pages, {took:.1f} s"
    count = getattr(hand, task.counted)
    return Figure(f"task: {task.name}", said, task.before, "", f"≤ {task.most} {task.counted}", count <= task.most)


def change_address(hand: Hand) -> None:
    page = hand.page
    hand.press("j", "e")
    page.wait_for_url("**/edit*")
    line = page.locator("[name=billing_address-line1]")
    while not line.evaluate("one => one === document.activeElement") and hand.keys < MOST_KEYS:
        hand.press("Control+ArrowDown" if hand.keys < SECTION else "Tab")
    hand.type("12 Quay Street")
    hand.press("Control+s")
    page.get_by_text("Saved.").wait_for()


def correct_line(hand: Hand) -> None:
    page = hand.page
    hand.click(page.get_by_role("link", name="Edit").first)
    hand.click(page.locator("[name=expense_lines-0-memo], [name=item_lines-0-description]").first)
    hand.type("Corrected")
    hand.press("Control+s")
    page.get_by_text("Saved.").wait_for()


def export_list(hand: Hand) -> None:
    page = hand.page
    hand.click(page.locator("summary", has_text="Export"))
    with page.expect_download():
        hand.click(page.get_by_text("CSV"))


def find_largest_debtor(hand: Hand) -> None:
    page = hand.page
    hand.click(page.get_by_role("link", name="Balance"))
    page.wait_for_url("**sort=-balance*")


def switch_company(hand: Hand) -> None:
    page = hand.page
    hand.press("g", "s")
    hand.type("ABC")
    page.locator(".company-found a").first.wait_for()
    hand.press("Enter")
    page.wait_for_url(f"**/t/{OTHER}/bills/**")


def see_payments(hand: Hand) -> None:
    page = hand.page
    hand.click(page.locator("[data-rows] a.record").first)
    page.get_by_role("heading", name="Payments").wait_for()


def open_with_email(page: Page) -> None:
    """Open the first customer of the list that has an email address."""
    page.locator("[data-rows] tr", has_text="@").first.locator("a.record").click()
    page.get_by_role("button", name="Copy email").first.wait_for()


def copy_email(hand: Hand) -> None:
    hand.click(hand.page.get_by_role("button", name="Copy email").first)
    assert "@" in hand.page.evaluate("() => navigator.clipboard.readText()")


TASKS = (
    Task("change an address, from the list", LISTS[0], change_address, "pages", 2, ""),
    Task("correct a line of a bill, from the list", LISTS[1], correct_line, "clicks", 2, ""),
    Task("export a list", LISTS[1], export_list, "clicks", 2, ""),
    Task("who owes most", LISTS[0], find_largest_debtor, "clicks", 1, ""),
    Task("the same section of another company", LISTS[1], switch_company, "keys", 6, ""),
    Task("the payments of a bill, from the list", LISTS[1], see_payments, "clicks", 1, ""),
    Task("copy an email address, from a customer", LISTS[0], copy_email, "clicks", 1, "", open_with_email),
)
