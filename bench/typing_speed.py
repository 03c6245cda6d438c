"""Browser latency on the form of 500 lines: typing in a cell, adding a line, pasting 400 lines.

Measured as the browser measures INP: from the event to the next frame, in steps of 8 ms. A press is like a person's:
the pointer rests on its target, the button is down for a moment, and then the hand moves to the keys. Playwright's own
click does all that in one millisecond and meanwhile checks what covers the target, which is slow on a long page.
"""

from collections.abc import Callable

from playwright.sync_api import Page

from . import long_bill
from .browsing import browser, signed_in
from .figures import Figure, limited
from .stage import Stage

MOST = 100
ROUNDS = 5
REST_MS, PRESS_MS = 250, 80  # how long a hand rests before a press, and holds it: the wait is part of the simulation
SHORTEST = 16  # the browser reports no shorter event
WATCH = """() => {
  window.waits = [];
  const felt = (list) => list.getEntries().filter((one) => one.interactionId);
  const note = (list) => window.waits.push(...felt(list).map((one) => one.duration));
  new PerformanceObserver(note).observe({ type: "event", durationThreshold: 16 });
}"""
PASTED, PASTED_LINES, PASTED_MOST = "expense_lines", 400, 1000  # a block of this many lines, and its milliseconds
# From the key to the frame that shows the sum of what was pasted.
PASTE = """block => new Promise(done => {
  const data = new DataTransfer();
  data.setData("text/plain", block);
  const started = performance.now();
  const said = document.querySelector("[data-pasted]");
  const end = () => setTimeout(() => done(performance.now() - started));
  const seen = new MutationObserver(() => requestAnimationFrame(end));
  seen.observe(said, { childList: true, characterData: true, subtree: true });
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
})"""
TAKEN = "() => new Promise((done) => setTimeout(() => { done(window.waits); window.waits = []; }, 150))"


def figures(stage: Stage) -> list[Figure]:
    """The longest latency of each action; the admin's form over the same lines beside it."""
    with browser() as started:
        with signed_in(started, stage.ours) as context:
            ours = waits(context.new_page(), long_bill.OURS, type_in_ours, add_to_ours)
            pasted = paste_lines(context.new_page())
        with signed_in(started, stage.admins) as context:
            admins = waits(context.new_page(), long_bill.ADMINS, type_in_admins, add_to_admins)
    names = ("typing in a cell of 500 lines, longest wait", "adding a line there, longest wait")
    found = [limited(name, mine, MOST, "ms", theirs) for name, mine, theirs in zip(names, ours, admins, strict=True)]
    return [*found, limited(f"pasting {PASTED_LINES} lines there", pasted, PASTED_MOST, "ms")]


Act = Callable[[Page, int], None]


def waits(page: Page, path: str, typing: Act, adding: Act) -> list[float]:
    """Return the longest latency of each action over several rounds, after one for warm-up."""
    page.goto(path, wait_until="networkidle")
    page.evaluate(WATCH)
    longest = []
    for act in (typing, adding):
        act(page, 0)
        page.evaluate(TAKEN)
        found = [float(SHORTEST)]
        for number in range(1, ROUNDS + 1):
            act(page, number)
            found += page.evaluate(TAKEN)
        longest.append(max(found))
    return longest


def paste_lines(page: Page) -> float:
    """Return the milliseconds from pasting a block until its lines and their sum stand in the form."""
    page.goto(long_bill.OURS, wait_until="networkidle")
    press(page, f"button[name=add][value={PASTED}]")
    page.locator("tr.is-new .c-item input").focus()
    block = "".join(f"Freight In\tLoad {number}\t{number}.25\n" for number in range(PASTED_LINES))
    took: float = page.evaluate(PASTE, block)
    return took


def press(page: Page, selector: str) -> None:
    """Press the mouse button on an element."""
    target = page.locator(selector)
    target.hover()
    page.wait_for_timeout(REST_MS)
    page.mouse.down()
    page.wait_for_timeout(PRESS_MS)
    page.mouse.up()


def type_in_ours(page: Page, number: int) -> None:
    """Click into a line and type a cost."""
    press(page, f"#item_lines-{100 + number} .c-cost")
    page.wait_for_timeout(REST_MS)
    page.keyboard.type("123.45", delay=40)


def add_to_ours(page: Page, number: int) -> None:
    """Press Add item line and wait for the line."""
    before = page.locator("tr.line.is-new").count()
    press(page, "button[name=add][value=item_lines]")
    page.wait_for_function("(before) => document.querySelectorAll('tr.line.is-new').length > before", arg=before)


def type_in_admins(page: Page, number: int) -> None:
    """Type a cost into its input."""
    press(page, f"#id_lines-{300 + number}-cost")
    page.wait_for_timeout(REST_MS)
    page.keyboard.type("123.45", delay=40)


def add_to_admins(page: Page, number: int) -> None:
    """Press Add another Line."""
    press(page, ".add-row a")
