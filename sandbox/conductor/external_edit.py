"""Changes made in QuickBooks itself, not through the API: no lock and no closing date stops them."""

from typing import Any

from sandbox.store import Store

from .file import bills, customers, records
from .file.books import Books, open_books
from .file.records import Record
from .http.bodies import BILL_UPDATE, CUSTOMER_UPDATE
from .http.resources import RESOURCES
from .http.schemas import check_body

_WRITABLE = {"customers": CUSTOMER_UPDATE, "bills": BILL_UPDATE}
_MEMBERS = frozenset(("endUserId", "resource", "id", "changes", "delete", "quiet"))


def change(store: Store, wanted: dict[str, Any]) -> Record:
    """Changes or deletes a record as described; returns the new record, or `{"deleted": true}`."""
    unknown = sorted(set(wanted) - _MEMBERS)
    if unknown:
        raise ValueError(f"Unknown members: {', '.join(unknown)}.")
    books = open_books(store, wanted["endUserId"])
    resource = wanted.get("resource", "customers")
    if books is None or resource not in RESOURCES:
        raise ValueError("There is no such end user or resource.")
    with store.transaction():
        record = books.get(resource, wanted["id"])
        if record is None:
            raise ValueError(f"There is no {wanted['id']} in {resource}.")
        if wanted.get("delete"):
            books.remove(resource, record)
            return {"id": record["id"], "objectType": record["objectType"], "deleted": True}
        return _changed(books, resource, record, wanted.get("changes", {}), bool(wanted.get("quiet")))


def _changed(books: Books, resource: str, record: Record, changes: Record, quiet: bool) -> Record:
    before = records.reference(record)
    schema = _WRITABLE.get(resource)
    written = {
        name: value for name, value in changes.items() if schema and name in schema.members and value is not None
    }
    raw = {name: value for name, value in changes.items() if name not in written}
    for name in raw:
        if name not in record:
            raise ValueError(f'{record["objectType"]} has no member "{name}".')
    if written and schema:
        revision = {"revisionNumber": record["revisionNumber"]}
        check_body(schema, {**revision, **written})
        apply = customers.apply if resource == "customers" else bills.apply
        apply(books, record, {**revision, **written})
    record.update(raw)
    if not quiet:
        books.touch(record)
    books.put(resource, record)
    if schema is None:
        books.rename_references(before, records.reference(record))
    return record
