"""The bills of the company that the machine uses: lines, an item group, terms, one in a foreign currency."""

from typing import Any

from tests.support.vendor import Sandbox

from .companies import ABC, Place

VENDOR, ABROAD = "80000001-1234567890", "80000002-1234567890"
CUSTOMERS = ("80000001-1234567890", "80000009-1234567890")
GROUP = "80000003-1234567890"
EURO = {"id": "80000003-1234567890", "fullName": "EUR"}
NET_60 = "80000003-1234567890"
ACCOUNT = "80000004-1234567890"


def prepare(sandbox: Sandbox, item: str) -> list[Place]:
    """Make two bills; the second one, its vendor and the second customer are in a foreign currency."""
    for resource, key in (("vendors", ABROAD), ("customers", CUSTOMERS[1])):
        sandbox.change(endUserId=ABC, resource=resource, id=key, changes={"currency": EURO})
    group = {"itemGroupId": GROUP, "quantity": 2}
    bills = [
        _make_bill(sandbox, item, "A-1", vendorId=VENDOR),
        _make_bill(sandbox, item, "B-2", vendorId=ABROAD, termsId=NET_60, exchangeRate=1.0725, itemGroupLines=[group]),
    ]
    return [("customers", key) for key in CUSTOMERS] + [("bills", key) for key in bills]


def _make_bill(sandbox: Sandbox, item: str, number: str, **more: Any) -> str:
    expenses = [{"accountId": ACCOUNT, "amount": f"{n}0.00", "memo": f"{number} expense {n}"} for n in (1, 2, 3)]
    items = [{"itemId": item, "quantity": n, "cost": "3.00", "description": f"{number} item {n}"} for n in (1, 2)]
    made: dict[str, Any] = sandbox.post(
        "/quickbooks-desktop/bills",
        ABC,
        transactionDate="2026-11-02",
        refNumber=number,
        memo=f"{number} memo",
        expenseLines=expenses,
        itemLines=items,
        **more,
    )
    return str(made["id"])
