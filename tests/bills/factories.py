"""A bill as it might come from QuickBooks, with all three kinds of lines, for tests that need no vendor."""

from typing import Any

from django.http import QueryDict

from bills.checks.lookup import list_checks
from books import registry
from books.mirror import lookup
from books.models import Record
from records.content import Content
from records.decoder import decode
from tenants.models import Tenant


def named(key: str, name: str) -> dict[str, str]:
    return {"id": key, "fullName": name}


def expense(key: str, account: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "account": named("A" + key, account), "amount": amount, **more}


def item(key: str, name: str, quantity: float | None, cost: str | None, amount: str, **more: Any) -> dict[str, Any]:
    line = {"id": key, "item": named("T" + key, name), "quantity": quantity, "cost": cost, "amount": amount}
    return {**line, "unitOfMeasure": "each", **more}


BILL: dict[str, Any] = {
    "id": "B1",
    "revisionNumber": "100",
    "vendor": named("V1", "Cobalt Ridge Packaging"),
    "payablesAccount": named("P1", "Accounts Payable"),
    "refNumber": "7731",
    "transactionDate": "2026-10-28",
    "dueDate": "2026-11-12",
    "amountDue": "937.60",
    "openAmount": "937.60",
    "isPaid": False,
    "memo": "Cartons",
    "expenseLines": [
        expense("E1", "Freight In", "218.00", memo="Inbound, 2 pallets"),
        expense("E2", "Office Supplies", "86.40"),
    ],
    "itemLines": [item("I1", "Box 12 × 9 × 4", 200, "1.15", "230.00", description="Single <wall>")],
    "itemGroupLines": [
        {
            "id": "G1",
            "itemGroup": named("G1", "Shipping station kit"),
            "quantity": 1,
            "totalAmount": "232.00",
            "itemLines": [item("M1", "Tape", 2, "18.50", "37.00"), item("M2", "Label", 10, "19.50", "195.00")],
        }
    ],
}


def bill(tenant: Tenant, **changed: Any) -> Content:
    """The bill, with members changed in the vendor's spelling."""
    return decode(registry.get_table(tenant, "bills").shape, {**BILL, **changed})


def data_of(inputs: dict[str, str]) -> QueryDict:
    """Inputs as a form posts them; `__` in a name stands for `-`."""
    data = QueryDict(mutable=True)
    for name, text in inputs.items():
        data[name.replace("__", "-")] = text
    return data


EACH = {"name": "Each", "abbreviation": "ea"}
UNITS = [{"name": "Dozen", "conversionRatio": "12"}, {"name": "Case", "conversionRatio": "24"}]
DOLLAR, EURO = named("USD", "US Dollar"), named("EUR", "Euro")
QUAY = {"line1": "Norrland", "line2": "5 Quay St", "city": "Reno"}
# By kind: what the lists of a company may hold that its bills refer to. A vendor and a customer have the same id.
LISTS: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"id": "AE1", "fullName": "Freight In", "accountType": "expense"},
        {"id": "P1", "fullName": "Accounts Payable", "accountType": "accounts_payable"},
        {"id": "R1", "fullName": "Accounts Receivable", "accountType": "accounts_receivable"},
    ],
    "customers": [{"id": "V1", "fullName": "Ada"}],
    "vendors": [
        {"id": "V1", "name": "Cobalt Ridge Packaging", "currency": DOLLAR},
        {"id": "V2", "name": "Norrland", "currency": DOLLAR, "billingAddress": QUAY},
        {"id": "V3", "name": "Øresund", "currency": EURO},
    ],
    "inventory-sites": [
        {"id": "S1", "name": "Main"},
        {"id": "S2", "name": "Annex"},
        {"id": "N1", "name": "Shelf A", "parent": named("S1", "Main")},
        {"id": "N2", "name": "Shelf A", "parent": named("S2", "Annex")},
        {"id": "N3", "name": "Shelf B", "parent": named("S2", "Annex")},
    ],
    "unit-of-measure-sets": [{"id": "U9", "name": "Count", "baseUnit": EACH, "relatedUnits": UNITS}],
    "inventory-items": [
        {"id": "TI1", "fullName": "Box 12 × 9 × 4", "purchaseCost": "1.15", "unitOfMeasureSet": named("U1", "Count")}
    ],
    "discount-items": [
        {"id": "D1", "fullName": "Trade discount", "discountRatePercent": "-5.0"},
        {"id": "D2", "fullName": "Coupon", "discountRate": "3.00"},
    ],
    "subtotal-items": [{"id": "Z1", "name": "Subtotal"}],
}


def store_lists(tenant: Tenant) -> None:
    """Put these lists into the mirror of a company."""
    for kind, rows in LISTS.items():
        for row in rows:
            lookup.store_record(tenant, registry.get_table(tenant, kind), {"isActive": True, **row})


def store_bill(tenant: Tenant, **changed: Any) -> Record:
    """The bill in the mirror, with members changed in the vendor's spelling."""
    return lookup.store_record(tenant, registry.get_table(tenant, "bills"), {**BILL, **changed})


def list_titles(record: Record, **changed: Any) -> list[str]:
    """What is said of a change of that bill: to these values."""
    base = lookup.get_content(record)
    return [check.title for check in list_checks(record, base, base.replace(**changed))]


def new_line(content: Content, section: str, **values: Any) -> dict[str, tuple[Content, ...]]:
    """A section of a bill with a new line behind the others."""
    shape = content.shape[section].shape
    return {section: (*content[section], Content(shape, {"id": "-1", **values}))}
