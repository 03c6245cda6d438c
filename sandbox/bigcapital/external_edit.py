"""Changes made by another person in Bigcapital's own pages: any stored member, without validation."""

from typing import Any

from sandbox.store import Store

from . import contacts
from .contacts import COLUMNS, TRANSACTIONS
from .organizations import find

_MEMBERS = frozenset(("organizationId", "resource", "id", "changes", "delete"))
_CHANGEABLE = frozenset((*COLUMNS, TRANSACTIONS)) - {"id", "contact_service"}


def change(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """Changes or deletes a customer as described; returns it as in a read, or `{"deleted": true}`.

    Members have their names in responses. A day is written YYYY-MM-DD, and `transactions` is how many prevent a
    customer's deletion.
    """
    unknown = sorted(set(wanted) - _MEMBERS)
    if unknown:
        raise ValueError(f"Unknown members: {', '.join(unknown)}.")
    organization = find(wanted["organizationId"])
    if organization is None or wanted.get("resource", "customers") != "customers":
        raise ValueError("There is no such organization or resource.")
    with store.transaction():
        contact = contacts.get(store, organization, str(wanted["id"]), "customer")
        if contact is None:
            raise ValueError(f"There is no {wanted['id']} in customers.")
        if wanted.get("delete"):
            store.remove(organization.id, contacts.RESOURCE, str(contact["id"]))
            return {"id": contact["id"], "deleted": True}
        changes = wanted.get("changes", {})
        for name in changes:
            if name not in _CHANGEABLE:
                raise ValueError(f'A customer stores no member "{name}" that can be changed.')
        contact.update(changes)
        contacts.put(store, organization, contact)
        return contacts.shown(organization, contact)


def list_history(store: Store, organization_id: str, key: str) -> list[dict[str, Any]]:
    """The result of each write of a customer, as in a read; its original comes first."""
    organization = find(organization_id)
    if organization is None:
        raise ValueError("There is no such organization.")
    rows = store.history(organization_id, contacts.RESOURCE, key)
    return [contacts.shown(organization, contacts.parse(row)) for row in rows]
