"""What people do in QuickBooks itself: invoices, payments, which move no revision, merges, the clock."""

from decimal import Decimal
from typing import Any

from sandbox.store import Store

from .file import bills, customers, records
from .file.books import Books, open_books
from .file.records import Record, cents, money
from .http.shapes import whole

TRANSACTIONS = "transactions"


def book(store: Store, wanted: dict[str, Any]) -> Record:
    """Books an invoice or a payment of a `customerId`, or a payment of a `billId`; returns it.

    With a `transactionId` the booked one gets another `amount`, or is moved to another `customerId` or `billId`, or is
    deleted with `delete`. A payment has a positive amount, an invoice one by which the customer owes more.
    """
    books = _open(store, wanted)
    with store.transaction():
        if "transactionId" in wanted:
            return _change(books, wanted)
        kind = wanted.get("transactionType", "bill_payment_check" if "billId" in wanted else "receive_payment")
        bill, entity = _find_owner(books, wanted)
        made = _make(books, kind, entity, wanted["amount"])
        _move(books, made, Decimal(wanted["amount"]), bill)
        books.put(TRANSACTIONS, made)
        return made


def merge(store: Store, wanted: dict[str, Any]) -> Record:
    """Merges the customer `id` into the customer `into`: its transactions and its balance go there, and it is gone."""
    books = _open(store, wanted)
    with store.transaction():
        old, into = _need(books, "customers", wanted["id"]), _need(books, "customers", wanted["into"])
        amount = money(old["balance"])
        _add_to_balance(books, old["id"], -amount)
        _add_to_balance(books, into["id"], amount)
        books.rename_references(records.reference(old), records.reference(into))
        books.remove("customers", _need(books, "customers", old["id"]))
        into = _need(books, "customers", into["id"])
        books.touch(into)
        books.put("customers", into)
        return into


def set_clock(store: Store, wanted: dict[str, Any]) -> Record:
    """Sets the PC's clock to `seconds` after the right time, until the next reset."""
    books = _open(store, wanted)
    books.set_clock(int(wanted["seconds"]))
    return {"now": books.moment(books.now())}


def _open(store: Store, wanted: dict[str, Any]) -> Books:
    books = open_books(store, wanted["endUserId"])
    if books is None:
        raise ValueError("There is no such end user.")
    return books


def _need(books: Books, resource: str, key: str) -> Record:
    record = books.get(resource, key)
    if record is None:
        raise ValueError(f"There is no {key} in {resource}.")
    return record


def _make(books: Books, kind: str, entity: Record, amount: str) -> Record:
    moment, key = books.moment(books.now()), books.new_id("transactions")
    made = whole(
        "qbd_transaction",
        transactionType=kind,
        transactionId=key,
        createdAt=moment,
        updatedAt=moment,
        entity=entity,
        transactionDate=moment[:10],
        amount=cents(Decimal(amount)),
    )
    # The store needs an id and a revision, which the list does not show.
    return {**made, "id": key, "revisionNumber": str(books.now())}


def _find_owner(books: Books, wanted: dict[str, Any]) -> tuple[Record | None, Record]:
    """The bill that a payment is of, None if it is of a customer; and the vendor or the customer."""
    if "billId" in wanted:
        bill = _need(books, "bills", wanted["billId"])
        return bill, bill["vendor"]
    return None, records.reference(_need(books, "customers", wanted["customerId"]))


def _change(books: Books, wanted: dict[str, Any]) -> Record:
    made = _need(books, TRANSACTIONS, wanted["transactionId"])
    amount = Decimal(0) if wanted.get("delete") else money(wanted.get("amount", made["amount"]))
    bill = next((bill for bill in _list_bills(books, made["entity"]["id"]) if _find_link(bill, made["id"])), None)
    if "billId" in wanted or "customerId" in wanted:
        _move(books, made, -money(made["amount"]), bill)
        bill, made["entity"] = _find_owner(books, wanted)
        made["amount"] = cents(Decimal(0))
    _move(books, made, amount - money(made["amount"]), bill)
    if wanted.get("delete"):
        books.remove(TRANSACTIONS, made)
        return made
    made["amount"] = cents(amount)
    books.touch(made)
    books.put(TRANSACTIONS, made)
    return made


def _list_bills(books: Books, vendor: str) -> list[Record]:
    where = "company = ? AND resource = 'bills' AND vendor = ?"
    keys = [key for (key,) in books.store.rows(f"SELECT id FROM records WHERE {where}", books.company, vendor)]
    return [_need(books, "bills", key) for key in keys]


def _find_link(bill: Record, key: str) -> Record | None:
    return next((link for link in bill["linkedTransactions"] if link["id"] == key), None)


def _move(books: Books, made: Record, amount: Decimal, bill: Record | None) -> None:
    """Moves the balances by an amount, without a new revision of any record."""
    if bill is None:
        sign = 1 if made["transactionType"] == "invoice" else -1
        _add_to_balance(books, made["entity"]["id"], sign * amount)
        return
    link = _find_link(bill, made["id"])
    paid = amount - money(link["amount"] if link else None)
    others = [one for one in bill["linkedTransactions"] if one is not link]
    bill["linkedTransactions"] = [*others, *([_make_link(made, paid)] if paid else [])]
    bills.settle(bill)
    books.put("bills", bill)


def _make_link(made: Record, paid: Decimal) -> Record:
    shared = {name: made[name] for name in ("transactionType", "transactionDate", "refNumber")}
    return whole("qbd_linked_transaction", id=made["id"], linkType="amount", amount=cents(-paid), **shared)


def _add_to_balance(books: Books, key: str, amount: Decimal) -> None:
    customer = _need(books, "customers", key)
    customer["balance"] = cents(money(customer["balance"]) + amount)
    books.put("customers", customer)
    customers.add_to_totals(books, customer, amount)
