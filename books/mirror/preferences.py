"""A company's own switches as last read: its closing date, its currencies, what it tracks. Asks the copy alone."""

from books.models import Record
from books.registry import get_description
from records.content import Content
from tenants.models import Tenant

from .lookup import decode_if_readable

KIND = "preferences"


def get_preferences(tenant: Tenant) -> Content | None:
    """What the company has set; None where that is not known: not read yet, or its provider does not tell. One query.

    Its groups and members are those of the provider's table, for example `["accounting"]["closing_date"]`.
    """
    if KIND not in get_description(tenant).tables:
        return None
    rows = Record.objects.filter(tenant=tenant, kind=KIND, version__isnull=False, deleted_at__isnull=True)
    found = rows.select_related("version").first()
    if found is None:
        return None
    found.tenant = tenant
    return decode_if_readable(found)
