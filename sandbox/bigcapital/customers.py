"""Changes customers by the few rules of Bigcapital's server, and those of its database, which end in a bare 500."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.messages import mend_halves
from sandbox.store import Store

from . import contacts
from .answers import against_rule, bad_request, not_found, unhandled
from .contacts import TRANSACTIONS, Contact
from .organizations import Organization
from .spelling import snake_name

_LONGEST = 255
_LONGEST_NOTE = 65_535
_LONGEST_CURRENCY = 3
_LARGEST = 10**10
_MILLS = Decimal("0.001")
_NO_COLUMN = ("billing_address_zipcode", "shipping_address_zipcode")
_MONEY = ("balance", "opening_balance")
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def retrieve(store: Store, organization: Organization, key: str) -> dict[str, Any]:
    """One customer."""
    return contacts.shown(organization, _customer(store, organization, key))


def create(store: Store, organization: Organization, sent: dict[str, Any]) -> dict[str, Any]:
    """Adds a customer. The response has the balance before the opening balance was booked."""
    values = _columns_of(sent)
    values["active"] = True if values.get("active") is None else values["active"]
    values["contact_service"] = "customer"
    if values.get("opening_balance_at"):
        values["opening_balance_at"] = _moment_day(organization, values["opening_balance_at"])
    if values.get("opening_balance_exchange_rate") is None:
        values["opening_balance_exchange_rate"] = 1
    stored = _convert_values(values)
    number = store.next_number(f"contacts {organization.id}")
    contact = {**contacts.blank(number, "customer", stored["display_name"], stored["currency_code"]), **stored}
    answer = contacts.columns(organization, contact, values)
    contact["balance"] = contact["opening_balance"] or 0
    contacts.put(store, organization, contact)
    return answer


def update(store: Store, organization: Organization, key: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Changes the sent members of a customer; the others are unchanged."""
    contact = _customer(store, organization, key)
    values = _columns_of(sent)
    contact.update(_convert_values(values))
    contacts.put(store, organization, contact)
    return contacts.columns(organization, contact, values)


def alter(store: Store, organization: Organization, key: str, members: dict[str, Any]) -> dict[str, Any]:
    """Stores other values, as a defect of the server would, and answers as an update does."""
    contact = _customer(store, organization, key)
    members = {"contact_type" if name == "customer_type" else name: value for name, value in members.items()}
    if unknown := sorted(set(members) - set(contact)):
        raise bad_request(f"A customer stores no {', '.join(unknown)}.")
    contact.update(members)
    contacts.put(store, organization, contact)
    return contacts.columns(organization, contact)


def update_opening_balance(store: Store, organization: Organization, key: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Sets the opening balance. The response has the balance before it was booked."""
    contact = _customer(store, organization, key)
    before = contact["opening_balance"] or 0
    values = {snake_name(name): value for name, value in sent.items()}
    if values.get("opening_balance_at") is not None:
        values["opening_balance_at"] = _day(values["opening_balance_at"][:10])
    contact.update(_convert_values(values))
    answer = contacts.columns(organization, contact, values)
    contact["balance"] = contact["balance"] - before + contact["opening_balance"]
    contacts.put(store, organization, contact)
    return answer


def delete(store: Store, organization: Organization, key: str) -> None:
    """Deletes a customer. One with transactions fails in the database, as the server has no rule against it."""
    contact = _customer(store, organization, key)
    if contact[TRANSACTIONS]:
        raise unhandled()
    # The key may be another spelling of its id: "022" or "22abc".
    store.remove(organization.id, contacts.RESOURCE, str(contact["id"]))


def sort_deletable(store: Store, organization: Organization, numbers: list[int]) -> dict[str, Any]:
    """Which of these customers can be deleted, and which cannot, as they have transactions or are none."""
    found = {number: contacts.get(store, organization, str(number), "customer") for number in numbers}
    good = [number for number, contact in found.items() if contact is not None and not contact[TRANSACTIONS]]
    bad = [number for number in found if number not in good]
    counts = {"deletable_count": len(good), "non_deletable_count": len(bad)}
    return {**counts, "deletable_ids": good, "non_deletable_ids": bad}


def set_active(store: Store, organization: Organization, key: str, active: bool) -> None:
    """Activates or inactivates a contact, customer or vendor."""
    contact = contacts.get(store, organization, key)
    if contact is None:
        raise not_found()
    if bool(contact["active"]) is active:
        raise against_rule("CONTACT_ALREADY_ACTIVE" if active else "CONTACT_ALREADY_INACTIVE")
    contacts.put(store, organization, {**contact, "active": int(active)})


def _customer(store: Store, organization: Organization, key: str) -> Contact:
    found = _NUMBER.match(key)
    number = float(found[0]) if found else 0.0
    contact = contacts.get(store, organization, f"{number:.0f}", "customer") if number.is_integer() else None
    if contact is None:
        raise not_found()
    return contact


def _columns_of(sent: dict[str, Any]) -> dict[str, Any]:
    """The sent values by column; the type is stored under another name, which comes last."""
    values = {snake_name(name): value for name, value in sent.items() if name != "customerType"}
    return {**values, "contact_type": sent["customerType"]}


def _convert_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the columns store them; one that no column can store fails unhandled, and nothing is written."""
    if values.get("opening_balance_branch_id") is not None:
        raise unhandled()  # the organizations have no branches, so it is a reference to nothing
    return {name: _convert_value(name, value) for name, value in values.items()}


def _convert_value(name: str, value: Any) -> Any:
    if name in _NO_COLUMN:
        raise unhandled()
    if name == "active":
        return _convert_flag(value)
    if isinstance(value, str):
        return _convert_text(name, value)
    if name in _MONEY and value is not None:
        return _convert_amount(value)
    return value


def _convert_flag(value: Any) -> int | None:
    if value == "":
        raise unhandled()
    return None if value is None else int(value)


def _convert_text(name: str, value: str) -> str:
    longest = {"note": _LONGEST_NOTE, "currency_code": _LONGEST_CURRENCY}.get(name, _LONGEST)
    size = len(value.encode(errors="surrogatepass")) if name == "note" else len(value)
    # The databases store characters of three bytes at most: no emoji.
    if size > longest or any(letter > "\uffff" for letter in value):
        raise unhandled()
    if name == "opening_balance_at":
        return _day(value)
    return mend_halves(value)  # as the driver of the database writes half of a pair


def _convert_amount(value: float) -> float:
    if abs(value) >= _LARGEST:
        raise unhandled()
    # The database rounds the digits that were sent, half up, not the binary number.
    return float(Decimal(repr(value)).quantize(_MILLS, ROUND_HALF_UP))


def _moment_day(organization: Organization, text: str) -> str:
    """The day of a date or time; a time with an offset is converted to the server's own zone first."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise unhandled() from None
    return (moment.astimezone(organization.zone) if moment.tzinfo else moment).date().isoformat()


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise unhandled() from None
