"""The rows of the list of customers by its query string, for the list itself and for the way through it."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from books import registry
from books.mirror.order import make_order
from books.mirror.query import RecordPage, filter_records, search_records
from books.models import Record
from books.pages.list_table import choose_columns, list_sorts
from records.searching import explain_too_long
from records.visible import list_searched
from tenants.access import Member

from .filters import CustomerFilter
from .table import COLUMNS, list_read


class CustomerRows:
    """The customers that a member asks for: `form` reads the query string, `asked` is what the list goes by."""

    def __init__(self, member: Member, data: QueryDict) -> None:
        self.tenant = member.tenant
        self.table = registry.get_visible_table(member, "customers")
        self.columns = choose_columns(member, self.table, COLUMNS)
        self.form = CustomerFilter(data, list_sorts(self.columns))

    @cached_property
    def asked(self) -> dict[str, Any]:
        return self.form.asked(self.table)

    @property
    def page(self) -> int:
        return int(self.asked["page"])

    @property
    def size(self) -> int:
        return int(self.asked["size"])

    def find_page(self, edition: str) -> RecordPage:
        """Return the page that was asked for, at this edition of the mirror."""
        return self._search(**self.asked, columns=list_read(self.columns), edition=edition)

    def find_ids(self, first: int, count: int) -> list[str]:
        if not self.asked["q"]:  # nothing to count for the way of a search
            found = self._filter().order_by(*make_order(self.asked["sort"], self.table))
            return list(found.values_list("remote_id", flat=True)[first : first + count])
        page = self._search(**{**self.asked, "page": 1, "size": count}, columns=["remote_id"], start=first)
        return [row.remote_id for row in page.rows]

    def keep_listed(self, ids: list[str]) -> set[str]:
        return set(self._filter().filter(remote_id__in=ids).values_list("remote_id", flat=True))

    def _filter(self) -> QuerySet[Record]:
        q, filters = self.asked["q"], self.asked["filters"]
        found = filter_records(self.tenant, self.table.kind, q, filters, lines=list_searched(self.table))
        return found.none() if explain_too_long(q) else found

    def _search(self, **asked: Any) -> RecordPage:
        return search_records(self.tenant, self.table, lines=list_searched(self.table), **asked)
