"""A company's preferences as last read: closing date, currencies, what it tracks. Reads the mirror only."""

from books.models import Record
from books.registry import get_description
from records.content import Content
from tenants.models import Tenant

from .lookup import decode_if_readable

KIND = "preferences"


def get_preferences(tenant: Tenant) -> Content | None:
    """Return the company's preferences, or None if they have not been read or the provider has none. One query.

    Groups and members are those of the provider's table, for example `["accounting"]["closing_date"]`.
    """
    if KIND not in get_description(tenant).tables:
        return None
    rows = Record.objects.filter(tenant=tenant, kind=KIND, version__isnull=False, deleted_at__isnull=True)
    found = rows.select_related("version").first()
    if found is None:
        return None
    found.tenant = tenant
    return decode_if_readable(found)
