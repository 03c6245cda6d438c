"""Conductor's own objects: end users and their connections. QuickBooks is not involved."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sandbox.store import Store

from .file import records
from .http.bodies import END_USER
from .http.errors import invalid, missing
from .http.schemas import check_body


def stamp(moment: datetime | None = None) -> str:
    """A time in the format of Conductor's own objects."""
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def list_end_users(store: Store) -> str:
    """Every end user."""
    rows = store.rows(
        "SELECT id, facts, last_request, last_success FROM companies WHERE state <> 'deleted' ORDER BY rowid"
    )
    return records.encode({"objectType": "list", "url": "/v1/end-users", "data": [_end_user(*row) for row in rows]})


def retrieve_end_user(store: Store, key: str) -> str:
    """One end user."""
    where = "id = ? AND state <> 'deleted'"
    rows = store.rows(f"SELECT id, facts, last_request, last_success FROM companies WHERE {where}", key)
    if not rows:
        raise missing("end user", key)
    return records.encode(_end_user(*rows[0]))


def create_end_user(store: Store, body: Any) -> str:
    """Adds an end user who has not connected anything yet."""
    sent = check_body(END_USER, body)
    used = store.value(
        "SELECT 1 FROM companies WHERE facts ->> '$.sourceId' = ? AND state <> 'deleted'", sent["sourceId"]
    )
    if used:
        raise invalid('An end user with this sourceId exists already at "sourceId"')
    key = f"end_usr_{secrets.token_hex(7)}"
    facts = {**sent, "createdAt": stamp(), "connectionId": None, "utcOffset": 0, "company": {}, "preferences": {}}
    store.execute("INSERT INTO companies VALUES (?, 'not_set_up', ?, NULL, NULL, NULL)", key, json.dumps(facts))
    return retrieve_end_user(store, key)


def delete_end_user(store: Store, key: str) -> str:
    """Removes an end user and its connections."""
    retrieve_end_user(store, key)
    store.execute("UPDATE companies SET state = 'deleted' WHERE id = ?", key)
    return records.encode({"id": key, "objectType": "end_user", "deleted": True})


def find_facts(store: Store, key: str) -> dict[str, Any]:
    """What is known of an end user and of its company file, `{}` as long as none is connected."""
    text = store.value("SELECT facts FROM companies WHERE id = ? AND state <> 'deleted'", key)
    if text is None:
        raise missing("end user", key)
    facts: dict[str, Any] = json.loads(text)
    return facts


def note_connection(store: Store, key: str) -> None:
    """Gives an end user its connection, which exists as soon as somebody has begun to make it."""
    facts = find_facts(store, key)
    if not facts["connectionId"]:
        known = {**facts, "connectionId": f"int_conn_{secrets.token_hex(7)}"}
        store.execute("UPDATE companies SET facts = ? WHERE id = ?", json.dumps(known, ensure_ascii=False), key)


def _end_user(key: str, facts_text: str, last_request: str | None, last_success: str | None) -> dict[str, Any]:
    facts = json.loads(facts_text)
    connection = {
        "id": facts["connectionId"],
        "objectType": "integration_connection",
        "createdAt": facts["createdAt"],
        "integrationSlug": "quickbooks_desktop",
        "lastRequestAt": last_request,
        "lastSuccessfulRequestAt": last_success,
    }
    return {
        "id": key,
        "objectType": "end_user",
        "createdAt": facts["createdAt"],
        "companyName": facts["companyName"],
        "sourceId": facts["sourceId"],
        "email": facts["email"],
        "integrationConnections": [connection] if facts["connectionId"] else [],
    }
