"""How people and companies set up their lists and tables: opening views, widths, hidden columns. Decides no access."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from .access import Member
from .models import Membership, Tenant


def hide_columns(member: Member, columns: tuple[str, ...]) -> Member:
    """Store which columns of a bill's lines the member hides in this company."""
    own = Membership.objects.filter(tenant=member.tenant, person=member.person)
    own.update(hidden_columns=list(columns))
    return replace(member, hidden_columns=columns)


def get_list_settings(member: Member, kind: str) -> Mapping[str, Any]:
    """Return how the member has set up the list of a kind; what is not set is missing."""
    found = member.list_settings.get(kind)
    return found if isinstance(found, dict) else {}


def get_shared_view(member: Member, kind: str) -> int | None:
    """Return the shared view with which the company opens the list of a kind; None for the standard view."""
    found = member.tenant.list_settings.get(kind)
    return found.get("view") if isinstance(found, dict) else None


def get_opening_view(member: Member, kind: str) -> int | None:
    """Return the view with which a list opens for the member: their own choice, or else the company's."""
    chosen = get_list_settings(member, kind)
    return chosen["view"] if "view" in chosen else get_shared_view(member, kind)


def store_shared_view(member: Member, kind: str, view: int | None) -> None:
    """Store the shared view with which the company opens the list of a kind; the caller has checked the role."""
    with transaction.atomic():
        own = Tenant.objects.select_for_update().get(pk=member.tenant.pk)
        own.list_settings = {**own.list_settings, kind: {} if view is None else {"view": view}}
        own.save(update_fields=["list_settings"])


def store_list_settings(member: Member, kind: str, widths: Mapping[str, int] | None = None, **changes: Any) -> None:
    """Store how the member sets up the list of a kind; None takes a setting away, and 0 a column's width.

    Widths of other columns stay as they are then, also if another page has set them meanwhile.
    """
    with transaction.atomic():
        own = Membership.objects.select_for_update().get(tenant=member.tenant, person=member.person)
        now = {**(own.list_settings.get(kind) or {}), **changes}
        if widths is not None:
            all_widths = {**(now.get("widths") or {}), **widths}
            now["widths"] = {name: size for name, size in all_widths.items() if size} or None
        own.list_settings = {**own.list_settings, kind: {name: one for name, one in now.items() if one is not None}}
        own.save(update_fields=["list_settings"])
