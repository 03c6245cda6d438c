"""Larch Street Supply: a wholesaler with stock, sites, units, classes and foreign vendors."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from sandbox.conductor.file.records import Record, reference
from sandbox.conductor.http.shapes import whole
from sandbox.store import Store

from . import invented
from .company_builder import Setup
from .lists import add_currencies, add_lists, add_vendor
from .long_bills import add_long_bills
from .settings import facts, preferences
from .stock import add_stock
from .words import SPECIAL, address, firm_names

ID = "end_usr_wholesaler0001"
_LONG_BILLS = 2
_EXPENSES = ("Utilities", "Rent", "Insurance", "Office Supplies", "Automobile:Fuel", "Advertising")
_RATES = {"US Dollar": 1, "Canadian Dollar": 0.73, "Euro": 1.09}


def add_wholesaler(store: Store, customers: int, bills: int) -> None:
    """Writes the whole company with so many customers and bills."""
    setup = Setup(store, ID, -300, 20_262)
    classes = ("Wholesale", "Retail", "Retail:Online", "Retail:Store", "Overhead")
    add_lists(setup, classes, ("Retailer", "Retailer:Chain", "Restaurant", "Institution"))
    home = add_currencies(setup, "USD")
    names = firm_names(setup.chance, setup.taken)
    vendors = [_vendor(setup, name, number) for number, name in enumerate(islice(names, 60))]
    add_stock(setup, vendors)
    some = _add_customers(setup, names, home, customers)
    orders = [_order(setup, vendors[number % 12]) for number in range(40)]
    for number, day in enumerate(invented.bill_days(setup, max(0, bills - _LONG_BILLS))):
        _add_bill(setup, vendors, day, orders.pop() if orders and number % 9 == 0 else None)
    add_long_bills(setup, vendors[0], home, some)
    _finish(setup, home)


def _vendor(setup: Setup, name: str, number: int) -> Record:
    currency = {7: "Canadian Dollar", 9: "Euro"}.get(number % 10, "US Dollar")
    terms = setup.chance.choice(tuple(invented.TERM_DAYS))
    vendor = add_vendor(setup, name, terms, setup.ref("currencies", currency))
    return {**vendor, "currency": currency, "terms": terms}


def _add_customers(setup: Setup, names: Iterator[str], home: Record, count: int) -> list[Record]:
    some: list[Record] = []
    source = iter((*SPECIAL, *islice(names, max(0, count - len(SPECIAL)))))
    for name in islice(source, count):
        record = invented.customer(setup, name, home)
        if setup.chance.random() < 0.5:
            record["class"] = setup.pick("classes")
        setup.add("customers", record)
        if len(some) < 300 and record["isActive"]:
            some.append(reference(record))
    return some


def _head(vendor: Record) -> Record:
    return {"id": vendor["id"], "fullName": vendor["fullName"]}


def _add_bill(setup: Setup, vendors: list[Record], day: date, order: Record | None) -> None:
    chance = setup.chance
    vendor = chance.choice(vendors)
    if order is not None:
        vendor = next(each for each in vendors if each["id"] == order["vendor"]["id"])
        day = max(day, date.fromisoformat(order["transactionDate"]))
    money = {"currency": setup.ref("currencies", vendor["currency"]), "exchangeRate": _RATES[vendor["currency"]]}
    bill = invented.new_bill(setup, _head(vendor), day, vendor["terms"], **money)
    if order is not None:
        bill["itemLines"] = [
            invented.item_line(setup, line["item"], line["quantity"], line["rate"], description=line["description"])
            for line in order["lines"]
        ]
        bill["linkedTransactions"] = [_link(order)]
    elif chance.random() < 0.3:
        account = setup.ref("accounts", chance.choice(_EXPENSES))
        amount = f"{chance.randrange(2_000, 400_000) / 100:.2f}"
        bill["expenseLines"] = [invented.expense_line(setup, account, amount, class_=setup.ref("classes", "Overhead"))]
    else:
        bill["itemLines"] = [_stock_line(setup) for _ in range(chance.choice((1, 2, 3, 4)))]
    invented.finish_bill(setup, bill)


def _stock_line(setup: Setup) -> Record:
    chance = setup.chance
    item = setup.pick("inventory-items")
    cost = f"{chance.randrange(80, 9_000) / 100:.2f}"
    known = {
        "inventorySite": setup.ref("inventory-sites", "Main Warehouse"),
        "class": setup.ref("classes", "Wholesale"),
    }
    line = invented.item_line(
        setup, item, chance.randrange(1, 60), cost, description=item["fullName"], unitOfMeasure="Each"
    )
    return {**line, **known}


def _order(setup: Setup, vendor: Record) -> Record:
    chance = setup.chance
    day = date(2026, chance.randrange(1, 11), chance.randrange(1, 28))
    lines = []
    for _ in range(chance.choice((1, 2, 3))):
        item, quantity, rate = (
            setup.pick("inventory-items"),
            chance.randrange(5, 50),
            f"{chance.randrange(200, 5_000) / 100:.2f}",
        )
        amount = f"{quantity * round(float(rate) * 100) / 100:.2f}"
        known = {"item": item, "quantity": quantity, "rate": rate, "amount": amount, "description": item["fullName"]}
        lines.append(whole("qbd_purchase_order_line", id=setup.new_id("lines"), isManuallyClosed=False, **known))
    order = setup.make(
        "purchase-orders",
        setup.new_id("transactions"),
        vendor=_head(vendor),
        transactionDate=day.isoformat(),
        refNumber=f"PO-{chance.randrange(1000, 9999)}",
        totalAmount=f"{sum(round(float(line['amount']) * 100) for line in lines) / 100:.2f}",
        isManuallyClosed=False,
        isFullyReceived=False,
        currency=setup.ref("currencies", vendor["currency"]),
        exchangeRate=_RATES[vendor["currency"]],
        lines=lines,
    )
    setup.add("purchase-orders", order)
    return order


def _link(order: Record) -> Record:
    return whole(
        "qbd_linked_transaction",
        id=order["id"],
        transactionType="purchase_order",
        transactionDate=order["transactionDate"],
        refNumber=order["refNumber"],
        linkType="quantity",
    )


def _finish(setup: Setup, home: Record) -> None:
    wishes = preferences(
        home=home,
        classes=True,
        sites=True,
        inventory=True,
        closing_date=None,
        taxable=setup.ref("sales-tax-codes", "Tax"),
        non_taxable=setup.ref("sales-tax-codes", "Non"),
        tax_item=setup.ref("sales-tax-items", "State Sales Tax"),
    )
    place = address(setup.chance, "Larch Street Supply")
    known = facts(
        "Larch Street Supply", "larch-street", "2023-09-18T09:05:30.000Z", "int_conn_wholesaler01", place, wishes
    )
    setup.finish(known, success="2026-11-20T15:59:44.120Z")
