"""What a new bill takes from purchase orders: whole orders or single lines. What it takes is then received.

An order that is received keeps its revision, as a bill does that is paid. Sources: docs/vendors/conductor.md, section
8.8, and the code 570 in section 7.
"""

from decimal import Decimal

from sandbox.conductor.http.errors import no_object, quickbooks
from sandbox.conductor.http.shapes import whole

from .books import Books
from .records import Record
from .references import bad_reference

_LINK = "linkToTransactionLine"


def receive_orders(books: Books, bill: Record, body: Record) -> Record:
    """Links the bill to the orders that its body names; returns the body with the lines that they bring."""
    keys = body.get("linkToTransactionIds", [])
    sent = [_receive_line(books, bill, line, keys) if _LINK in line else line for line in body.get("itemLines", [])]
    _check_order_of_lines(books, body)
    brought = [line for key in keys for line in _receive_whole(books, bill, key)]
    lines = {"itemLines": brought + sent} if brought or sent else {}
    return {**{name: value for name, value in body.items() if name != "linkToTransactionIds"}, **lines}


def _receive_whole(books: Books, bill: Record, key: str) -> list[Record]:
    order = _find_order(books, bill, key)
    taken = [line for line in order["lines"] if line["item"] and _left(line)]
    if not taken:
        raise _closed(key)
    brought = [
        {"itemId": line["item"]["id"], "quantity": _left(line), **({"cost": line["rate"]} if line["rate"] else {})}
        for line in taken
    ]
    _note_received(books, bill, order, [(line, _left(line)) for line in taken])
    return brought


def _receive_line(books: Books, bill: Record, sent: Record, whole_orders: list[str]) -> Record:
    link = sent[_LINK]
    if "itemId" in sent or link["transactionId"] in whole_orders:
        text = "A line that is linked has the item of its order, which cannot be linked as a whole besides."
        raise quickbooks("3210", text)
    order = _find_order(books, bill, link["transactionId"])
    line = next((one for one in order["lines"] if one["id"] == link["transactionLineId"]), None)
    if line is None:
        raise no_object(link["transactionLineId"])
    if not line["item"] or not _left(line):
        raise _closed(link["transactionLineId"])
    quantity = sent.get("quantity", _left(line))
    _note_received(books, bill, order, [(line, quantity)])
    brought = {"itemId": line["item"]["id"], "quantity": quantity, **({"cost": line["rate"]} if line["rate"] else {})}
    return {**brought, **{name: value for name, value in sent.items() if name != _LINK}}


def _check_order_of_lines(books: Books, body: Record) -> None:
    last: dict[str, int] = {}
    for link in (line[_LINK] for line in body.get("itemLines", []) if _LINK in line):
        order = books.get("purchase-orders", link["transactionId"])
        place = [line["id"] for line in order["lines"]].index(link["transactionLineId"]) if order else 0
        if place < last.get(link["transactionId"], 0):
            raise quickbooks("3210", "Lines that are linked to one transaction must be in its order.")
        last[link["transactionId"]] = place


def _find_order(books: Books, bill: Record, key: str) -> Record:
    order = books.get("purchase-orders", key)
    if order is None or order["vendor"]["id"] != bill["vendor"]["id"]:
        raise bad_reference("PurchaseOrder", key, "Bill")
    if order["isManuallyClosed"] or order["isFullyReceived"]:
        raise _closed(key)
    return order


def _left(line: Record) -> int | float:
    if line["isManuallyClosed"]:
        return 0
    left = Decimal(str(line["quantity"] or 0)) - Decimal(str(line["receivedQuantity"] or 0))
    return max(0, int(left) if left == left.to_integral_value() else float(left))


def _note_received(books: Books, bill: Record, order: Record, taken: list[tuple[Record, int | float]]) -> None:
    for line, quantity in taken:
        line["receivedQuantity"] = (line["receivedQuantity"] or 0) + quantity
        line["unbilledQuantity"] = _left(line)
        line["isBilled"] = not _left(line)
    order["isFullyReceived"] = not any(_left(line) for line in order["lines"])
    if not any(link["id"] == bill["id"] for link in order["linkedTransactions"]):
        order["linkedTransactions"].append(_make_link(bill, "bill"))
        bill["linkedTransactions"].append(_make_link(order, "purchase_order"))
    books.put("purchase-orders", order)


def _make_link(record: Record, kind: str) -> Record:
    shared = {name: record[name] for name in ("id", "transactionDate", "refNumber")}
    return whole("qbd_linked_transaction", transactionType=kind, linkType="quantity", amount=None, **shared)


def _closed(key: str) -> Exception:
    return quickbooks("570", f'The transaction "{key}" cannot be linked, because it is empty or already closed.')
