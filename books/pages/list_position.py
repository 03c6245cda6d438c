"""The list that a record was opened from, and the record's place in it: the way back, the previous and the next one.

One parameter of an address carries the list: its query string, or the number of the walk that was stored when the
record was opened. It is the list of the record's own kind in the same company, and the walk is the person's own; what
is none of that is ignored.
"""

import logging
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.db import Error
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from books import registry
from books.models import ListWalk, Record, store_walk
from tenants.access import Member

from .list_address import LISTED, make_query
from .record_lists import LISTS, RecordRows, read_query

log = logging.getLogger(__name__)

ROW = "row"  # the parameter of a list's address that asks for one of its rows
BEFORE, AFTER = 50, 150  # rows around its page that a walk remembers: 300 take 1.5 ms to read, of 100,000
SKIPPED = 20  # rows in which the next one that still exists is looked for
TRIED = 200  # rows on each side, of which the nearest in the list takes the place of one that has left it
RECENT = 20  # walks in which a record is looked for that has left its list
LONGEST_NUMBER = 18


@dataclass(frozen=True)
class ListPosition:
    """The place of a record in the list that it was opened from. `listed` is that list as an address carries it, None
    if there is none; `walk` is the list as it was then."""

    member: Member
    kind: str
    remote_id: str
    listed: str | None = None
    walk: ListWalk | None = None

    @property
    def query(self) -> str:
        """What a link adds to an address to carry the list: "?list=12", or ""."""
        return "" if self.listed is None else f"?{urlencode({LISTED: self.listed})}"

    @property
    def also(self) -> str:
        """Return the same for an address that has a query: "&list=12"."""
        return self.query.replace("?", "&", 1)

    @cached_property
    def noun(self) -> str:
        return registry.get_table(self.member.tenant, self.kind).noun

    @cached_property
    def list_url(self) -> str:
        """The address of the list, at this record's row; "" for a kind without a list."""
        try:
            url = reverse(f"{self.noun}_list", args=[self.member.tenant.slug])
        except NoReverseMatch:
            return ""
        return url if self.listed is None else f"{url}{self.query}&{urlencode({ROW: self.remote_id})}"

    @property
    def page_url(self) -> str:
        return self._make_url("page", self.remote_id)

    @property
    def form_url(self) -> str:
        return self._make_url("edit", self.remote_id)

    @property
    def previous_url(self) -> str:
        """The page of the previous record; "" if there is none. The next three do the same."""
        return self._make_url("page", self._beside[0])

    @property
    def next_url(self) -> str:
        return self._make_url("page", self._beside[1])

    @property
    def previous_form_url(self) -> str:
        return self._make_url("edit", self._beside[0])

    @property
    def next_form_url(self) -> str:
        return self._make_url("edit", self._beside[1])

    @property
    def number(self) -> int:
        """The place in the list, from 1; 0 if the record was not in it."""
        return self.walk.first + self._ids.index(self.remote_id) + 1 if self.walk and self._is_listed else 0

    @property
    def total(self) -> int:
        """The number of rows of the list; 0 if it has more than the walk remembers."""
        return len(self._ids) if self.walk and self.walk.is_whole else 0

    @cached_property
    def _ids(self) -> list[str]:
        return self.walk.list_ids() if self.walk else []

    @cached_property
    def _is_listed(self) -> bool:
        return self.remote_id in self._ids

    @cached_property
    def _beside(self) -> tuple[str, str]:
        """The previous and the next record that still exist, "" for none."""
        if not self._is_listed:
            return "", ""
        at = self._ids.index(self.remote_id)
        before, after = self._ids[max(0, at - SKIPPED) : at][::-1], self._ids[at + 1 : at + 1 + SKIPPED]
        own = Record.objects.filter(tenant=self.member.tenant, kind=self.kind, deleted_at__isnull=True)
        left = set(own.filter(remote_id__in=[*before, *after]).values_list("remote_id", flat=True))
        first, then = (next((one for one in ids if one in left), "") for ids in (before, after))
        return first, then

    def list_near(self) -> list[str]:
        """Return the record, those that followed it in its list, and those before it, the nearest first."""
        if not self._is_listed:
            return [self.remote_id]
        at = self._ids.index(self.remote_id)
        return [*self._ids[at : at + TRIED], *self._ids[max(0, at - TRIED) : at][::-1]]

    def _make_url(self, view: str, remote_id: str) -> str:
        if not remote_id:
            return ""
        return reverse(f"{self.noun}_{view}", args=[self.member.tenant.slug, remote_id]) + self.query


def get_position(request: HttpRequest, member: Member, kind: str, remote_id: str) -> ListPosition:
    """Return the record's place in the list that the request's address carries."""
    listed = request.GET.get(LISTED)
    nowhere = ListPosition(member, kind, remote_id)
    if listed is None or kind not in LISTS:
        return nowhere
    if listed.isdecimal():
        walk = _get_walk(member, kind, listed)
        return ListPosition(member, kind, remote_id, listed, walk) if walk else nowhere
    rows = read_query(member, kind, listed)
    return ListPosition(member, kind, remote_id, make_query(rows.form)) if rows else nowhere


def open_position(request: HttpRequest, member: Member, kind: str, remote_id: str) -> ListPosition:
    """Return the same for the page on which the record is opened: its list is read now and stored as a walk.

    A page that was opened from the list before goes on with the walk of then.
    """
    found = get_position(request, member, kind, remote_id)
    if found.listed is None or found.walk:
        return found
    rows = LISTS[kind](member, QueryDict(found.listed))
    walk = _open_walk(found, rows) if request.method == "GET" else None
    walk = walk or _find_earlier_walk(found)
    return replace(found, listed=str(walk.pk), walk=walk) if walk else found


def _get_walk(member: Member, kind: str, number: str) -> ListWalk | None:
    if not number.isascii() or len(number) > LONGEST_NUMBER:
        return None
    return ListWalk.objects.filter(pk=int(number), person=member.person, tenant=member.tenant, kind=kind).first()


def _open_walk(position: ListPosition, rows: RecordRows) -> ListWalk | None:
    """Return the walk along the rows around the record's page, as they are now; None if it is not among them."""
    first, count = max(0, (rows.page - 1) * rows.size - BEFORE), rows.size + BEFORE + AFTER
    ids = rows.find_ids(first, count)
    if position.remote_id not in ids:
        return None
    now, is_whole = timezone.now(), first == 0 and len(ids) < count
    walk = ListWalk(tenant=position.member.tenant, person=position.member.person, kind=position.kind)
    walk.query, walk.first, walk.is_whole, walk.ids = position.listed or "", first, is_whole, "\n".join(ids)
    walk.opened_at = now
    try:
        store_walk(walk)
    except Error as error:  # the page is of use without the list
        log.warning("The list of a record that was opened could not be stored: %s", error)
        return None
    return walk


def _find_earlier_walk(position: ListPosition) -> ListWalk | None:
    """Return the walk of the same list in which the record still was."""
    return next((walk for walk in _filter_same(position)[:RECENT] if position.remote_id in walk.list_ids()), None)


def _filter_same(position: ListPosition) -> QuerySet[ListWalk]:
    member = position.member
    own = ListWalk.objects.filter(person=member.person, tenant=member.tenant, kind=position.kind)
    return own.filter(query=position.listed).order_by("-pk")
