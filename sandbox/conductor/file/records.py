"""Converts between a record and its stored row; no other module does."""

import json
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.conductor.http.errors import unreadable
from sandbox.store import Row

Record = dict[str, Any]

_LINES = {
    "bills": ("expenseLines", "itemLines", "itemGroupLines"),
    "purchase-orders": ("lines", "lineGroups"),
    "customers": ("alternateShippingAddresses",),
}
_LINKS = {"bills": ("linkedTransactions",), "purchase-orders": ("linkedTransactions",)}
_KINDS = ("accountType", "paymentMethodType", "priceLevelType")
CENT = Decimal("0.01")
_TOO_LARGE = 10**13  # an amount (docs/vendors/conductor.md, section 9)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode(value: Any) -> str:
    """JSON in this API's format."""
    return _encode(value)


def cents(amount: Decimal) -> str:
    """An amount of money in the API's format, rounded half up; QuickBooks refuses one above 13 digits."""
    if abs(amount) >= _TOO_LARGE:
        raise unreadable("amount", amount, "Amount")
    return str(amount.quantize(CENT, ROUND_HALF_UP))


def money(text: str | None) -> Decimal:
    """An amount as a number; a missing one is zero."""
    return Decimal(text or "0")


def label(record: Record) -> str | None:
    """The name in a reference to this record."""
    if "entity" in record:
        entity: str | None = record["entity"]["fullName"]
        return entity
    name: str | None = record.get("fullName") or record.get("name") or record.get("refNumber")
    return name


def reference(record: Record) -> Record:
    """A reference to this record."""
    return {"id": record["id"], "fullName": label(record)}


def to_row(company: str, resource: str, record: Record) -> Row:
    """The row that stores a record."""
    name = record.get("name") or record.get("initial") or ""
    body, lines, links = _pieces(resource, record)
    return Row(
        seq=None,
        company=company,
        resource=resource,
        id=record["id"],
        name=name.casefold(),
        full_name=(record.get("fullName") or name).casefold(),
        parent=_key(record, "parent"),
        active=int(record.get("isActive", True)),
        updated=int(datetime.fromisoformat(record["updatedAt"]).timestamp()),
        revision=int(record["revisionNumber"]),
        currency=_key(record, "currency"),
        class_=_key(record, "class"),
        balance=_hundredths(record.get("totalBalance") or record.get("balance")),
        kind=next((record[name] for name in _KINDS if name in record), None),
        day=record.get("transactionDate"),
        vendor=_key(record, "vendor") or _key(record, "entity"),
        accounts=_accounts(record),
        ref_number=record.get("refNumber"),
        paid=int(bool(record.get("isPaid"))),
        body=body,
        lines=lines,
        links=links,
    )


def to_record(row: Row) -> Record:
    """The record of a stored row."""
    record: Record = json.loads(text(row.resource, row.body, row.lines, row.links))
    return record


def text(resource: str, body: str, lines: str, links: str, with_lines: bool = True, with_links: bool = True) -> str:
    """The record as it is sent, with or without its lines and links."""
    if resource not in _LINES:
        return "{" + body + "}"
    if not with_lines:
        lines = _NOTHING[resource]
    if resource not in _LINKS:
        return "{" + body + "," + lines + "}"
    return "{" + body + "," + lines + "," + (links if with_links else '"linkedTransactions":[]') + "}"


_NOTHING = {
    "bills": '"expenseLines":[],"itemLines":[],"itemGroupLines":[]',
    "purchase-orders": '"lines":[],"lineGroups":[]',
    "customers": '"alternateShippingAddresses":null',
}


def _pieces(resource: str, record: Record) -> tuple[str, str, str]:
    rest = dict(record)
    lines = {name: rest.pop(name) for name in _LINES.get(resource, ())}
    links = {name: rest.pop(name) for name in _LINKS.get(resource, ())}
    return _encode(rest)[1:-1], _encode(lines)[1:-1], _encode(links)[1:-1]


def _key(record: Record, name: str) -> str | None:
    value = record.get(name)
    return value["id"] if value else None


def _hundredths(amount: str | None) -> int:
    return int(Decimal(amount) * 100) if amount else 0


def _accounts(record: Record) -> str:
    if "expenseLines" not in record:
        return ""
    keys = {line["account"]["id"] for line in record["expenseLines"] if line["account"]}
    if record["payablesAccount"]:
        keys.add(record["payablesAccount"]["id"])
    return " " + " ".join(sorted(keys)) + " "
