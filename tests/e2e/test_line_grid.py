"""A bill of twelve lines entered and changed with keys alone: sums worked out, a sheet pasted, a line split."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import HARBOR, is_saved, seals, take, type_over, until_read, updates

BILL = "16FC-1501746876"  # three expenses and an item
OTHER = "1759-1501837737"  # an expense and 27 × 14.25 of an item
DOCUMENTED = "123ABC-1234567890"
SHEET = "\n".join(f"Drywall\tBoards, lot {n}\t{n}\t\t$14.25" for n in range(1, 6))


@pytest.fixture
def bob_at_first(open_page: OpenPage) -> Page:
    """A bookkeeper who has no page open yet."""
    page = open_page("bob")
    until_read(page, "harbor")
    return page


@pytest.fixture
def bob(bob_at_first: Page) -> Page:
    """A bookkeeper at the form of a bill of two lines."""
    bob_at_first.goto(f"/t/harbor/bills/{OTHER}/edit")
    seals(bob_at_first)
    return bob_at_first


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    """The name of what has the focus, or the line that its button opens."""
    return str(page.evaluate("document.activeElement.value && document.activeElement.matches('button') "
                             "? document.activeElement.value : document.activeElement.name"))  # fmt: skip


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus stands there."""
    for _ in range(60):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Sixty presses of Tab do not lead to {name}, but to {focused(page)}.")


def opened(page: Page, line: str) -> None:
    tab_to(page, line)
    press(page, "Enter")
    expect(page.locator(f"tr#{line}.is-open")).to_be_visible()


def value(page: Page, name: str) -> Any:
    return page.locator(f"[name={name}]").input_value()


def show(page: Page, **columns: bool) -> None:
    """Show these columns of the lines and hide those."""
    page.locator(".columns-choice summary").click()
    for name, on in columns.items():
        page.locator(f"input[name=column][value={name}]").set_checked(on)
    page.get_by_role("button", name="Apply").click()
    for name, on in columns.items():
        expect(page.locator(f"thead .c-{name}")).to_have_count(int(on))


def press_add(page: Page, section: str) -> None:
    page.locator(f"button[name=add][value={section}]").press("Enter")
    page.locator(f"tr.is-new[id^={section}] input:not([type=hidden])").first.wait_for()
    expect(page.locator(f"tr.is-new[id^={section}] .c-item input")).to_be_focused()


def paste(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    press(page, "ControlOrMeta+v")


def picked(page: Page, text: str) -> None:
    """Type into the picker that has the focus and take its first match with Tab."""
    page.keyboard.type(text)
    expect(page.locator("#picker [role=option].is-active")).to_be_visible()
    press(page, "Tab")


def expenses(page: Page) -> None:
    """The stored expense becomes a third of 100, a new one is worked out, and that one is split in three."""
    opened(page, "expense_lines-0")
    tab_to(page, "expense_lines-0-amount")
    page.keyboard.type("100/3")
    press(page, "Tab")
    assert value(page, "expense_lines-0-amount") == "33.33"
    press(page, "Control+Insert")
    picked(page, "automobile:fuel")
    assert focused(page) == "expense_lines-3-memo"
    page.keyboard.type("Diesel")
    tab_to(page, "expense_lines-3-amount")
    page.keyboard.type("12*4.5+46")
    tab_to(page, "expense_lines-3-billing_status")
    assert value(page, "expense_lines-3-amount") == "100.00"


def split(page: Page) -> None:
    press(page, "Control+/")
    assert focused(page) == "expense_lines-3-split"
    page.keyboard.type("3")
    press(page, "Enter")
    expect(page.locator("[name=expense_lines-5-amount]")).to_have_value("33.33")
    assert [value(page, f"expense_lines-{n}-amount") for n in (3, 4, 5)] == ["33.34", "33.33", "33.33"]
    expect(page.locator("[name=expense_lines-3-amount]")).to_be_focused()


def items(page: Page) -> None:
    """Five lines pasted from a sheet behind the stored one, of which the first is copied and the copy taken out."""
    press(page, "Control+ArrowDown")
    opened(page, "item_lines-0")
    press(page, "Control+Insert")
    assert focused(page) == "item_lines-1-item"
    paste(page, SHEET)
    expect(page.locator("[name=item_lines-5-amount]")).to_have_value("71.25")
    press(page, "Control+d")
    expect(page.locator("[name=item_lines-6-quantity]")).to_have_value("1")
    press(page, "Control+Delete")
    expect(page.locator("[name=item_lines-6-quantity]")).to_have_count(0)


def test_twelve_lines_are_entered_and_changed_without_a_mouse(bob_at_first: Page, vendor: Sandbox) -> None:
    bob = bob_at_first
    was = vendor.get(f"/quickbooks-desktop/bills/{BILL}", HARBOR)
    bob.goto(f"/t/harbor/bills/{BILL}/edit")
    seals(bob)
    expenses(bob)
    split(bob)
    items(bob)
    kept = sum(Decimal(line["amount"]) for line in (*was["expenseLines"][1:], *was["itemLines"]))
    total = kept + Decimal("33.33") + 100 + 15 * Decimal("14.25")
    expect(bob.locator("[data-sum-all]")).to_have_text(f"{total:,.2f}")
    press(bob, "Control+s")
    is_saved(bob)
    (expense, *others), (item,) = was["expenseLines"], was["itemLines"]
    (fuel,) = vendor.get("/quickbooks-desktop/accounts", HARBOR, fullNames="Automobile:Fuel")["data"]
    diesel = {"id": "-1", "accountId": fuel["id"], "memo": "Diesel"}
    (drywall,) = vendor.get("/quickbooks-desktop/non-inventory-items", HARBOR, nameContains="Drywall")["data"]
    assert updates(vendor, BILL) == [
        {
            "revisionNumber": was["revisionNumber"],
            "expenseLines": [
                {"id": expense["id"], "amount": "33.33"},
                *({"id": line["id"]} for line in others),
                *({**diesel, "amount": amount} for amount in ("33.34", "33.33", "33.33")),
            ],
            "itemLines": [
                {"id": item["id"]},
                *(
                    {
                        "id": "-1",
                        "itemId": drywall["id"],
                        "description": f"Boards, lot {n}",
                        "quantity": n,
                        "cost": "14.25",
                    }
                    for n in range(1, 6)
                ),
            ],
        }
    ]
    assert vendor.get(f"/quickbooks-desktop/bills/{BILL}", HARBOR)["amountDue"] == f"{total:.2f}"


def test_a_copied_line_counts_before_the_next_key_such_as_that_of_save(bob: Page) -> None:
    opened(bob, "item_lines-0")
    key = "new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true })"
    press = f"['d', 'Shift'].forEach((key) => document.activeElement.dispatchEvent({key}))"
    assert bob.evaluate(f"() => ({press}, document.querySelector('[data-phase]').textContent)") == "1 change"


def test_what_was_done_to_lines_is_undone_and_done_again(bob: Page) -> None:
    opened(bob, "item_lines-0")
    tab_to(bob, "item_lines-0-quantity")
    bob.keyboard.type("10")
    press(bob, "Tab")
    shown = bob.locator("[data-sum-all]")
    total = shown.text_content()
    press(bob, "Control+Insert")
    picked(bob, "drywall")
    expect(bob.locator("[name=item_lines-1-amount]")).not_to_have_value("")
    while bob.locator("#item_lines-1").count():
        press(bob, "Control+z")
    tab_to(bob, "item_lines-0-unit_of_measure")
    press(bob, "Control+z")
    expect(bob.locator("[name=item_lines-0-amount]")).not_to_have_value("142.50")
    press(bob, "Control+Shift+z")
    expect(bob.locator("[name=item_lines-0-amount]")).to_have_value("142.50")
    expect(shown).to_have_text(total or "")


def test_escape_leaves_a_changed_line_and_arrows_walk_the_column(bob: Page) -> None:
    opened(bob, "item_lines-0")
    tab_to(bob, "item_lines-0-quantity")
    bob.keyboard.type("9")
    press(bob, "Enter")
    assert focused(bob) == "item_lines-1-quantity"
    press(bob, "ArrowUp")
    assert focused(bob) == "item_lines-0-quantity"
    press(bob, "Escape")
    assert bob.evaluate("document.activeElement.textContent") == "Undo"


def test_line_ends_of_a_memo_survive_a_letter_typed_behind_them(bob: Page, vendor: Sandbox) -> None:
    opened(bob, "expense_lines-0")
    tab_to(bob, "expense_lines-0-memo")
    press(bob, "ControlOrMeta+a")
    paste(bob, "C\n0")
    press(bob, "Alt+Enter", "h", "ControlOrMeta+s")
    is_saved(bob)
    bob.goto(f"/t/harbor/bills/{OTHER}/edit")
    opened(bob, "expense_lines-0")
    tab_to(bob, "expense_lines-0-memo")
    press(bob, "ControlOrMeta+End", "!", "ArrowUp")
    assert focused(bob) == "expense_lines-0-memo"
    press(bob, "ControlOrMeta+d")
    assert [value(bob, f"expense_lines-{n}-memo") for n in (0, 1)] == ["C\n0\nh!"] * 2
    press(bob, "ControlOrMeta+Delete", "ControlOrMeta+s")
    is_saved(bob)
    assert [body["expenseLines"][0]["memo"] for body in updates(vendor, OTHER)] == ["C\n0\nh", "C\n0\nh!"]


def test_a_long_memo_is_seen_from_its_beginning_once_it_is_left(bob: Page) -> None:
    opened(bob, "expense_lines-0")
    tab_to(bob, "expense_lines-0-memo")
    bob.keyboard.insert_text("wider than its cell " * 9)
    memo = bob.locator("#expense_lines-0-memo")
    typed = memo.evaluate("cell => cell.scrollLeft")
    press(bob, "Tab")
    assert (typed > 0, memo.evaluate("cell => cell.scrollLeft")) == (True, 0)


def test_picking_an_item_fills_its_description_cost_and_unit(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "larch")
    bob.goto("/t/larch/bills/155C-1501340444/edit")
    bob.get_by_role("button", name="Add item", exact=True).press("Enter")
    first = bob.locator("tr.is-new [name$='-item']")
    first.wait_for()
    name = bob.locator("#item_lines-0 .c-item").text_content() or ""
    bob.keyboard.type(name)
    expect(bob.locator("#picker [role=option].is-active")).to_be_visible()
    press(bob, "Enter")
    row = bob.locator("tr.is-new")
    expect(row.locator("[name$='-description']")).to_have_value(f"{name.replace(':', ' ')}, wholesale")
    expect(row.locator("[name$='-unit_of_measure']")).to_have_value("Each")
    cost = row.locator("[name$='-cost']").input_value()
    assert float(cost) > 0
    expect(row.locator("[name$='-amount']")).to_have_value(f"{float(cost):.2f}")
    assert bob.locator("datalist option").evaluate_all("all => all.map(one => one.value)") == ["Each", "Dozen", "Case"]
    row.locator("[name$='-unit_of_measure']").press("ArrowDown")  # opens the units, where others walk the column
    expect(row.locator("[name$='-unit_of_measure']")).to_be_focused()


def test_tab_goes_from_a_changed_field_to_the_next_one(bob: Page) -> None:
    bob.locator("[name=ref_number]").focus()
    bob.keyboard.type("9")
    bob.locator("[data-undo]").wait_for()
    press(bob, "Tab")
    assert focused(bob) == "transaction_date"


def undoable(page: Page) -> None:
    """A new quantity typed into the stored item, and the focus left there."""
    opened(page, "item_lines-0")
    tab_to(page, "item_lines-0-quantity")
    page.keyboard.type("10")
    tab_to(page, "item_lines-0-unit_of_measure")


def list_new(page: Page) -> list[str]:
    """The memo of each new expense line, in the order in which the form posts them."""
    return list(page.evaluate(
        "[...new FormData(document.getElementById('record-form'))].filter(([name]) => name.endsWith('-memo') && "
        "document.getElementsByName(name)[0].closest('tr.is-new')).map(([, memo]) => memo)"
    ))  # fmt: skip


def test_a_new_line_stands_below_the_line_it_was_asked_for_in_and_moves(bob_at_first: Page) -> None:
    bob = bob_at_first
    bob.goto(f"/t/harbor/bills/{BILL}/edit")
    seals(bob)
    opened(bob, "expense_lines-0")
    memos, numbers = bob.locator("tr.is-new textarea[name$=-memo]"), bob.locator("tr.is-new .c-no")
    for memo in ("A", "C"):
        press(bob, "Control+Insert")
        memos.last.fill(memo)
    said = bob.get_by_role("cell", name="A line cannot be added between saved lines. This one is below them.")
    expect(said).to_be_visible()
    memos.first.focus()
    press(bob, "Control+Insert")
    memos.nth(1).fill("B")
    assert list_new(bob) == ["A", "B", "C"]
    memos.nth(1).press("Control+Shift+ArrowUp")
    expect(memos.first).to_be_focused()
    press(bob, "Control+Shift+ArrowUp")
    expect(bob.get_by_role("cell", name="Only new lines can be moved, and not above saved lines.")).to_be_visible()
    bob.get_by_role("button", name="Move down").first.click()
    press(bob, "Control+d")
    assert list_new(bob) == ["A", "B", "B", "C"]
    first = int(numbers.first.text_content() or "")
    assert numbers.all_text_contents() == [str(first + more) for more in range(4)]
    for _ in range(3):
        press(bob, "Control+z")
    assert list_new(bob) == ["A", "B", "C"]


def test_undo_reaches_back_over_a_split_and_forward_again(bob: Page) -> None:
    undoable(bob)
    press(bob, "Control+/")
    bob.keyboard.type("2")
    press(bob, "Enter")
    expect(bob.locator("[name=item_lines-0-quantity]")).to_have_value("5")
    expect(bob.locator("[name=item_lines-0-amount]")).to_be_focused()
    press(bob, "Control+z")
    expect(bob.locator("[name=item_lines-0-quantity]")).to_have_value("10")
    expect(bob.locator("#item_lines-1")).to_have_count(0)
    press(bob, "Control+z")
    expect(bob.locator("[name=item_lines-0-quantity]")).to_have_value("27")
    press(bob, "Control+y", "Control+y")
    expect(bob.locator("[name=item_lines-0-quantity]")).to_have_value("5")
    expect(bob.locator("[name=item_lines-1-amount]")).to_have_value("71.25")


def test_a_form_that_undo_brought_back_is_split_and_undone_again(bob: Page) -> None:
    undoable(bob)
    for parts, lines in (("2", 2), ("3", 3)):
        press(bob, "Control+/", "Control+a")
        bob.keyboard.type(parts)
        press(bob, "Enter")
        expect(bob.locator("[name^=item_lines-][name$='-quantity']")).to_have_count(lines)
        press(bob, "Control+z")
        expect(bob.locator("[name^=item_lines-][name$='-quantity']")).to_have_count(1)
    expect(bob.locator("[data-phase]")).to_have_text("2 changes")  # the quantity, and the amount with it


def test_undo_reaches_back_over_a_choice_of_columns_and_forward_again(open_page: OpenPage) -> None:
    alice = open_page("alice")  # the choice is kept: nobody else's columns change
    until_read(alice, "harbor")
    alice.goto(f"/t/harbor/bills/{OTHER}/edit")
    undoable(alice)
    alice.locator("summary", has_text="Choose columns").click()
    alice.get_by_role("checkbox", name="Billable").uncheck()
    alice.get_by_role("button", name="Apply").click()
    head, quantity = alice.get_by_role("columnheader", name="Billable"), alice.locator("[name=item_lines-0-quantity]")
    expect(head).to_have_count(0)
    press(alice, "Control+z")
    expect(head).to_have_count(1)
    press(alice, "Control+z")
    expect(quantity).to_have_value("27")
    press(alice, "Control+y", "Control+y")
    expect(head).to_have_count(0)
    expect(quantity).to_have_value("10")


def test_a_line_holds_what_stands_in_a_column_that_a_person_has_hidden(open_page: OpenPage) -> None:
    alice = open_page("alice")
    until_read(alice, "abc")
    alice.goto(f"/t/abc/bills/{DOCUMENTED}/edit")
    seals(alice)
    show(alice, unit=False)
    alice.locator("tr#item_lines-0 [name=open]").click()
    unit = alice.locator("[name=item_lines-0-unit_of_measure]")
    held = (unit.input_value(), unit.get_attribute("data-was"))
    show(alice, unit=True)
    assert held == ("Each", "Each")


def test_cells_of_a_sheet_are_read_as_they_stand_there(bob: Page) -> None:
    press_add(bob, "expense_lines")
    paste(bob, 'Automobile:Fuel\t"Diesel,\nJuly"\t$ (12.50)\t"Kern\nLee"\tNot billable')
    cells = ("account", "memo", "amount", "payee", "billing_status")
    pasted = ["Automobile:Fuel", "Diesel,\nJuly", "-12.50", "Kern Lee", "not_billable"]
    expect(bob.locator("#told")).to_have_text("1 line pasted, −12.50, 1 cell not understood")
    assert [value(bob, f"expense_lines-1-{cell}") for cell in cells] == pasted
    tab_to(bob, "expense_lines-1-amount")
    paste(bob, "$1,250.00\n")
    press(bob, "Tab")
    assert value(bob, "expense_lines-1-amount") == "1,250.00"


TYPED = {
    "+5": "5.00",
    "12*4.5=": "54.00",
    "12.50-": "-12.50",
    "$ -": "0.00",
    "1 250*1": "1,250.00",
    "12 50*1": "12 50*1",
}


def test_the_script_reads_a_number_as_the_server_does(bob: Page) -> None:
    opened(bob, "expense_lines-0")
    shown = {}
    for text in TYPED:
        type_over(bob.locator("[name=expense_lines-0-amount]"), text)
        press(bob, "Tab")
        shown[text] = value(bob, "expense_lines-0-amount")
    assert shown == TYPED


def test_what_is_pasted_beyond_the_columns_is_left_out_and_said(bob: Page) -> None:
    press_add(bob, "item_lines")
    paste(bob, "\t".join(["Drywall", "Boards", "1", "", "14.25", "", "", "", "Volume Units", "Lee"]))
    expect(bob.locator("#told")).to_have_text("1 line pasted, 14.25, 2 cells had no column")
    assert [
        value(bob, f"item_lines-1-{beyond}") for beyond in ("override_unit_of_measure_set", "sales_representative")
    ] == ["", ""]


def test_why_a_pasted_cell_is_not_understood_is_read_on_a_phone(bob: Page) -> None:
    press_add(bob, "expense_lines")
    paste(bob, "Nowhere in this long list of accounts\tlast\t5.00")
    bob.set_viewport_size({"width": 390, "height": 844})
    reason = bob.locator(".line-rest .errorlist")
    assert reason.evaluate("p => p.getBoundingClientRect().right <= innerWidth")


def test_ditto_marks_are_cells_and_what_is_not_understood_is_marked_and_said(bob: Page) -> None:
    press_add(bob, "expense_lines")
    lines = [
        "Automobile:Fuel\tPaint\t12.00",
        'Automobile\t"\t3.00',
        'Automobile:Fuel\t"\t#N/A',
        "Nowhere\tlast\t5.00\t\tOften",
    ]
    paste(bob, "\n".join(lines))
    said = "4 lines pasted, 20.00, 3 cells not understood"
    expect(bob.locator("#told")).to_have_text(said)
    expect(bob.locator("[data-pasted]")).to_have_text(said)
    marked = bob.locator("[data-lines] [aria-invalid]")
    assert [one.get_attribute("name") for one in marked.all()] == [
        "expense_lines-3-amount",
        "expense_lines-4-account",
        "expense_lines-4-billing_status",
    ]
    assert value(bob, "expense_lines-4-billing_status") == "Often"
    reasons = bob.locator(".line-rest .errorlist")
    expect(reasons.first).to_have_text("Amount: “#N/A” is an error in the spreadsheet.")
    assert [text.split(":")[0] for text in reasons.all_inner_texts()] == ["Amount", "Account", "Billable"]
    type_over(bob.locator("[name=expense_lines-3-amount]"), "4")
    expect(marked).to_have_count(2)
    bob.locator("[name=ref_number]").focus()
    press(bob, "Control+z", "Control+z")  # the 4, then the block
    expect(bob.locator("tr.is-new")).to_have_count(1)
    assert value(bob, "expense_lines-1-amount") == ""


SELECT = """name => {
  const rows = [...document.querySelectorAll(".lines tr.line")].slice(0, 2);
  const range = document.createRange();
  range.setStart(rows[0].querySelector(".c-item").firstChild, 1);
  range.setEndAfter(rows[1].querySelector(".c-amount"));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.mark.parametrize("page", ["", "edit"])
def test_two_lines_copied_on_a_bills_page_or_form_and_pasted_are_two_lines(bob_at_first: Page, page: str) -> None:
    bob = bob_at_first
    bob.goto(f"/t/harbor/bills/{BILL}/{page}")
    lines = bob.locator(".lines tr.line")
    columns = [[lines.nth(n).locator(f".c-{one}").inner_text() for one in ("item", "amount")] for n in (0, 1)]
    bob.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bob.evaluate(SELECT)
    bob.wait_for_load_state("networkidle")  # what is needed to copy is loaded when something is first selected
    press(bob, "ControlOrMeta+c")
    bob.goto(f"/t/harbor/bills/{OTHER}/edit")
    seals(bob)
    press_add(bob, "expense_lines")
    press(bob, "ControlOrMeta+v")
    total = sum(Decimal(amount.replace(",", "")) for _, amount in columns)
    expect(bob.locator("#told")).to_have_text(f"2 lines pasted, {total:,.2f}")
    assert [
        [value(bob, f"expense_lines-{number}-{member}") for member in ("account", "amount")] for number in (1, 2)
    ] == columns
    assert bob.locator("tr.is-new").count() == 2


def test_four_hundred_lines_are_pasted_at_once(bob: Page) -> None:
    press_add(bob, "expense_lines")
    paste(bob, "\n".join(f"Automobile:Fuel\tTrip {n}\t1.25" for n in range(400)))
    expect(bob.locator("#told")).to_have_text("400 lines pasted, 500.00")
    assert value(bob, "expense_lines-400-amount") == "1.25"


def test_an_amount_typed_over_that_of_a_picked_item_becomes_the_cost_of_one_piece(bob: Page) -> None:
    press_add(bob, "item_lines")
    picked(bob, "drywall")
    row = bob.locator("tr.is-new")
    expect(row.locator("[name$=-amount]")).to_have_value("14.25")
    bob.wait_for_load_state("networkidle")  # what the item brings along is there, all of it
    type_over(row.locator("[name$=-amount]"), "13.00")
    press(bob, "Tab")
    assert [row.locator(f"[name$=-{name}]").input_value() for name in ("quantity", "cost", "amount")] == [
        "",
        "13",
        "13.00",
    ]


def test_three_pasted_that_do_not_agree_stay_to_be_asked_about(bob: Page) -> None:
    press_add(bob, "item_lines")
    paste(bob, "Fixtures\tBrass\t7\teach\t1.15\t8.00\nFixtures\tBrass\t7\teach\t1.15\t8.05")
    expect(bob.locator("[name=item_lines-2-amount]")).to_have_value("8.05")
    cells = [[value(bob, f"item_lines-{n}-{name}") for name in ("quantity", "cost", "amount")] for n in (1, 2)]
    assert cells == [["7", "1.15", "8.00"], ["7", "1.15", "8.05"]]


def test_an_amount_typed_over_that_of_a_typed_cost_makes_the_quantity(bob: Page) -> None:
    press_add(bob, "item_lines")
    picked(bob, "drywall")
    row = bob.locator("tr.is-new")
    expect(row.locator("[name$=-cost]")).to_have_value("14.25")
    bob.wait_for_load_state("networkidle")
    type_over(row.locator("[name$=-cost]"), "15")
    type_over(row.locator("[name$=-amount]"), "13.00")
    press(bob, "Tab")
    assert [row.locator(f"[name$=-{name}]").input_value() for name in ("quantity", "cost", "amount")] == [
        "0.86667",
        "15",
        "13.00",
    ]


def test_entries_that_a_closed_picker_asked_for_are_not_offered_in_the_next_one(bob: Page) -> None:
    press_add(bob, "item_lines")
    bob.route("**/references/**", lambda _: None, times=1)  # the answer to the first letter stays away
    with bob.expect_request("**/references/**"):
        bob.keyboard.type("f")
    with bob.expect_event("requestfailed"):
        press(bob, "Escape")
    bob.keyboard.type("fixtures")
    expect(bob.locator("#picker [role=option].is-active")).to_have_attribute("data-value", "Fixtures")


# Of all texts those that are wider than their cell, or would fill it to its edge.
ARE_CUT = """() => [...document.querySelectorAll(".is-fit .line:not(.is-open) > td")].every((cell) => {
  const text = new Range();
  text.selectNodeContents(cell);
  const room = cell.clientWidth - 16 - text.getBoundingClientRect().width;
  return getComputedStyle(cell).overflowX === "hidden" ? cell.scrollWidth > cell.clientWidth || room < 6 : room >= 0;
})"""


# Where the number, the item and the button of a line stand once its frame has been scrolled as far as `left`, if given.
STAND = """left => new Promise((done) => {
  const frame = document.querySelector(".is-scrolled");
  const cells = frame.querySelectorAll("#item_lines-0 > :is(.c-no, .c-item, .c-act)");
  frame.scrollLeft = left ?? frame.scrollLeft;
  const look = () => done([frame.scrollLeft, ...[...cells].map((cell) => Math.round(cell.getBoundingClientRect().x))]);
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""


def test_of_a_long_bills_texts_those_that_do_not_fit_are_cut_and_its_outer_columns_stay(bob_at_first: Page) -> None:
    bob = bob_at_first
    until_read(bob, "larch")
    bob.set_viewport_size({"width": 600, "height": 3000})  # a phone cuts none
    bob.goto("/t/larch/bills/500LIN-1234567890/edit")
    bob.set_viewport_size({"width": 1280, "height": 3000})
    bob.locator(".is-fit td.is-cut").first.wait_for()
    bob.wait_for_function(ARE_CUT)
    bob.locator("#item_lines-0 button").focus()  # in sight, it scrolls nothing
    assert [bob.evaluate(STAND, to) for to in (None, 300, 0)] == [[left, 25, 73, 1183] for left in (0, 300, 0)]
    left = "() => { dispatchEvent(new Event('beforeprint')); return document.querySelectorAll('.is-fit').length; }"
    assert bob.evaluate(left) == 0


def test_a_new_line_stays_in_sight_when_lines_above_it_are_drawn(open_page: OpenPage) -> None:
    bob = open_page("bob")
    bob.set_viewport_size({"width": 390, "height": 800})  # on a phone they are higher than they were taken to be
    until_read(bob, "larch")
    bob.goto("/t/larch/bills/500LIN-1234567890/edit")
    bob.locator("button[name=add][value=item_lines]").click()
    expect(bob.locator("[data-save-bar]")).to_contain_text("1 change")
    expect(bob.locator("tr.is-new [name$=-item]")).to_be_in_viewport()


def test_another_unit_a_discount_and_another_vendor_are_offered_what_follows(bob_at_first: Page) -> None:
    bob = bob_at_first
    until_read(bob, "larch")
    bob.goto("/t/larch/bills/155C-1501340444/edit")  # 18 × 81.04 of an item
    seals(bob)
    opened(bob, "item_lines-0")
    for unit, cost, amount in (("Dozen", "972.48", "17,504.64"), ("Each", "81.04", "1,458.72")):
        type_over(bob.locator("[name=item_lines-0-unit_of_measure]"), unit)
        press(bob, "Tab")
        bob.get_by_role("button", name=f"Use cost {cost}").click()
        assert [value(bob, f"item_lines-0-{name}") for name in ("cost", "amount")] == [cost, amount]
    press(bob, "Control+Insert")
    picked(bob, "trade disc")
    expect(bob.locator("[name=item_lines-1-amount]")).to_have_value("-72.94")
    type_over(bob.locator("[name=item_lines-0-quantity]"), "20")
    expect(bob.locator("[name=item_lines-1-amount]")).to_have_value("-81.04")
    take(bob, bob.locator("#id_vendor"), "beaconhollow")
    expect(bob.locator("#vendor-spot")).to_contain_text("uses CAD, and this bill is in USD")
    take(bob, bob.locator("#id_vendor"), "state board")
    bob.get_by_role("button", name="Use the address of State Board of Revenue").click()
    expect(bob.locator("[name=vendor_address-line1]")).to_have_value("State Board of Revenue")


def test_a_line_keeps_what_is_stored_in_it_when_its_own_item_is_pasted_or_picked_again(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "larch")
    bob.goto("/t/larch/bills/155C-1501340444/edit")
    seals(bob)
    opened(bob, "item_lines-0")
    members = ("item", "description", "unit_of_measure", "cost", "quantity", "amount")
    line = {member: bob.locator(f"[name=item_lines-0-{member}]") for member in members}
    stored = {member: cell.input_value() for member, cell in line.items()}
    line["item"].focus()
    paste(bob, f"Item\tQty\n{stored['item']}\t18")
    expect(bob.locator("#told")).to_contain_text("1 line pasted")
    assert {member: cell.input_value() for member, cell in line.items()} == stored
    take(bob, line["item"], "copper:mirror")
    expect(line["cost"]).not_to_have_value(stored["cost"])
    take(bob, line["item"], "trade disc")
    expect(line["quantity"]).to_have_value("")
    take(bob, line["item"], stored["item"])
    for member, cell in line.items():
        expect(cell).to_have_value(stored[member])
    expect(line["quantity"]).to_be_editable()


def test_what_is_pasted_reaches_a_line_that_is_opened_before_the_answer_comes(open_page: OpenPage) -> None:
    bob, asked = open_page("bob"), list[Route]()
    until_read(bob, "harbor")
    bob.goto("/t/harbor/bills/1725-1501786933/edit")  # five expenses
    seals(bob)
    opened(bob, "expense_lines-0")
    tab_to(bob, "expense_lines-0-amount")
    bob.route("**/paste/**", lambda route: asked.append(route))
    paste(bob, "1.00\n2.00\n3.00")
    press(bob, "ArrowDown")
    bob.wait_for_function("document.activeElement.name === 'expense_lines-1-amount'")
    asked[0].continue_()
    expect(bob.locator("#told")).to_have_text("3 lines pasted, 6.00")
    assert [value(bob, f"expense_lines-{n}-amount") for n in range(3)] == ["1.00", "2.00", "3.00"]


def test_a_discount_takes_its_part_of_the_line_above_over_a_new_line_that_is_blank(open_page: OpenPage) -> None:
    bob = open_page("bob")
    until_read(bob, "larch")
    bob.goto("/t/larch/bills/155C-1501340444/edit")  # 18 × 81.04 of an item
    seals(bob)
    opened(bob, "item_lines-0")
    press(bob, "Control+Insert", "Control+Insert")
    picked(bob, "trade disc")
    expect(bob.locator("tr.is-new [name$=-amount]").last).to_have_value("-72.94")


def test_what_an_offer_has_done_is_undone_at_once_and_before_what_led_to_it(bob: Page) -> None:
    vendor, due = bob.locator("#id_vendor"), bob.get_by_label("Due date", exact=True)
    address = [bob.locator(f"[name=vendor_address-line{number}]") for number in (1, 2)]
    was = [one.input_value() for one in (vendor, *address, due)]
    take(bob, vendor, "state board")
    bob.get_by_role("button", name="Use the address of State Board of Revenue").click()
    expect(address[0]).to_have_value("State Board of Revenue")
    type_over(bob.get_by_label("Bill date", exact=True), "11/2/36")
    take(bob, bob.get_by_label("Terms", exact=True), "2% 10")
    expect(bob.locator("[data-offer] kbd")).to_be_visible()
    due.press("ArrowDown")
    expect(due).to_have_value("2 Dec 2036")
    due.press("+")
    press(bob, "Control+z")
    assert due.input_value() == "2 Dec 2036"
    press(bob, "Control+z")
    assert due.input_value() == was[3]
    press(bob, "Control+z", "Control+z")  # the terms and the date
    assert (vendor.input_value(), address[0].input_value()) == ("State Board of Revenue", "State Board of Revenue")
    press(bob, "Control+z")
    assert [one.input_value() for one in (vendor, *address)] == ["State Board of Revenue", *was[1:3]]
    press(bob, "Control+z")
    assert vendor.input_value() == was[0]


def test_what_the_save_bar_shows_of_a_save_is_no_step_of_undo(bob: Page, vendor: Sandbox) -> None:
    vendor.fault(endUserId=HARBOR, operation="update", resource="bills", fault="slow", seconds=4, count=1)
    memo, number = bob.get_by_label("Memo", exact=True).first, bob.locator("[name=ref_number]")
    type_over(memo, "First")
    number.press("Control+s")
    expect(bob.locator("#save-state")).to_contain_text("Saving to QuickBooks")
    type_over(number, "40521")
    type_over(memo, "Second")
    number.press("Control+z")
    assert memo.input_value() == "First"
    expect(bob.locator("#save-state")).to_contain_text("What you changed since then is not saved yet")
    number.press("Control+Shift+z")
    assert memo.input_value() == "Second"
    press(bob, *["Control+z"] * 3)
    assert [one.input_value() for one in (memo, number)] == [one.get_attribute("data-was") for one in (memo, number)]
