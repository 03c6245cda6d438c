"""A bill as it might come from QuickBooks, with all three kinds of lines, for tests that need no vendor."""

from typing import Any

from django.http import QueryDict

from books import registry
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


BILL = {
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
