"""Two very long bills, every column of every line filled, to test pages with."""

from datetime import date

from sandbox.conductor.file.records import Record, cents, money
from sandbox.conductor.http.shapes import whole

from . import invented
from .company_builder import Setup

_GROUP = 5


def add_long_bills(setup: Setup, vendor: Record, home: Record, customers: list[Record]) -> None:
    """Adds `LONG-500` and `LONG-5000`."""
    for count, key in ((500, "500LIN-1234567890"), (5_000, "5000LI-1234567890")):
        head = {"id": vendor["id"], "fullName": vendor["fullName"]}
        known = {"currency": home, "exchangeRate": 1}
        bill = invented.new_bill(setup, head, date(2026, 11, 2), "Net 30", key, **known)
        bill.update(refNumber=f"LONG-{count}", memo=f"A bill with {count} lines")
        expenses, groups = count * 2 // 5, 4
        bill["expenseLines"] = [_expense(setup, number, customers) for number in range(expenses)]
        bill["itemLines"] = [_item(setup, number, customers) for number in range(count - expenses - groups * _GROUP)]
        bill["itemGroupLines"] = [_group(setup, number, customers) for number in range(groups)]
        invented.finish_bill(setup, bill, "none")


def _shared(setup: Setup, number: int) -> Record:
    return {
        "class": setup.pick("classes"),
        "salesTaxCode": setup.ref("sales-tax-codes", ("Tax", "Non")[number % 2]),
        "billingStatus": ("billable", "not_billable", "has_been_billed")[number % 3],
        "salesRepresentative": setup.pick("sales-representatives"),
        "customFields": [{"ownerId": "0", "name": "Aisle", "type": "string_255_type", "value": str(number % 40)}],
    }


def _expense(setup: Setup, number: int, customers: list[Record]) -> Record:
    account = setup.ref("accounts", ("Utilities", "Rent", "Office Supplies", "Automobile:Fuel")[number % 4])
    amount = f"{setup.chance.randrange(500, 90_000) / 100:.2f}"
    payee = customers[number % len(customers)] if customers else None
    line = invented.expense_line(setup, account, amount, memo=f"Expense {number + 1} of the long bill", payee=payee)
    return {**line, **_shared(setup, number)}


def _item(setup: Setup, number: int, customers: list[Record]) -> Record:
    item = setup.pick("inventory-items")
    line = invented.item_line(
        setup,
        item,
        setup.chance.randrange(1, 50),
        f"{setup.chance.randrange(100, 9_000) / 100:.2f}",
        description=f"{item['fullName']}, line {number + 1}",
        inventorySite=setup.ref("inventory-sites", "Main Warehouse"),
        inventorySiteLocation=setup.ref("inventory-sites", "Aisle 1, Shelf A"),
        serialNumber=f"SN{number:06d}",
        lotNumber=f"LOT-{number % 90:03d}",
        expirationDate="2027-12-31",
        unitOfMeasure="Each",
        overrideUnitOfMeasureSet=setup.ref("unit-of-measure-sets", "Count"),
        customer=customers[number % len(customers)] if customers else None,
    )
    return {**line, **_shared(setup, number)}


def _group(setup: Setup, number: int, customers: list[Record]) -> Record:
    lines = [_item(setup, number * _GROUP + position, customers) for position in range(_GROUP)]
    kind = setup.references["item-groups"][number]
    return whole(
        "qbd_item_group_line",
        id=setup.new_id("lines"),
        itemGroup=kind,
        description=kind["fullName"],
        quantity=1,
        unitOfMeasure="Each",
        overrideUnitOfMeasureSet=setup.ref("unit-of-measure-sets", "Count"),
        totalAmount=cents(sum((money(line["amount"]) for line in lines), money("0"))),
        itemLines=lines,
        customFields=[{"ownerId": "0", "name": "Aisle", "type": "string_255_type", "value": "7"}],
    )
