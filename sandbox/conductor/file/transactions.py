"""The list of all transactions: bills, purchase orders, and the payments and invoices that were booked in QuickBooks.

The payments with which the companies begin are only known from the bills that they are linked to, and not listed.
"""

from array import array
from collections.abc import Iterator
from typing import Any

from sandbox.conductor.http.errors import not_found
from sandbox.conductor.http.queries import Query, seconds
from sandbox.conductor.http.resources import RESOURCES, TRANSACTIONS, words
from sandbox.conductor.http.shapes import MEMBERS, whole
from sandbox.store import Row

from . import ranges, records
from .books import Books
from .lists import Iterations, answer_page
from .records import Record

CHOICES = {
    "transactionTypes": words(
        "all ar_refund_credit_card bill bill_payment_check bill_payment_credit_card build_assembly charge check "
        "credit_card_charge credit_card_credit credit_memo deposit estimate inventory_adjustment invoice "
        "item_receipt journal_entry liability_adjustment paycheck payroll_liability_check purchase_order "
        "receive_payment sales_order sales_receipt sales_tax_payment_check transfer vendor_credit ytd_adjustment "
    ),
    "detailLevel": ("all", "transaction_lines_only", "transactions_without_lines"),
    "postingStatus": ("either", "non_posting", "posting"),
    "paymentStatus": ("closed", "either", "open"),
}
_SHOWN = MEMBERS["qbd_transaction"].split()
_NOT_POSTED = ("purchase_order", "estimate", "sales_order")
_SELECT = f"SELECT * FROM records WHERE company = ? AND resource IN ({', '.join('?' for _ in TRANSACTIONS)})"


def answer_list(books: Books, iterations: Iterations, query: Query) -> str:
    """The complete response to a list request, as text."""
    return answer_page(books, iterations, RESOURCES["transactions"], query, _matches, _join)


def retrieve(books: Books, key: str) -> str:
    """One transaction."""
    (row,) = _exact(books, "id", [key])
    return records.encode(_head(records.to_record(row)))


def _matches(books: Books, query: Query) -> list[int]:
    """The numbers of the stored rows that match a query, in QuickBooks' own order."""
    if "ids" in query:
        return [row.seq or 0 for row in _exact(books, "id", query["ids"])]
    if "refNumbers" in query:
        return [row.seq or 0 for row in _exact(books, "ref_number", query["refNumbers"])]
    ranges.check_ranges(books, query)
    where, values = [""], list[Any]()
    for name, column, end in (("updatedAfter", "updated >= ?", False), ("updatedBefore", "updated <= ?", True)):
        if name in query:
            where.append(column)
            values.append(seconds(books, query[name], end))
    for name, column in (("transactionDateFrom", "day >= ?"), ("transactionDateTo", "day <= ?")):
        if name in query:
            where.append(column)
            values.append(query[name])
    rows = books.store.rows(f"{_SELECT}{' AND '.join(where)} ORDER BY day, seq", books.company, *TRANSACTIONS, *values)
    return [row.seq or 0 for row in map(Row._make, rows) if _is_wanted(records.to_record(row), row, query)]


def _exact(books: Books, column: str, wanted: list[str]) -> list[Row]:
    found: list[Row] = []
    for value in dict.fromkeys(wanted):
        rows = books.store.rows(f"{_SELECT} AND {column} = ? ORDER BY seq", books.company, *TRANSACTIONS, value)
        if not rows:
            raise not_found(value)
        found += map(Row._make, rows)
    return found


def _is_wanted(record: Record, row: Row, query: Query) -> bool:
    head, text = _head(record), row.body + row.lines
    number, ranged = head["refNumber"] or "", ranges.find_range(query)
    asked_types = query.get("transactionTypes", ["all"])
    is_open = record.get("isPaid", record.get("isFullyReceived", True)) is False
    is_posted = head["transactionType"] not in _NOT_POSTED
    return (
        ("all" in asked_types or head["transactionType"] in asked_types)
        and query.get("refNumberContains", "") in number
        and number.startswith(query.get("refNumberStartsWith", ""))
        and number.endswith(query.get("refNumberEndsWith", ""))
        and (ranged is None or (bool(number) and ranged.holds(number, query)))
        and _names(head, "entity", query.get("entityIds"))
        and _names(head, "currency", query.get("currencyIds"))
        and _mentions(text, ("account", "payablesAccount"), query.get("accountIds"))
        and _mentions(text, ("item",), query.get("itemIds"))
        and _mentions(text, ("class",), query.get("classIds"))
        and query.get("paymentStatus", "either") in ("either", "open" if is_open else "closed")
        and query.get("postingStatus", "either") in ("either", "posting" if is_posted else "non_posting")
    )


def _names(head: Record, member: str, wanted: list[str] | None) -> bool:
    return wanted is None or bool(head[member] and head[member]["id"] in wanted)


def _mentions(text: str, members: tuple[str, ...], wanted: list[str] | None) -> bool:
    return wanted is None or any(f'"{member}":{{"id":"{key}"' in text for member in members for key in wanted)


def _join(books: Books, keys: "array[int]", query: Query) -> str:
    level = query.get("detailLevel", "transactions_without_lines")
    texts = []
    for key in keys:
        for row in books.store.rows("SELECT * FROM records WHERE seq = ?", key):
            record = records.to_record(Row._make(row))
            head = [_head(record)] if level != "transaction_lines_only" else []
            lines = list(_lines(record)) if level != "transactions_without_lines" else []
            texts += [records.encode(one) for one in (*head, *lines)]
    return ",".join(texts)


def _head(record: Record) -> Record:
    """A record as the list of transactions shows it."""
    if "transactionType" in record:
        return {name: record[name] for name in _SHOWN}
    is_bill = record["objectType"] == "qbd_bill"
    amount = record["amountDue" if is_bill else "totalAmount"]
    return _shown(
        transactionType="bill" if is_bill else "purchase_order",
        transactionId=record["id"],
        entity=record["vendor"],
        account=record.get("payablesAccount"),
        amount=amount or "0.00",
        amountInHomeCurrency=record["amountDueInHomeCurrency" if is_bill else "totalAmountInHomeCurrency"],
        **{name: record[name] for name in _COPIED},
    )


_COPIED = ("createdAt", "updatedAt", "transactionDate", "refNumber", "currency", "exchangeRate", "memo")


def _lines(record: Record) -> Iterator[Record]:
    head = _head(record)
    groups = (line for group in record.get("itemGroupLines", ()) for line in group["itemLines"])
    for line in (*record.get("expenseLines", ()), *record.get("itemLines", ()), *groups, *record.get("lines", ())):
        told = {"amount": line["amount"] or "0.00", "memo": line.get("memo") or line.get("description")}
        yield {**head, "transactionLineId": line["id"], "account": line.get("account"), **told}


def _shown(**known: Any) -> Record:
    shown = whole("qbd_transaction", **known)
    return {name: shown[name] for name in _SHOWN}
