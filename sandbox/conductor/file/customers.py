"""Changing customers and jobs by QuickBooks' rules."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.conductor.http.errors import no_object, quickbooks, stale
from sandbox.conductor.http.shapes import whole

from . import records
from .books import Books
from .records import Record, cents, money
from .references import TARGETS, refer, resolve

_JOB = ("jobStatus", "jobStartDate", "jobProjectedEndDate", "jobEndDate", "jobDescription", "jobTypeId")
_OTHER_NAMES = ("vendors", "employees", "other-names")
_ADDRESS = ("line1", "line2", "line3", "line4", "line5", "city", "state", "postalCode", "country", "note")
_DEEPEST = 4


def update_customer(books: Books, key: str, changes: Record) -> Record:
    """Changes a customer and returns the new record; nothing is written if any part is refused."""
    record = books.get("customers", key)
    if record is None:
        raise no_object(key)
    if changes["revisionNumber"] != record["revisionNumber"]:
        raise stale(changes["revisionNumber"])
    apply(books, record, changes)
    books.touch(record)
    books.put("customers", record)
    return record


def create_customer(books: Books, body: Record) -> Record:
    """Adds a customer and returns it."""
    moment = books.moment(books.now())
    opening = cents(money(body.get("openingBalance")))
    record = whole(
        "qbd_customer",
        id=books.new_id(),
        createdAt=moment,
        updatedAt=moment,
        name="",
        fullName="",
        isActive=True,
        sublevel=0,
        balance=opening,
        totalBalance=opening,
        jobStatus="none",
        preferredDeliveryMethod="none",
        externalId=body.get("externalId"),
        currency=books.home_currency,
        alternateShippingAddresses=[],
    )
    record["revisionNumber"] = str(books.now())
    apart = ("openingBalance", "openingBalanceDate", "externalId", "additionalContacts", "additionalNotes")
    apply(books, record, {name: value for name, value in body.items() if name not in apart})
    record["additionalContacts"] = [_new_contact(books, contact) for contact in body.get("additionalContacts", [])]
    notes = body.get("additionalNotes", [])
    day = moment[:10]
    record["additionalNotes"] = [{"id": n, "date": day, "note": note["note"]} for n, note in enumerate(notes, 1)]
    books.put("customers", record)
    return record


def apply(books: Books, record: Record, changes: Record) -> None:
    """Applies wire-format changes to a record. Renames references, but does not store the record."""
    before = records.reference(record)
    path = (record["name"], record["parent"])
    _check_job(books, record, changes)
    for name, value in changes.items():
        if name in TARGETS:
            _refer(books, record, name, value)
        elif name in ("billingAddress", "shippingAddress"):
            record[name] = address(value)
        elif name in _NESTED:
            record[name] = _NESTED[name](record[name], value)
        elif name != "revisionNumber":
            record[name] = None if value == "" else value
    if (record["name"], record["parent"]) != path:
        _rename(books, record, before)
    if _plain(record["parent"]) != _plain(path[1]):
        add_to_totals(books, path[1], -money(record["totalBalance"]))
        add_to_totals(books, record["parent"], money(record["totalBalance"]))


def add_to_totals(books: Books, customer: Record | None, amount: Decimal) -> None:
    """Adds to the total of a customer, given by reference, and of all above it; their revisions are unchanged."""
    while customer is not None and (found := books.get("customers", customer["id"])):
        found["totalBalance"] = cents(money(found["totalBalance"]) + amount)
        books.put("customers", found)
        customer = found["parent"]


def address(sent: Record) -> Record | None:
    """The address that replaces the old one: omitted members are cleared."""
    kept = {name: sent.get(name) or None for name in _ADDRESS}
    return kept if any(kept.values()) else None


def _refer(books: Books, record: Record, name: str, key: str) -> None:
    moves = name == "currencyId" and record["currency"] is not None and key != record["currency"]["id"]
    if moves and money(record["totalBalance"]):
        raise quickbooks("3170", "The currency of a customer that has transactions cannot be changed.")
    record[TARGETS[name].member] = refer(books, name, key, "Customer")


def _check_job(books: Books, record: Record, changes: Record) -> None:
    members = {name: TARGETS[name].member if name in TARGETS else name for name in _JOB}
    changed = [name for name, member in members.items() if name in changes and changes[name] != _plain(record[member])]
    if changed and _list_children(books, record["id"]):
        text = f"Job information cannot be changed on a customer that has jobs: {', '.join(changed)}."
        raise quickbooks("3210", text)


def _plain(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


def _rename(books: Books, record: Record, before: Record) -> None:
    name = record["name"]
    if not name:
        raise quickbooks("3190", 'The field "Name" cannot be cleared.')
    if ":" in name:
        raise quickbooks("3090", "Names in this list cannot contain a colon (:).")
    parent = None
    if record["parent"]:
        parent = resolve(books, "parentId", record["parent"]["id"], "Customer")
    _check_place(record, parent)
    _check_unique(books, record)
    record["fullName"] = f"{parent['fullName']}:{name}" if parent else name
    record["sublevel"] = parent["sublevel"] + 1 if parent else 0
    if before["fullName"]:
        books.rename_references(before, records.reference(record))
        _move_children(books, record)


def name_whole(record: Record) -> None:
    """Composes the full name again, of the names above the record and its own."""
    above = record["fullName"].rpartition(":")[0]
    record["fullName"] = f"{above}:{record['name']}" if above else record["name"]


def _check_place(record: Record, parent: Record | None) -> None:
    if parent is None:
        return
    own = record["fullName"]
    if parent["id"] == record["id"] or (own and parent["fullName"].startswith(f"{own}:")):
        raise quickbooks("3210", "A customer cannot be placed under itself or under one of its own jobs.")
    if parent["sublevel"] >= _DEEPEST:
        raise quickbooks("3210", "A list can have at most five levels.")


def _check_unique(books: Books, record: Record) -> None:
    where = "company = ? AND resource = 'customers' AND name = ? AND parent IS ? AND id <> ?"
    name, parent = record["name"].casefold(), _plain(record["parent"])
    taken = books.store.value(f"SELECT 1 FROM records WHERE {where}", books.company, name, parent, record["id"])
    if not taken and parent is None:
        others = "company = ? AND full_name = ? AND resource IN (?, ?, ?)"
        taken = books.store.value(f"SELECT 1 FROM records WHERE {others}", books.company, name, *_OTHER_NAMES)
    if taken:
        raise quickbooks("3100", f'The name "{record["name"]}" of the list element is already in use.')


def _list_children(books: Books, key: str) -> list[str]:
    where = "company = ? AND parent = ? AND resource = 'customers'"
    return [row[0] for row in books.store.rows(f"SELECT id FROM records WHERE {where}", books.company, key)]


def _move_children(books: Books, parent: Record) -> None:
    for key in _list_children(books, parent["id"]):
        child = books.get("customers", key)
        assert child is not None
        before = records.reference(child)
        child["fullName"] = f"{parent['fullName']}:{child['name']}"
        child["sublevel"] = parent["sublevel"] + 1
        child["parent"] = records.reference(parent)
        # A job keeps its revision when its parent is renamed.
        books.put("customers", child)
        books.rename_references(before, records.reference(child))
        _move_children(books, child)


def _needed(entry: Record, *names: str) -> None:
    for name in names:
        if name in entry and not str(entry[name]).strip():
            raise quickbooks("3190", f'The field "{name}" cannot be cleared.')


def _ship_to(_: Any, sent: list[Record]) -> list[Record]:
    for entry in sent:
        _needed(entry, "name")
    names = [entry["name"].casefold() for entry in sent]
    if len(set(names)) < len(names):
        raise quickbooks("3100", "The names of shipping addresses must differ.")
    members = ("name", *_ADDRESS)
    flag = "isDefaultShippingAddress"
    return [{**{name: entry.get(name) or None for name in members}, flag: entry.get(flag, False)} for entry in sent]


def _custom_fields(_: Any, sent: list[Record]) -> list[Record]:
    for entry in sent:
        _needed(entry, "name")
    return [{"name": entry["name"], "value": entry["value"] or None} for entry in sent]


def _update_contacts(stored: list[Record], sent: list[Record]) -> list[Record]:
    by_id = {contact["id"]: contact for contact in stored}
    changed = []
    for entry in sent:
        contact = by_id.get(entry["id"])
        if contact is None:
            raise no_object(entry["id"])
        if contact["revisionNumber"] != entry["revisionNumber"]:
            raise stale(entry["revisionNumber"])
        changed.append(_changed_contact(contact, entry))
    return changed


def _changed_contact(contact: Record, entry: Record) -> Record:
    sent = {name: value for name, value in entry.items() if name not in ("id", "revisionNumber")}
    if not sent or all(contact[name] == value for name, value in sent.items()):
        return contact
    if "customContactFields" in sent:
        sent["customContactFields"] = _custom_fields(None, sent["customContactFields"])
    _needed(sent, "firstName")
    contact = {**contact, **{name: None if value == "" else value for name, value in sent.items()}}
    contact["name"] = _person(contact)
    contact["revisionNumber"] = str(int(contact["revisionNumber"]) + 1)
    return contact


def _person(contact: Record) -> str:
    return " ".join(part for part in (contact["firstName"], contact["middleName"], contact["lastName"]) if part)


def _new_contact(books: Books, sent: Record) -> Record:
    moment = books.moment(books.now())
    sent = {**sent, "customContactFields": _custom_fields(None, sent.get("customContactFields", []))}
    contact = whole("qbd_contact", id=books.new_id(), createdAt=moment, updatedAt=moment, **sent)
    return {**contact, "revisionNumber": str(books.now()), "name": _person(contact)}


def _update_notes(stored: list[Record], sent: list[Record]) -> list[Record]:
    texts = {note["id"]: note["note"] for note in sent}
    for key in texts:
        _needed({"note": texts[key]}, "note")
        if key not in [note["id"] for note in stored]:
            raise no_object(str(key))
    return [{**note, "note": texts.get(note["id"], note["note"])} for note in stored]


def _credit_card(stored: Record | None, sent: Record) -> Record | None:
    empty = dict.fromkeys(("number", "expirationMonth", "expirationYear", "name", "address", "postalCode"))
    card: Record = {**empty, **(stored or {}), **{name: None if value == "" else value for name, value in sent.items()}}
    if card["expirationMonth"] not in (None, *range(1, 13)):
        raise quickbooks("3040", f'The value {card["expirationMonth"]} in the field "expirationMonth" is not valid.')
    if card["number"]:
        digits = card["number"].replace("-", "").replace(" ", "")
        card["number"] = "x" * (len(digits) - 4) + digits[-4:]
    return card if any(card.values()) else None


_NESTED: dict[str, Callable[[Any, Any], Any]] = {
    "alternateShippingAddresses": _ship_to,
    "customContactFields": _custom_fields,
    "additionalContacts": _update_contacts,
    "additionalNotes": _update_notes,
    "creditCard": _credit_card,
}
