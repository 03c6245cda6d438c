"""Entries of lists that the vendor does not serve, collected from the records that refer to them.

Knows a provider only through its description; makes no remote call.
"""

from django.db.models import Min

from books.models import Record
from books.registry import get_description
from records.content import Reference, get_at_path
from records.folding import fold
from records.searching import explain_too_long, is_found, rank_name
from tenants.models import Tenant

from .lookup import decode_if_readable

COLUMN = "subtype"  # where the mirror holds the name of the referenced entry


def list_learned(tenant: Tenant, picker: str) -> list[Reference]:
    """Return the entries that the company's records refer to in the field of a `learned` picker, by name."""
    rows = Record.objects.filter(tenant=tenant, kind__in=get_description(tenant).pickers[picker], deleted_at=None)
    firsts = rows.filter(**{f"{COLUMN}__isnull": False}).values_list(COLUMN).annotate(first=Min("id"))
    found = []
    for row in Record.objects.filter(id__in=[first for _, first in firsts]).select_related("version"):
        row.tenant = tenant
        if held := decode_if_readable(row):
            found.append(get_at_path(held, get_description(tenant).learned[picker]))
    return sorted((one for one in found if one is not None), key=lambda one: fold(one.name))


def find_learned(tenant: Tenant, picker: str, q: str) -> list[Reference]:
    """Return those of them that a search finds, the best first."""
    found = [] if explain_too_long(q) else [one for one in list_learned(tenant, picker) if is_found(one.name, q)]
    return sorted(found, key=lambda one: rank_name(one.name, q))


def find_known(tenant: Tenant, picker: str, text: str) -> Reference | None:
    """Return the one with this id or name, or None."""
    known = (one for one in list_learned(tenant, picker) if text == one.id or fold(text) == fold(one.name))
    return next(known, None)
