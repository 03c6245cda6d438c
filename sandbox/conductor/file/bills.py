"""Changing, adding, deleting and voiding bills by QuickBooks' rules."""

from decimal import Decimal

from sandbox.conductor.http.errors import invalid, no_object, quickbooks, stale
from sandbox.conductor.http.shapes import whole

from . import records
from .bill_lines import NEW, lines_of, replace_expense_lines, replace_group_lines, replace_item_lines, total
from .books import Books
from .customers import address
from .due_dates import due_date
from .purchase_orders import receive_orders
from .records import Record, cents, money
from .references import TARGETS, bad_reference, refer, require_feature, resolve

_LINES = ("expenseLines", "itemLines", "itemGroupLines")
_FLAGS = ("clearExpenseLines", "clearItemLines")


def update_bill(books: Books, key: str, changes: Record) -> Record:
    """Changes a bill and returns the new record; nothing is written if any part is refused."""
    record = books.get("bills", key)
    if record is None:
        raise no_object(key)
    if changes["revisionNumber"] != record["revisionNumber"]:
        raise stale(changes["revisionNumber"])
    check_closing(books, "3171", "modify", record["transactionDate"], changes.get("transactionDate"))
    apply(books, record, changes)
    books.touch(record)
    books.put("bills", record)
    return record


def check_flags(body: Record) -> None:
    """A clear flag and the array it clears contradict each other."""
    for flag, array in (("clearExpenseLines", "expenseLines"), ("clearItemLines", "itemLines")):
        if body.get(flag) and array in body:
            raise invalid(f'"{flag}" cannot be true while "{array}" is sent at "{flag}"')


def create_bill(books: Books, body: Record) -> Record:
    """Adds a bill and returns it."""
    check_closing(books, "3171", "add", body["transactionDate"])
    vendor = resolve(books, "vendorId", body["vendorId"], "Bill")
    payables = books.first("accounts", "accounts_payable")
    assert payables is not None
    record = whole(
        "qbd_bill",
        id=books.new_id("bill"),
        createdAt=books.moment(books.now()),
        transactionDate=body["transactionDate"],
        refNumber=body.get("refNumber") or None,
        amountDue="0.00",
        vendor=records.reference(vendor),
        vendorAddress=vendor["billingAddress"],
        payablesAccount=records.reference(payables),
        currency=vendor["currency"] if books.home_currency else None,
        exchangeRate=_rate(books, vendor) if books.home_currency else None,
        isPending=False,
        terms=vendor["terms"],
        externalId=body.get("externalId"),
    )
    record["updatedAt"], record["revisionNumber"] = record["createdAt"], str(books.now())
    taken = receive_orders(books, record, body)
    apply(books, record, {name: _new_lines(name, value) for name, value in taken.items() if name != "externalId"})
    if record["dueDate"] is None:
        record["dueDate"] = due_date(books, record)
    books.put("bills", record)
    # Links are shown when the bill is read again (docs/vendors/conductor.md, section 8.8).
    return {**record, "linkedTransactions": []}


def delete_bill(books: Books, key: str) -> Record:
    """Deletes a bill, unless it is paid in part."""
    record = books.get("bills", key)
    if record is None:
        raise no_object(key)
    check_closing(books, "3161", "delete", record["transactionDate"])
    _check_unlinked(record, "3160", "deleted")
    books.remove("bills", record)
    return {"id": key, "objectType": "qbd_bill", "refNumber": record["refNumber"], "deleted": True}


def void_bill(books: Books, key: str) -> Record:
    """Sets every amount of a bill to zero, unless it is paid in part."""
    record = books.get("bills", key)
    if record is None:
        raise no_object(key)
    check_closing(books, "3171", "modify", record["transactionDate"])
    _check_unlinked(record, "3170", "voided")
    for line in lines_of(record):
        line["amount"] = "0.00"
        if "cost" in line:
            line["cost"] = "0.00"
    for group in record["itemGroupLines"]:
        group["totalAmount"] = "0.00"
    record["memo"] = f"VOID: {record['memo'] or ''}".strip()
    settle(record)
    books.touch(record)
    books.put("bills", record)
    shown = {name: record[name] for name in ("id", "objectType", "createdAt", "updatedAt", "refNumber")}
    return {**shown, "voided": True}


def _check_unlinked(record: Record, code: str, done: str) -> None:
    if record["linkedTransactions"]:
        text = f'The object "{record["id"]}" cannot be {done}, because it is linked to another transaction in use.'
        raise quickbooks(code, text)


def check_closing(books: Books, code: str, verb: str, *days: str | None) -> None:
    """Refuses to change a record dated on or before the closing date, or to date it so."""
    closed = books.closing_date
    if closed is not None and any(day is not None and day <= closed for day in days):
        text = f"Cannot {verb} a transaction dated on or before the closing date of the company ({closed})."
        raise quickbooks(code, text)


def apply(books: Books, record: Record, changes: Record) -> None:
    """Applies wire-format changes to a bill and recalculates it; does not store it."""
    _check_links(record, changes)
    for name, value in changes.items():
        if name in TARGETS:
            record[TARGETS[name].member] = refer(books, name, value, "Bill")
        elif name == "vendorAddress":
            record[name] = address(value)
        elif name == "exchangeRate":
            require_feature(books, "currencies")
            record[name] = round(value, 6)  # QuickBooks keeps no more
        elif name not in (*_LINES, *_FLAGS, "revisionNumber"):
            record[name] = None if value == "" else value
    _check_account(books, record, changes)
    _replace_lines(books, record, changes)
    settle(record)


def settle_all(record: Record) -> None:
    """Recalculates the totals of the groups, then those of the bill."""
    for group in record["itemGroupLines"]:
        group["totalAmount"] = cents(sum((money(line["amount"]) for line in group["itemLines"]), Decimal(0)))
    settle(record)


def settle(record: Record) -> None:
    """Recalculates the totals of a bill from its lines and payments."""
    due = total(record)
    paid = sum(
        (money(link["amount"]) for link in record["linkedTransactions"] if link["linkType"] == "amount"), Decimal(0)
    )
    record["amountDue"], record["openAmount"] = cents(due), cents(max(due + paid, Decimal(0)))
    record["isPaid"] = due + paid <= 0
    if record["exchangeRate"] is not None:
        record["amountDueInHomeCurrency"] = cents(due * Decimal(str(record["exchangeRate"])))


def _replace_lines(books: Books, record: Record, changes: Record) -> None:
    if changes.get("clearExpenseLines"):
        record["expenseLines"] = []
    if changes.get("clearItemLines"):
        # Item lines and group lines are one table in QuickBooks, so the groups go too (docs/vendors/conductor.md,
        # section 8.8).
        record["itemLines"] = record["itemGroupLines"] = []
    for name, replace in _REPLACE.items():
        if name in changes:
            record[name] = replace(books, record[name], changes[name])
    touched = any(name in changes for name in (*_LINES, *_FLAGS)) or "revisionNumber" not in changes
    if touched and not any(record[name] for name in _LINES):
        raise quickbooks("3150", "There is a missing element: a bill must have at least one expense or item line.")
    required = books.preferences["accounting"]["isRequiringAccounts"]
    if required and any(line["account"] is None for line in record["expenseLines"]):
        raise quickbooks("3150", 'There is a missing element: "AccountRef" of an expense line.')


_REPLACE = {
    "expenseLines": replace_expense_lines,
    "itemLines": replace_item_lines,
    "itemGroupLines": replace_group_lines,
}


def _check_links(record: Record, changes: Record) -> None:
    linked = [link for link in record["linkedTransactions"] if link["linkType"] == "amount"]
    for name, word in (("vendorId", "vendor"), ("payablesAccountId", "payablesAccount")):
        if linked and name in changes and changes[name] != record[word]["id"]:
            text = f"Cannot modify this object: the {TARGETS[name].word} of a bill that has payments cannot be changed."
            raise quickbooks("3170", text)


def _check_account(books: Books, record: Record, changes: Record) -> None:
    if "payablesAccountId" in changes:
        account = books.get("accounts", changes["payablesAccountId"])
        if account is None or account["accountType"] != "accounts_payable":
            raise bad_reference("Account", changes["payablesAccountId"], "Bill")
    if "vendorId" in changes and record["currency"]:
        vendor = resolve(books, "vendorId", changes["vendorId"], "Bill")
        if vendor["currency"] and vendor["currency"]["id"] != record["currency"]["id"]:
            raise quickbooks("3170", "Cannot modify this object: the vendor uses another currency than the bill.")


def _new_lines(name: str, value: object) -> object:
    if name not in _LINES or not isinstance(value, list):
        return value
    # A new group takes its sites from its items.
    apart = ("inventorySiteId", "inventorySiteLocationId") if name == _LINES[2] else ()
    return [{"id": NEW, **{key: part for key, part in line.items() if key not in apart}} for line in value]


def _rate(books: Books, vendor: Record) -> float:
    currency = books.get("currencies", vendor["currency"]["id"]) if vendor["currency"] else None
    return (currency and currency["exchangeRate"]) or 1
