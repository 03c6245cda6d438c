"""The other endpoints of a company file: health, settings, deleted records, bills to pay, transactions."""

import time
from typing import Any

from .file import records
from .file.books import Books
from .file.ranges import check_ranges
from .file.references import resolve
from .http.queries import Query, seconds
from .http.resources import TRANSACTIONS, words

_KEPT_DAYS = 90
BILLS_TO_PAY = ("vendorId", "payablesAccountId", "dueDate", "currencyIds")
DELETED = ("deletedAfter", "deletedBefore")
DELETED_KINDS = {
    "objectTypes": words(
        "account billing_rate class currency customer customer_message customer_type date_driven_terms "
        "employee inventory_site item_discount item_fixed_asset item_group item_inventory "
        "item_inventory_assembly item_non_inventory item_other_charge item_payment item_sales_tax "
        "item_sales_tax_group item_service item_subtotal job_type other_name payment_method "
        "payroll_item_non_wage payroll_item_wage price_level sales_representative sales_tax_code ship_method "
        "standard_terms to_do unit_of_measure_set vehicle vendor vendor_type workers_comp_code "
    ),
    "transactionTypes": words(
        "ar_refund_credit_card bill bill_payment_check bill_payment_credit_card build_assembly charge check "
        "credit_card_charge credit_card_credit credit_memo deposit estimate inventory_adjustment invoice "
        "item_receipt journal_entry purchase_order receive_payment sales_order sales_receipt "
        "sales_tax_payment_check time_tracking transfer_inventory vehicle_mileage vendor_credit "
    ),
}


def health(started: float) -> str:
    """The response of a health check that has reached the company file."""
    return records.encode({"duration": max(1, round((time.monotonic() - started) * 1000)), "status": "ok"})


def deleted(books: Books, path: str, query: Query) -> str:
    """The records of these kinds deleted in the last 90 days, newest last."""
    transactions = path == "deleted-transactions"
    member, kind = (
        ("transactionType", "qbd_deleted_transaction") if transactions else ("listType", "qbd_deleted_list_object")
    )
    check_ranges(books, query)
    wanted = query["transactionTypes" if transactions else "objectTypes"]
    after = seconds(books, query["deletedAfter"], False) if "deletedAfter" in query else 0
    before = seconds(books, query["deletedBefore"], True) if "deletedBefore" in query else 2**60
    after = max(after, books.now() - _KEPT_DAYS * 86_400)
    marks = ", ".join("?" for _ in wanted)
    signs = ", ".join("?" for _ in TRANSACTIONS)
    rows = books.store.rows(
        "SELECT listed_as, id, created, deleted, name FROM deletions WHERE company = ? AND deleted BETWEEN ? AND ? "
        f"AND listed_as IN ({marks}) AND resource {'' if transactions else 'NOT'} IN ({signs}) ORDER BY deleted, rowid",
        *(books.company, after, before, *wanted, *TRANSACTIONS),
    )
    last = "refNumber" if transactions else "fullName"
    data = [
        {
            member: row[0],
            "id": row[1],
            "objectType": kind,
            "createdAt": row[2],
            "deletedAt": books.moment(row[3]),
            last: row[4],
        }
        for row in rows
    ]
    return flat_list(path, data)


def bills_to_pay(books: Books, query: Query) -> str:
    """A vendor's open bills, of the usual account unless another one is named."""
    resolve(books, "vendorId", query["vendorId"], "BillToPay")
    usual = books.first("accounts", "accounts_payable")
    query = {**({"payablesAccountId": usual["id"]} if usual else {}), **query}
    where = "company = ? AND resource = 'bills' AND vendor = ? AND NOT paid ORDER BY day, seq"
    keys = books.store.rows(f"SELECT id FROM records WHERE {where}", books.company, query["vendorId"])
    data = []
    for (key,) in keys:
        bill = books.get("bills", key)
        if bill is not None and _is_wanted(bill, query):
            data.append({"bill": _payable(bill), "credit": None})
    return flat_list("bills-to-pay", data)


def flat_list(path: str, data: list[Any]) -> str:
    """A list without pages."""
    return records.encode({"objectType": "list", "url": f"/v1/quickbooks-desktop/{path}", "data": data})


def settings(books: Books, path: str) -> str:
    """The company or its preferences."""
    return records.encode(books.facts[path])


def _is_wanted(bill: records.Record, query: Query) -> bool:
    if "payablesAccountId" in query and bill["payablesAccount"]["id"] != query["payablesAccountId"]:
        return False
    if "dueDate" in query and (bill["dueDate"] or "") > query["dueDate"]:
        return False
    return "currencyIds" not in query or (bill["currency"] or {}).get("id") in query["currencyIds"]


def _payable(bill: records.Record) -> records.Record:
    home = None
    if bill["exchangeRate"] is not None:
        home = records.cents(records.money(bill["openAmount"]) * records.money(str(bill["exchangeRate"])))
    members = ("payablesAccount", "transactionDate", "refNumber", "dueDate", "currency", "exchangeRate")
    shown = {name: bill[name] for name in members}
    head = {"billId": bill["id"], "transactionType": "bill", "amountDue": bill["openAmount"]}
    return {**head, **shown, "amountDueInHomeCurrency": home}
