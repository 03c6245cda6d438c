"""The address of a list at one of its rows: the page on which the row is now, and the row as its fragment.

The link of a row has the fragment as its id, so that a browser moves the focus there without a script.
"""

from urllib.parse import quote

from django.db.models import Q
from django.http import QueryDict

from books.models import SavedView
from tenants.access import DeskRequest, Member
from tenants.list_settings import get_opening_view, get_shared_view

from .list_address import find_tidy_address, join_query, name_bare, set_page
from .list_position import ROW, get_position
from .record_lists import LISTS, RecordRows

ALL = 200_000  # rows in which one that has moved is looked for


def find_address(request: DeskRequest, member: Member, kind: str) -> str:
    """Return the address that a list has to redirect to, "" for none: at the row that is asked for, or made tidy."""
    bare = name_bare(member, kind)
    if ROW not in request.GET:
        return find_tidy_address(request, bare) if request.GET else _find_default(request, member, kind)
    position = get_position(request, member, kind, request.GET[ROW])
    query = position.walk.query if position.walk else position.listed or ""
    rows = LISTS[kind](member, QueryDict(query))
    near = position.list_near()
    listed = rows.keep_listed(near)
    found = next((one for one in near if one in listed), "")
    page = _find_page(rows, found, position.number) if found else rows.page
    return join_query(request.path, set_page(query, page) or bare) + (f"#{make_anchor(found)}" if found else "")


def _find_default(request: DeskRequest, member: Member, kind: str) -> str:
    """Return the address of the view that opens this list for the person; "" for the standard view.

    Where the view that they have chosen is gone, it is the company's.
    """
    chosen = get_opening_view(member, kind)
    if not chosen or request.htmx:
        return ""
    shared = get_shared_view(member, kind)
    own = SavedView.objects.filter(Q(person=member.person) | Q(person=None), tenant=member.tenant, kind=kind)
    found = {view.pk: view for view in own.filter(pk__in=[chosen, shared or 0])}
    view = found.get(chosen) or found.get(shared or 0)
    return join_query(request.path, view.address) if view else ""


def make_anchor(remote_id: str) -> str:
    """Return the id of a row's link, which the fragment of an address names."""
    return f"row-{quote_id(remote_id)}"


def quote_id(remote_id: str) -> str:
    """Return an id as it stands in an address: most are letters, digits and hyphens, and a list has two hundred."""
    is_plain = remote_id.isascii() and remote_id.replace("-", "").isalnum()
    return remote_id if is_plain else quote(remote_id, safe="")


def _find_page(rows: RecordRows, remote_id: str, number: int) -> int:
    """Return the page of the list with this record. `number` is its place when it was opened, 0 if that is unknown."""
    for page in dict.fromkeys((rows.page, max(1, -(-number // rows.size)))):
        if remote_id in rows.find_ids((page - 1) * rows.size, rows.size):
            return page
    ids = rows.find_ids(0, ALL)
    return ids.index(remote_id) // rows.size + 1 if remote_id in ids else rows.page
