"""The bills of the company that the machine uses: lines, an item group, terms, one in a foreign currency."""

from typing import Any

from tests.support.vendor import Sandbox

from .companies import ABC, Place

VENDOR = "80000001-1234567890"
ACCOUNT = "80000004-1234567890"


def make_bills(sandbox: Sandbox, item: str) -> list[Place]:
    return [("bills", _make_bill(sandbox, item, number)) for number in ("A-1", "B-2")]


def _make_bill(sandbox: Sandbox, item: str, number: str) -> str:
    expenses = [{"accountId": ACCOUNT, "amount": f"{n}0.00", "memo": f"{number} expense {n}"} for n in (1, 2, 3)]
    items = [{"itemId": item, "quantity": n, "cost": "3.00", "description": f"{number} item {n}"} for n in (1, 2)]
    made: dict[str, Any] = sandbox.post(
        "/quickbooks-desktop/bills",
        ABC,
        vendorId=VENDOR,
        transactionDate="2026-11-02",
        refNumber=number,
        memo=f"{number} memo",
        expenseLines=expenses,
        itemLines=items,
    )
    return str(made["id"])
