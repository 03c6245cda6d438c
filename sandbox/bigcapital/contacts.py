"""A contact as stored, and as it is sent. Customers and vendors share one table and one id sequence."""

import json
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.store import Row, Store

from .organizations import Organization
from .spelling import in_wire_order

Contact = dict[str, Any]

RESOURCE = "contacts"
_PLACE_PARTS = ("1", "2", "_city", "_country", "_email", "_postcode", "_phone", "_state")
COLUMNS = (
    *("id", "contact_service", "contact_type", "balance", "currency_code", "opening_balance", "opening_balance_at"),
    *("opening_balance_exchange_rate", "opening_balance_branch_id", "salutation", "first_name", "last_name"),
    *("company_name", "display_name", "email", "work_phone", "personal_phone", "website"),
    *(f"billing_address{part}" for part in _PLACE_PARTS),
    *(f"shipping_address{part}" for part in _PLACE_PARTS),
    *("note", "active", "created_at", "updated_at"),
)
# Not a column, and never sent: how many transactions prevent the contact's deletion.
TRANSACTIONS = "transactions"
_TYPES = {"business": "Business", "individual": "Individual"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def blank(number: int, service: str, name: str, currency: str) -> Contact:
    """A contact with only a name."""
    known = {"id": number, "contact_service": service, "display_name": name, "currency_code": currency}
    zeros = {"balance": 0, "opening_balance": 0, "opening_balance_exchange_rate": 1, "active": 1, TRANSACTIONS: 0}
    return {**dict.fromkeys(COLUMNS), **zeros, **known}


def columns(organization: Organization, contact: Contact, first: Iterable[str] = ()) -> dict[str, Any]:
    """The contact in the response to a write; members in `first`, those that were sent, come before their kind."""
    rate = contact["opening_balance_exchange_rate"] or 0
    values = {
        **contact,
        "opening_balance_at": organization.instant(contact["opening_balance_at"]),
        "local_opening_balance": contact["opening_balance"] * rate if contact["opening_balance"] else 0,
        "closing_balance": contact["balance"],
        "contact_normal": "debit",
    }
    derived = ("local_opening_balance", "closing_balance", "contact_normal")
    names = dict.fromkeys((*first, *COLUMNS, *derived))
    return {name: plain(values[name]) for name in in_wire_order(names)}


def shown(organization: Organization, contact: Contact) -> dict[str, Any]:
    """The customer in the response to a read, with five more members than the response to a write."""
    return {
        **columns(organization, contact),
        "formatted_balance": _format_amount(contact["balance"]),
        "formatted_opening_balance": _format_amount(contact["opening_balance"]),
        "formatted_opening_balance_at": organization.formatted(contact["opening_balance_at"]),
        "customer_type": contact["contact_type"],
        "formatted_customer_type": _TYPES.get(contact["contact_type"], ""),
    }


def plain(value: Any) -> Any:
    """A number as JavaScript writes it: 200, not 200.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def get(store: Store, organization: Organization, key: str, service: str | None = None) -> Contact | None:
    """A contact by its id, of this kind or of any."""
    row = store.get(organization.id, RESOURCE, key)
    if row is None or (service is not None and row.kind != service):
        return None
    return parse(row)


def parse(row: Row) -> Contact:
    """The contact that a row stores."""
    contact: Contact = json.loads(row.body)
    return contact


def customers(store: Store, organization: Organization) -> list[Contact]:
    """All customers ordered by id."""
    where = "company = ? AND resource = ? AND kind = 'customer' ORDER BY seq"
    rows = store.rows(f"SELECT body FROM records WHERE {where}", organization.id, RESOURCE)
    return [json.loads(row[0]) for row in rows]


def put(store: Store, organization: Organization, contact: Contact) -> None:
    """Writes a new or changed contact."""
    store.put(to_row(organization, contact))


def to_row(organization: Organization, contact: Contact) -> Row:
    """The row that stores a contact; columns used only for QuickBooks are empty."""
    nothing = dict.fromkeys(Row._fields)
    marks = {"updated": 0, "revision": 0, "paid": 0, "accounts": "", "lines": "", "links": ""}
    name = (contact["display_name"] or "").casefold()
    known = {
        "company": organization.id,
        "resource": RESOURCE,
        "id": str(contact["id"]),
        "name": name,
        "full_name": name,
        "active": int(bool(contact["active"])),
        "currency": contact["currency_code"],
        "balance": round((contact["balance"] or 0) * 100),
        "kind": contact["contact_service"],
        "day": contact["opening_balance_at"],
        "body": _encode(contact),
    }
    return Row(**{**nothing, **marks, **known})


def _format_amount(amount: float | None) -> str:
    if amount is None:
        return ""
    return f"{Decimal(repr(amount)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
