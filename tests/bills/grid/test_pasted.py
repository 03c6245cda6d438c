"""A block of a sheet that is pasted into the lines of a bill: where its cells go, and which are not understood."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.mirror.store import store_page
from tenants.models import Tenant
from tests.support.copies import Copied

BILL = "123ABC-1234567890"
PASTE = f"/t/abc/bills/{BILL}/paste/"
EXPENSE = "account,memo,amount,payee,billing_status"
ITEM = "item,description,quantity,unit_of_measure,cost,amount"
NO_SUM = "is not a number. Enter the result of a calculation."


@pytest.fixture
def names(abc: Tenant, copied: Copied) -> dict[str, str]:
    """Names that the company's lists have."""
    copied(abc)
    content = lookup.get_content(lookup.find_record(abc, "bills", BILL))
    return {"account": str(content["expense_lines"][0]["account"]), "item": str(content["item_lines"][0]["item"])}


def pasted(client: Client, text: str = "", members: str = EXPENSE, **more: Any) -> Any:
    typed = {"section": "expense_lines", "members": members, "start": 0, "text": text, **more}
    answer = client.post(PASTE, typed)
    assert answer.status_code == 200
    return answer.json()


def test_each_cell_is_read_and_shown_as_the_form_shows_it(as_bob: Client, names: dict[str, str]) -> None:
    found = pasted(as_bob, f"{names['account']}\tPaint\t$ (1,012.50)\t\tNot billable\t\n")
    texts = {
        "account": names["account"],
        "memo": "Paint",
        "amount": "-1,012.50",
        "payee": "",
        "billing_status": "not_billable",
    }
    assert found == {"lines": [{"texts": texts, "wrong": {}, "brings": None}], "said": ["1 line pasted", ""]}


@pytest.mark.parametrize(
    ("cell", "member", "why"),
    [
        ("#N/A", "memo", "Memo: “#N/A” is an error in the spreadsheet."),
        ("#REF!", "amount", "Amount: “#REF!” is an error in the spreadsheet."),
        ("#######", "amount", "Amount: “#######” is an error in the spreadsheet."),
        ("Err:502", "amount", "Amount: “Err:502” is an error in the spreadsheet."),
        ("5%", "amount", "Amount: “5%” is not a number."),
        ("11/05/2026", "amount", "Amount: “11/05/2026” cannot be calculated. It looks like a date."),
        ("50 CAD", "amount", "Amount: “50 CAD”: amounts here are in USD. Leave out “CAD” if the number is right."),
        ("2026-0042", "amount", f"Amount: “2026-0042” {NO_SUM}"),
        ("62701-1234", "amount", f"Amount: “62701-1234” {NO_SUM}"),
        ("10/28", "amount", f"Amount: “10/28” {NO_SUM}"),
        ("=12*4.5", "amount", f"Amount: “=12*4.5” {NO_SUM}"),
        ("Nowhere", "account", "Account: “Nowhere” is not in the list. Pick an entry, or check the spelling."),
        ("Often", "billing_status", "Billable: Choose one from the list."),
    ],
)  # fmt: skip
def test_a_cell_that_is_not_understood_stays_and_is_said(
    as_bob: Client, names: dict[str, str], cell: str, member: str, why: str
) -> None:
    found = pasted(as_bob, cell, member)
    assert found == {
        "lines": [{"texts": {member: cell}, "wrong": {member: why}, "brings": None}],
        "said": ["1 line pasted", ", 1 cell not understood"],
    }


@pytest.mark.parametrize("cell", ["(12.50)", "12.50-", "−12.50", "$ -12.50", "12.50 CR", "($12.50)"])
def test_an_amount_below_zero_is_no_calculation(as_bob: Client, names: dict[str, str], cell: str) -> None:
    (line,) = pasted(as_bob, cell, "amount")["lines"]
    assert (line["texts"], line["wrong"]) == ({"amount": "-12.50"}, {})


def test_a_row_of_names_says_where_the_columns_go(as_bob: Client, names: dict[str, str]) -> None:
    found = pasted(as_bob, f"Amount\tInvoice\tMemo\tAccount\n12\tA-1\tPaint\t{names['account']}")
    assert [line["texts"] for line in found["lines"]] == [
        {"amount": "12.00", "memo": "Paint", "account": names["account"]}
    ]
    assert found["said"] == ["1 line pasted", ", 1 cell had no column"]


TITLED = "Invoice 42\nDate\t10/28/2026\n\nQty\tItem\tAmount\n2\t{item}\t7.00\n3\t{item}\t8.00"
AS_TABLE = (
    "<table><tr><td colspan=3>Invoice 42</td></tr><tr><td>Date</td><td>10/28/2026</td></tr>"
    "<tr><td>Qty</td><td>Item</td><td>Amount</td></tr><tr><td>2</td><td>{item}</td><td>7.00</td></tr>"
    "<tr><td>3</td><td>{item}</td><td>8.00</td></tr></table>"
)


@pytest.mark.parametrize(("text", "html"), [(TITLED, ""), ("", AS_TABLE)])
def test_rows_above_the_names_of_the_columns_are_left_out(
    as_bob: Client, names: dict[str, str], text: str, html: str
) -> None:
    block = {"text": text.format(**names), "html": html.format(**names)}
    found = pasted(as_bob, members=ITEM, section="item_lines", **block)
    assert [line["texts"] for line in found["lines"]] == [
        {"quantity": "2", "item": names["item"], "amount": "7.00"},
        {"quantity": "3", "item": names["item"], "amount": "8.00"},
    ]
    assert found["said"] == ["2 lines pasted", ", 2 rows above the column names left out"]


@pytest.mark.parametrize(
    "text",
    ["Paint\t1.00\nMemo\t2.00", "Paint\t1.00\nMemo\tAmount", "Amount\t1.00\nMemo\t2.00", "Paint\nMemo\nBrushes"],
)
def test_rows_are_lines_where_no_row_above_others_names_two_columns(
    as_bob: Client, names: dict[str, str], text: str
) -> None:
    found = pasted(as_bob, text, start=1)
    assert [line["texts"]["memo"] for line in found["lines"]] == [row.split("\t")[0] for row in text.split("\n")]


@pytest.mark.parametrize(
    ("text", "texts", "said"),
    [
        ("Item\tQty\tCost\tPrice\n{item}\t2\t3.50\t9.99", {"quantity": "2", "cost": "3.5"}, ", 1 cell had no column"),
        ("Item\tQty\tPrice\tRate\n{item}\t2\t3.50\t9.99", {"quantity": "2", "cost": "3.5"}, ", 1 cell had no column"),
        ("Memo\tItem\tDescription\nFor us\t{item}\tBoards", {"description": "Boards"}, ", 1 cell had no column"),
        ("Item\tDescription\tQty\tMemo\n{item}\tBoards\t2\t", {"description": "Boards", "quantity": "2"}, ""),
    ],
)  # fmt: skip
def test_of_columns_that_mean_the_same_the_one_with_the_fields_own_name_counts(
    as_bob: Client, names: dict[str, str], text: str, texts: dict[str, str], said: str
) -> None:
    found = pasted(as_bob, text.format(item=names["item"]), ITEM, section="item_lines")
    assert [line["texts"] for line in found["lines"]] == [{"item": names["item"], **texts}]
    assert found["said"] == ["1 line pasted", said]


ROW = {
    "item": "{item}", "description": "Boards", "quantity": "10", "unit_of_measure": "Dozen", "cost": "2.5",
    "amount": "25.00", "billing_status": "billable",
}  # fmt: skip


@pytest.mark.parametrize(
    "heads",
    [
        "Item\tDescription\tQty\tU/M\tCost\tAmount\tBillable?",
        "Product/Service\tDescription\tQty.\tUOM\tRate\tAmount (USD)\tBillable",
        "ITEM NAME:\tItem Description\tQTY (pcs)\tU.M.\tUnit  Cost\tExt. Cost\tBillable *",
        "Item*\tDesc.\tQuantity*\tUnit of Measure\tPrice Each\tLine Total\tBillable",
        "Product\tMemo\tQty\tUnit\tUnit Price\tAmount USD\tBillable",
        "Item\tDesc\tQty\tU/M\tUnit Price ($)\tTotal\tBillable?",
    ],
)
def test_columns_are_known_by_the_names_that_other_programs_give_them(
    as_bob: Client, names: dict[str, str], heads: str
) -> None:
    order = "item,amount,billing_status,description,cost,unit_of_measure,quantity"
    row = "\t".join([names["item"], "Boards", "10", "Dozen", "2.50", "25.00", "Billable"])
    found = pasted(as_bob, f"{heads}\n{row}", order, section="item_lines")
    assert [line["texts"] for line in found["lines"]] == [{**ROW, "item": names["item"]}]
    assert found["said"] == ["1 line pasted", ""]


@pytest.mark.parametrize("heads", ["Category\tDescription\tAmount (USD)", "G/L Account\tMemo/Description\tAmt."])
def test_columns_of_expenses_are_known_by_other_names(as_bob: Client, names: dict[str, str], heads: str) -> None:
    found = pasted(as_bob, f"{heads}\n{names['account']}\tPaint\t12.00", "memo,amount,account")
    assert [line["texts"] for line in found["lines"]] == [
        {"account": names["account"], "memo": "Paint", "amount": "12.00"}
    ]


def test_a_column_in_another_currency_is_none_of_the_bill(as_bob: Client, names: dict[str, str]) -> None:
    text = f"Account\tAmount (CAD)\tAmount (USD)\n{names['account']}\t16.00\t12.00"
    found = pasted(as_bob, text)
    assert [line["texts"] for line in found["lines"]] == [{"account": names["account"], "amount": "12.00"}]
    assert found["said"] == ["1 line pasted", ", 1 cell had no column"]


def test_blank_rows_and_the_total_are_left_out(as_bob: Client, names: dict[str, str]) -> None:
    text = f"{names['account']}\tPaint\t12.00\n\n\t\t\nTotal\t\t12.00\n"
    found = pasted(as_bob, text)
    assert (len(found["lines"]), found["said"]) == (1, ["1 line pasted", ", 1 total row left out"])


@pytest.mark.parametrize(("word", "lines", "said"), [("Subtotal", 3, ""), ("Total", 2, ", 1 total row left out")])
def test_a_row_that_names_an_entry_is_no_total(
    as_bob: Client, abc: Tenant, names: dict[str, str], word: str, lines: int, said: str
) -> None:
    raw = {"id": "8-1", "name": "Subtotal", "fullName": "Subtotal", "isActive": True}
    store_page(abc, registry.get_table(abc, "subtotal-items"), [raw], timezone.now())
    text = f"{names['item']}\tTape\t1\t\t150\t150.00\n{word}\t\t\t\t\t150.00\n{names['item']}\tOff\t\t\t\t-15.00"
    found = pasted(as_bob, text, ITEM, section="item_lines")
    assert (len(found["lines"]), found["said"]) == (lines, [f"{lines} lines pasted", said])


def test_a_block_begins_at_the_cell_that_has_the_focus(as_bob: Client, names: dict[str, str]) -> None:
    (line,) = pasted(as_bob, "Paint\t12.00", start=1)["lines"]
    assert line["texts"] == {"memo": "Paint", "amount": "12.00"}


def test_an_item_brings_what_the_block_leaves_blank(as_bob: Client, names: dict[str, str]) -> None:
    (line,) = pasted(as_bob, f"{names['item']}\tMine\t3\t\t2.50\t", ITEM, section="item_lines")["lines"]
    # A blank amount empties nothing: it follows.
    assert line["texts"] == {
        "item": names["item"], "description": "Mine", "quantity": "3", "unit_of_measure": "", "cost": "2.5",
    }  # fmt: skip
    assert not {"description", "cost"} & line["brings"]["values"].keys()


@pytest.mark.parametrize(
    "wrong",
    [{"section": "nothing"}, {"members": "account,password"}, {"members": ""}, {"start": "-1"}, {"section": "memo"}],
)
def test_a_form_without_such_lines_is_refused(as_bob: Client, names: dict[str, str], wrong: dict[str, str]) -> None:
    typed = {"section": "expense_lines", "members": EXPENSE, "start": "0", "text": "a\tb", **wrong}
    assert as_bob.post(PASTE, typed).status_code == 400


def test_a_viewer_pastes_nothing(as_carol: Client, names: dict[str, str]) -> None:
    typed = {"section": "expense_lines", "members": EXPENSE, "start": "0", "text": "a\tb"}
    assert as_carol.post(PASTE, typed).status_code == 403


def test_four_hundred_lines_are_read_with_as_many_queries_as_four(
    as_bob: Client, names: dict[str, str], django_assert_max_num_queries: Any
) -> None:
    text = "\n".join(f"{names['account']}\tTrip {number}\t1.25" for number in range(400))
    with django_assert_max_num_queries(20):
        assert len(pasted(as_bob, text)["lines"]) == 400
