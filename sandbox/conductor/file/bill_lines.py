"""The lines of a bill: how a sent array replaces the stored one, and how amounts are derived from each other."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.conductor.http.errors import no_object, unreadable
from sandbox.conductor.http.shapes import whole

from . import records
from .books import Books
from .records import Record, cents, money
from .references import TARGETS, Target, bad_reference, refer, resolve
from .units import check_unit

NEW = "-1"
_TOO_LARGE = 10**10  # a quantity or a cost (docs/vendors/conductor.md, section 9)
_DERIVED = ("quantity", "cost", "amount")
_VENDOR_PAYEE = Target("payee", ("vendors",), "Vendor")


def replace_expense_lines(books: Books, stored: list[Record], sent: list[Record]) -> list[Record]:
    """The resulting expense lines: kept by id, changed, added with `-1`; the others are removed."""
    lines = []
    for line, changes in _pairs(books, stored, sent, "qbd_expense_line"):
        _change_expense(books, line, changes)
        lines.append(line)
    return lines


def replace_item_lines(books: Books, stored: list[Record], sent: list[Record]) -> list[Record]:
    """The same for item lines."""
    lines: list[Record] = []
    for line, changes in _pairs(books, stored, sent, "qbd_item_line"):
        _change_item(books, line, changes, lines[-1] if lines else None)
        lines.append(line)
    return lines


def replace_group_lines(books: Books, stored: list[Record], sent: list[Record]) -> list[Record]:
    """The same for group lines, whose inner lines follow the same rules."""
    groups = []
    for group, changes in _pairs(books, stored, sent, "qbd_item_group_line"):
        _change_group(books, group, changes)
        groups.append(group)
    return groups


def lines_of(bill: Record) -> Iterable[Record]:
    """Every line with an amount, inside groups too."""
    yield from bill["expenseLines"]
    yield from bill["itemLines"]
    for group in bill["itemGroupLines"]:
        yield from group["itemLines"]


def total(bill: Record) -> Decimal:
    """The total of the lines."""
    return sum((money(line["amount"]) for line in lines_of(bill)), Decimal(0))


def _pairs(books: Books, stored: list[Record], sent: list[Record], kind: str) -> Iterable[tuple[Record, Record]]:
    left = {line["id"]: line for line in stored}
    for entry in sent:
        changes = {name: value for name, value in entry.items() if name != "id"}
        if entry["id"] == NEW:
            yield whole(kind, id=books.new_id("line")), changes
        elif entry["id"] in left:
            yield left.pop(entry["id"]), changes
        else:
            raise no_object(entry["id"])


def _change_expense(books: Books, line: Record, changes: Record) -> None:
    is_new = line["account"] is None and line["amount"] is None
    plain = {name: value for name, value in changes.items() if name != "payeeId"}
    _apply_changes(books, line, plain)
    if "payeeId" in changes:
        _set_payee(books, line, changes["payeeId"])
    if is_new:
        line["amount"] = line["amount"] or "0.00"
        _set_default_billing(line, "payee")
    if "amount" in changes:
        line["amount"] = cents(money(changes["amount"]))


def _set_payee(books: Books, line: Record, key: str) -> None:
    account = books.get("accounts", line["account"]["id"]) if line["account"] else None
    payable = account is not None and account["accountType"] == "accounts_payable"
    line["payee"] = refer(books, "payeeId", key, "Bill", _VENDOR_PAYEE if payable else None)


def _set_default_billing(line: Record, member: str) -> None:
    if line["billingStatus"] is None and line[member] is not None:
        line["billingStatus"] = "billable"


def _change_item(books: Books, line: Record, changes: Record, above: Record | None) -> None:
    is_new = line["item"] is None and line["amount"] is None
    item = resolve(books, "itemId", changes["itemId"], "Bill") if "itemId" in changes else None
    if "overrideItemAccountId" in changes:
        # Checked, then dropped: no response ever has it.
        resolve(books, "overrideItemAccountId", changes["overrideItemAccountId"], "Bill")
    apart = (*_DERIVED, "overrideItemAccountId")
    _apply_changes(books, line, {name: value for name, value in changes.items() if name not in apart})
    if "inventorySiteLocationId" in changes:
        _check_bin(books, line)
    if "unitOfMeasure" in changes:
        check_unit(books, line, "item")
    if is_new:
        line["description"] = line["description"] or (_purchase(item)[0] if item else None)
        _set_default_billing(line, "customer")
    if item is not None and item["objectType"] == "qbd_discount_item":
        _derive_discount(line, changes, item, above)
        return
    _derive(line, {name: changes[name] for name in _DERIVED if name in changes}, item if is_new else None, is_new)


def _check_bin(books: Books, line: Record) -> None:
    """Refuses a bin of another site than the line's."""
    place = resolve(books, "inventorySiteLocationId", line["inventorySiteLocation"]["id"], "Bill")
    if line["inventorySite"] is not None and place["parent"]["id"] != line["inventorySite"]["id"]:
        raise bad_reference("InventorySiteLocation", place["id"], "Bill")


def _derive(line: Record, sent: Record, item: Record | None, is_new: bool) -> None:
    """Derives the missing one of quantity, cost and amount; with none sent, one piece at the item's cost."""
    if not sent and not is_new:
        return
    quantity = _decimal(sent.get("quantity", line["quantity"]))
    cost = _decimal(sent.get("cost", line["cost"]))
    amount = _decimal(sent.get("amount"))
    if is_new and cost is None and amount is None:
        cost = money(_purchase(item)[1]) if item else Decimal(0)
    if is_new and quantity is None and not (amount and cost):
        quantity = Decimal(1)
    if amount is None:
        amount = cost * (Decimal(1) if quantity is None else quantity) if cost is not None else money(line["amount"])
    elif (quantity is None and cost and "cost" in sent) or ("quantity" not in sent and "cost" in sent and cost):
        quantity = amount / cost
    elif quantity and ("cost" not in sent or cents(quantity * (cost or Decimal(0))) != cents(amount)):
        cost = amount / quantity
    line["quantity"] = None if quantity is None else _number(quantity)
    line["cost"] = None if cost is None else _price(cost)
    line["amount"] = cents(amount)


def _derive_discount(line: Record, sent: Record, item: Record, above: Record | None) -> None:
    """A discount has no quantity; without an amount it is a percentage of the line above."""
    line["quantity"] = line["cost"] = None
    rate = money(item["discountRatePercent"]) / 100 * (money(above["amount"]) if above else Decimal(0))
    given = sent.get("amount", sent.get("cost"))
    line["amount"] = cents(money(given) if given is not None else rate or money(item["discountRate"]))


def _change_group(books: Books, group: Record, changes: Record) -> None:
    is_new = group["itemGroup"] is None
    old_quantity = group["quantity"]
    inner = {name: value for name, value in changes.items() if name not in ("itemLines", "itemGroupId")}
    kind = resolve(books, "itemGroupId", changes["itemGroupId"], "Bill") if "itemGroupId" in changes else None
    if is_new and kind is None:
        raise bad_reference("ItemGroup", "", "Bill")
    _apply_changes(books, group, inner)
    if kind is not None and (is_new or kind["id"] != group["itemGroup"]["id"]):
        group["itemGroup"], group["description"] = records.reference(kind), kind["description"]
        group["quantity"] = group["quantity"] or 1
        group["itemLines"] = _group_contents(books, kind, group["quantity"])
    elif group["quantity"] != old_quantity and "itemLines" not in changes:
        _scale(group, old_quantity)
    if "unitOfMeasure" in changes:
        check_unit(books, group, "itemGroup")
    if "itemLines" in changes:
        group["itemLines"] = replace_item_lines(books, group["itemLines"], changes["itemLines"])
    group["totalAmount"] = cents(sum((money(line["amount"]) for line in group["itemLines"]), Decimal(0)))


def _group_contents(books: Books, kind: Record, quantity: float) -> list[Record]:
    sent = [
        {
            "id": NEW,
            "itemId": entry["item"]["id"],
            "quantity": _number(_decimal(entry["quantity"] or 1) * _decimal(quantity)),
        }
        for entry in kind["lines"]
        if entry["item"]
    ]
    return replace_item_lines(books, [], sent)


def _scale(group: Record, old_quantity: float | None) -> None:
    for line in group["itemLines"]:
        if line["quantity"] is not None and old_quantity:
            count = _decimal(line["quantity"]) * _decimal(group["quantity"] or 0) / _decimal(old_quantity)
            _derive(line, {"quantity": _number(count)}, None, False)


def _apply_changes(books: Books, line: Record, changes: Record) -> None:
    for name, value in changes.items():
        if name in TARGETS:
            line[TARGETS[name].member] = refer(books, name, value, "Bill")
        elif name == "customFields":
            line[name] = [{**field, "type": "string_255_type"} for field in value]
        else:
            line[name] = None if value == "" else value


def _purchase(item: Record) -> tuple[str | None, str | None]:
    """An item's purchase description and cost, from the members of its kind."""
    details = item.get("salesAndPurchaseDetails")
    if details:
        return details["purchaseDescription"], details["purchaseCost"]
    details = item.get("salesOrPurchaseDetails")
    if details:
        return details["description"], details["price"]
    return item.get("purchaseDescription") or item.get("description"), item.get("purchaseCost")


def _decimal(value: Any) -> Any:
    return None if value is None else Decimal(str(value))


def _number(value: Decimal) -> int | float:
    if abs(value) >= _TOO_LARGE:
        raise unreadable("quantity", value, "Quantity")
    value = value.quantize(Decimal("0.00001"), ROUND_HALF_UP)
    return int(value) if value == value.to_integral_value() else float(value)


def _price(value: Decimal) -> str:
    """A unit cost: two decimals at least, five at most."""
    if abs(value) >= _TOO_LARGE:
        raise unreadable("price", value, "Cost")
    text = str(value.quantize(Decimal("0.00001"), ROUND_HALF_UP))
    while text.endswith("0") and len(text) - text.index(".") > 3:
        text = text[:-1]
    return text
