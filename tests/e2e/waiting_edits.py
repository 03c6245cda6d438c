"""What waits for bob in each of the seven companies of a demo, written by a command of the desk that a test uses.

Nothing of it changes a record that another test uses: conflicts keep what QuickBooks has, or are discarded.
"""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from books.models import Record, Version
from edits.lifecycle import transitions
from edits.models.edit import Edit, State
from records.diff import Change, dump_changes
from tenants.models import Tenant


def fill() -> None:
    """A conflict and a refusal in each company with customers, what was not sent in one, and what waits in the rest."""
    bob = User.objects.get(username="bob")
    for tenant in Tenant.objects.all():
        records = Record.objects.filter(tenant=tenant, kind="customers", version__isnull=False, deleted_at=None)
        if not (found := list(records.select_related("version").order_by("-pk")[:4])):
            make_edit(tenant, bob, None, State.QUEUED, "off", waiting_since=timezone.now())
            continue
        make_edit(tenant, bob, found[0], State.CONFLICT, "555-0001", base=make_older(found[0]))
        make_edit(tenant, bob, found[1], State.REFUSED, "555-0002", error_message="The phone number is not right.")
        if tenant.slug == "harbor":
            for record, phone in zip(found[2:], ("555-0003", "555-0004"), strict=True):
                make_edit(tenant, bob, record, State.NOT_SENT, phone, error_message="It waited for 12 hours.")


def make_older(record: Record) -> Version:
    """An earlier version of a record, with another phone number."""
    assert record.version is not None
    content = json.loads(record.version.content)
    name = "phone" if "phone" in content else "work_phone"
    return Version.objects.create(
        record=record, revision="0", content=json.dumps({**content, name: "555-0000"}), seen_at=timezone.now()
    )


def make_edit(tenant: Tenant, bob: User, record: Record | None, state: State, phone: str, **more: Any) -> None:
    """An edit of a phone number by bob, as if it had ended an hour ago."""
    ago = timezone.now() - timedelta(hours=1)
    name = transitions.name_record(record) if record else "Nobody"
    field = "work_phone" if tenant.provider == "bigcapital" else "phone"
    columns = {
        "base": record and record.version,
        "settled_at": ago,
        "refused_at": ago - timedelta(days=9),
        "waits_until": ago + timedelta(hours=2),
        **more,
    }
    Edit.objects.create(
        tenant=tenant, person=bob, person_name="bob", kind="customers", remote_id=record.remote_id if record else "0",
        record_name=name, search=name, state=state, state_log=[[state, ago.isoformat()]], sent_at=ago,
        wanted=json.dumps({field: phone}), fields=f" {field} ", changes=dump_changes([Change("Phone", "1", phone)]),
        notified_at=ago, **columns,
    )  # fmt: skip
