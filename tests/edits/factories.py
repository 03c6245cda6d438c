"""A history to look through, put there without a vendor: edits by whom it was, and what was seen to change."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from edits.lifecycle import transitions
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from records.diff import Change, dump_changes
from tenants.models import Tenant

PHONE = Change("Phone", "555-0100", "555-0199")


def an_edit(tenant: Tenant, person: User, at: datetime, **more: Any) -> Edit:
    """An edit as it stands in the table; saved, of a phone number of the customer Ada, where nothing else is said."""
    fields, changes = more.pop("fields", ("phone",)), more.pop("changes", [PHONE])
    columns = {
        "kind": "customers",
        "remote_id": "8-1",
        "record_name": "Ada",
        "state": State.SAVED,
        "reason": "",
        **more,
    }
    columns["search"] = transitions.make_search_text(columns["record_name"], columns["reason"])
    text = {"fields": transitions.join_fields(fields), "changes": dump_changes(changes)}
    return Edit.objects.create(
        tenant=tenant, person=person, person_name=person.username, sent_at=at, wanted="{}", **text, **columns
    )


def a_sighting(tenant: Tenant, at: datetime, **more: Any) -> ExternalChange:
    """What was seen in the books; of the same phone number, where nothing else is said."""
    fields, changes = more.pop("fields", ("phone",)), more.pop("changes", [PHONE])
    columns = {"kind": "customers", "remote_id": "8-1", "record_name": "Ada", "before": "1", "after": "2", **more}
    columns |= {"search": transitions.make_search_text(columns["record_name"]), "earlier_at": at, "seen_at": at}
    made = ExternalChange(
        tenant=tenant, fields=transitions.join_fields(fields), changes=dump_changes(changes), **columns
    )
    (stored,) = ExternalChange.objects.bulk_create([made])
    return stored
