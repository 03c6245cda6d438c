"""Two thousand random bills: what the screen adds up, what our own check says and what the vendor answers are one."""

import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bills.grid.lines import BillLines
from books import registry
from books.providers.update_body import compose_body
from record_forms.typed.currency import list_marks
from records.content import Content
from records.decoder import decode
from records.json_text import dump_json, parse_json
from tenants.models import Tenant
from tests.bills.factories import data_of
from tests.record_forms.typed.test_number_cases import CASES, FIELDS, parse_number, split_group
from tests.support.browsing import OpenPage
from tests.support.running import ROOT
from tests.support.vendor import Sandbox

from .steps import HARBOR, save, save_whatever_is_asked, seals, take, type_over, until_read

BILL = "1725-1501786933"  # five expenses and an item
PATH = f"/quickbooks-desktop/bills/{BILL}"
EDIT = f"/t/harbor/bills/{BILL}/edit"
COUNT = 2000
# As a person leaves each cell: the script hears of it as it hears of a pasted one.
TYPE = """bills => bills.map(bill => {
  const all = [...document.querySelectorAll("[data-lines] tr.is-open [data-was]")];
  for (const input of all) input.value = input.dataset.was;
  for (const [name, text] of bill) {
    const input = document.getElementsByName(name)[0];
    input.value = text;
    input.dispatchEvent(new Event("desk:typed", { bubbles: true }));
  }
  const posted = Object.fromEntries(all.map(input => [input.name, input.value]));
  return [posted, document.querySelector("[data-sum-all]").textContent];
})"""

# Reads texts with the function of the script of a bill's lines, on an empty page.
READ = """([source, marks, places, texts]) => {
  document.body.innerHTML = `<table data-lines ${marks ? `data-marks="${marks}"` : ""}></table>`;
  const decimal = new Function(`${source}; return decimal`)();
  return texts.map(text => decimal(text, places)).map(found => found && `${found.n}e-${found.places}`);
}"""
PARTS = (
    *("11/", "05/", "2026-", "26"),
    *("0", "1", "5", "00", "125", "250", "000", "1,250", "0,5", "1 250", ".", ",", "'", "’", " ", "\u00a0", "\u2009"),
    *(
        "-",
        "−",
        "–",
        "—",
        ".-",
        "+",
        "*",
        "/",
        "(",
        ")",
        "=",
        "$",
        "€",
        "CA$",
        "USD",
        "usd",
        "CR",
        "cr.",
        "DR",
        "x",
        "%",
        '"',
        "\u200b",
    ),
)
TYPINGS = 12_000


@pytest.fixture
def harbor(transactional_db: None) -> Tenant:
    return Tenant.objects.create(slug="harbor", name="Harbor", end_user_id=HARBOR)


def number(chance: random.Random, most: int, places: int) -> str:
    return f"{Decimal(chance.randint(1, most * 10**places)).scaleb(-places):f}"


def randomly_typed(chance: random.Random) -> list[tuple[str, str]]:
    """One to three of an item's quantity, cost and amount, in any order, and five expenses of which one is a sum."""
    sign = chance.choice(["", "", "-"])
    cells = {
        "quantity": sign + number(chance, 999, chance.choice([0, 1, 5])),
        "cost": number(chance, 9999, chance.choice([0, 2, 5])),
        "amount": sign + number(chance, 9999, 2),
    }
    order = chance.sample([*cells], chance.choice([1, 2, 2, 3]))
    typed = [(f"item_lines-0-{member}", cells[member]) for member in order]
    worked = f"{number(chance, 999, 2)}/{number(chance, 99, 1)}-{number(chance, 9, 2)}*{number(chance, 9, 3)}"
    # The last is large, so that no bill comes to less than nothing: QuickBooks would refuse it.
    amounts = [worked, *(number(chance, 99999, 2) for _ in range(3)), f"1{chance.randint(0, 9999999):07}.5"]
    return [*typed, *((f"expense_lines-{line}-amount", amount) for line, amount in enumerate(amounts))]


def opened(page: Page) -> None:
    """The form over the bill as it stands, with every line open."""
    page.goto(EDIT)
    seals(page)
    for line in ("item_lines-0", *(f"expense_lines-{number}" for number in range(5))):
        page.locator(f"tr[id={line}]").get_by_role("button", name="Edit").click()
    expect(page.locator("tr.is-open")).to_have_count(6)


def answers(vendor: Sandbox, bill: dict[str, Any], bodies: list[dict[str, Any]]) -> Iterator[Decimal]:
    """What the vendor says each of these comes to."""
    revision = bill["revisionNumber"]
    for body in bodies:
        now = vendor.post(PATH, HARBOR, revisionNumber=revision, **body)
        revision = now["revisionNumber"]
        yield Decimal(now["amountDue"])


def test_screen_check_and_vendor_agree_to_the_cent(open_page: OpenPage, vendor: Sandbox, harbor: Tenant) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    raw = vendor.get(PATH, HARBOR)
    opened(bob)
    table = registry.get_table(harbor, "bills")
    base: Content = decode(table.shape, parse_json(dump_json(raw)))
    chance = random.Random(5)
    seen = bob.evaluate(TYPE, [randomly_typed(chance) for _ in range(COUNT)])
    checked = [BillLines(harbor, table, base, data_of(ids(base) | posted)) for posted, _ in seen]
    assert {tuple(lines.errors) for lines in checked} == {()}
    bodies = [json.loads(dump_json(compose_body(base, base.replace(**lines.edited)))) for lines in checked]
    said = list(answers(vendor, raw, bodies))
    shown = [Decimal(total.replace(",", "").replace("\u2212", "-")) for _, total in seen]
    assert [one for one in zip(shown, (lines.total for lines in checked), said, strict=True) if len(set(one)) > 1] == []


def read_in_script(page: Page, texts: list[str], kind: str, code: str) -> list[Decimal | None]:
    """What the script of a bill's lines makes of these texts."""
    places = {"amount": 2, "cost": 5, "rate": 6}[kind]
    source = (ROOT / "static/js/amounts.js").read_text()
    found = page.evaluate(READ, [source, " ".join(list_marks(code)) if code else "", places, texts])
    return [None if text is None else Decimal(text) for text in found]


def is_short(number: Decimal | None) -> bool:
    return number is not None and abs(number) < 10**10


def parse_all(kind: str, texts: list[str], code: str) -> list[Decimal | None]:
    return [parse_number(FIELDS[kind], text, code) for text in texts]


def test_the_script_reads_a_number_or_refuses_it_as_the_cases_say(page: Page) -> None:
    found, said = {}, {}
    for group, cases in CASES.items():
        kind, code = split_group(group)
        found[group] = dict(zip(cases, read_in_script(page, [*cases], kind, code), strict=True))
        said[group] = {text: None if value is None else Decimal(value) for text, value in cases.items()}
    assert found == said


def test_script_and_server_read_the_same_of_whatever_is_typed(
    page: Page, record_property: Callable[[str, object], None]
) -> None:
    chance, different, understood = random.Random(), [], 0
    for kind, code in (("amount", ""), ("amount", "USD"), ("cost", "CAD")):
        texts = ["".join(chance.choices(PARTS, k=chance.randint(1, 8))) for _ in range(TYPINGS // 3)]
        ours = [one if is_short(one) else None for one in parse_all(kind, texts, code)]
        # How long a number may be only the server knows.
        theirs = [one if is_short(one) else None for one in read_in_script(page, texts, kind, code)]
        understood += sum(value is not None for value in ours)
        different += [one for one in zip(texts, ours, theirs, strict=True) if one[1] != one[2]]
    said = (
        f"{TYPINGS} random texts read as numbers by server and script, {understood} of them understood, 0 differences"
    )
    record_property("coverage", said)
    assert different == []


def ids(base: Content) -> dict[str, str]:
    """The inputs that say which line is which."""
    return {f"{s}-{n}-id": line["id"] for s in ("expense_lines", "item_lines") for n, line in enumerate(base[s])}


OTHER = "1738-1501805496"


@pytest.mark.parametrize("order", [("quantity", "amount"), ("amount", "quantity")])
def test_a_quantity_and_the_amount_as_it_was_are_what_quickbooks_holds(
    open_page: OpenPage, vendor: Sandbox, order: tuple[str, str]
) -> None:
    bob = open_page("bob")
    until_read(bob, "harbor")
    line = vendor.get(f"/quickbooks-desktop/bills/{OTHER}", HARBOR)["itemLines"][0]
    bob.goto(f"/t/harbor/bills/{OTHER}/edit")
    seals(bob)
    bob.locator("#item_lines-0").get_by_role("button", name="Edit").click()
    typed = {"quantity": str(line["quantity"] * 2 + 1), "amount": line["amount"]}
    for member in order:
        type_over(bob.locator(f"[name=item_lines-0-{member}]"), typed[member])
    cost = bob.locator("[name=item_lines-0-cost]").input_value()
    save(bob)
    held = vendor.get(f"/quickbooks-desktop/bills/{OTHER}", HARBOR)["itemLines"][0]
    assert (str(held["quantity"]), Decimal(held["cost"]), held["amount"]) == (
        typed["quantity"],
        Decimal(cost),
        line["amount"],
    )


LARCH = "end_usr_wholesaler0001"
LONG = "500LIN-1234567890"  # three hundred items and four groups


def screen_total(page: Page) -> str:
    return (page.locator("[data-sum-all]").text_content() or "").replace(",", "")


def test_new_lines_and_groups_that_change_come_to_what_the_vendor_answers(open_page: OpenPage, vendor: Sandbox) -> None:
    bob = open_page("bob")
    until_read(bob, "larch")
    bob.goto(f"/t/larch/bills/{LONG}/edit")
    seals(bob)
    kit = bob.locator("#item_group_lines-0 .c-item").text_content() or ""
    total = screen_total(bob)
    bob.locator("#item_group_lines-0").get_by_role("button", name="Edit").click()
    type_over(bob.locator("[name=item_group_lines-0-quantity]"), "7")
    bob.keyboard.press("Tab")
    expect(bob.locator("#item_group_lines-0 [data-works]")).to_have_count(1)
    assert screen_total(bob) != total
    bob.get_by_role("button", name="Add group").click()
    take(bob, bob.locator("[name=item_group_lines-4-item_group]"), kit)
    type_over(bob.locator("[name=item_group_lines-4-quantity]"), "2.5")
    bob.keyboard.press("Tab")
    expect(bob.locator("#item_group_lines-4 [data-works]")).not_to_have_text("0.00")
    bob.get_by_role("button", name="Add item", exact=True).click()
    new = bob.locator("tr.is-new[id^=item_lines]")
    take(bob, new.locator("[name$=-item]"), bob.locator("#item_lines-0 .c-item").text_content() or "")
    expect(new.locator("[name$=-amount]")).not_to_have_value("")
    total = screen_total(bob)
    save_whatever_is_asked(bob)
    assert vendor.get(f"/quickbooks-desktop/bills/{LONG}", LARCH)["amountDue"] == total


def test_what_only_quickbooks_works_out_is_said_beside_the_total_until_it_is_undone(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "larch")
    bob.goto(f"/t/larch/bills/{LONG}/edit")
    seals(bob)
    said = bob.locator("[data-save-bar]").get_by_text("which QuickBooks calculates")
    bob.locator("#item_group_lines-1").get_by_role("button", name="Edit").click()
    type_over(bob.locator("[name=item_group_lines-1-unit_of_measure]"), "Dozen")
    bob.keyboard.press("Tab")
    expect(said).to_be_visible()
    bob.locator("#item_group_lines-1").get_by_role("button", name="Undo").click()
    expect(said).to_have_count(0)
    expect(bob.locator("[data-save-bar]")).to_contain_text("No changes")
