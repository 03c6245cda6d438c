"""The rows of the list of customers by its query string, for the list itself and for the way through it."""

from typing import Any

from django.http import QueryDict

from books.mirror.lists.totals import sum_records
from books.mirror.query import RecordPage, is_large, search_records
from record_forms.filters.state import ListKind, ListState
from records.searching import explain_too_long
from tenants.access import Member

from .filters import FILTERS
from .table import COLUMNS, INACTIVE, READS

CUSTOMER_LIST = ListKind(
    kind="customers", columns=COLUMNS, filters=FILTERS, sorts=("full_name",), reads=READS, marks=(INACTIVE,)
)


class CustomerRows(ListState):
    """The customers that a member asks for."""

    def __init__(self, member: Member, data: QueryDict) -> None:
        super().__init__(member, data, CUSTOMER_LIST)

    def find_page(self, edition: str, *, waits: bool = True) -> tuple[RecordPage, list[dict[str, Any]] | None]:
        """Return the page that was asked for and the totals of all that is listed, at this edition of the mirror.

        Unless the caller `waits`, there are no totals of a search in a long list: to add up takes longer than to find
        the page.
        """
        asked, wanted = self.asked, {"page": self.asked["page"], "size": self.asked["size"]}
        wanted["columns"] = self.list_needed()
        is_long = asked["q"] and not waits and is_large(self.tenant, (self.kind,))
        totals, page = None, self._search(**wanted) if is_long else None
        if page is None:
            totals = [] if explain_too_long(asked["q"]) else self._add_up(edition)
            page = self._search(**wanted, total=sum(row["count"] for row in totals))
        page.rows[:] = self.complete(page.rows)
        return page, totals if page.total else []

    def _add_up(self, edition: str) -> list[dict[str, Any]]:
        return sum_records(self.tenant, self.table, self.asked["q"], self.matches, self.searched, edition)

    def find_ids(self, first: int, count: int) -> list[str]:
        if not self.asked["q"]:  # nothing to count for the way of a search
            return super().find_ids(first, count)
        page = self._search(page=1, size=count, columns=["remote_id"], start=first)
        return [row.remote_id for row in page.rows]

    def _search(self, **more: Any) -> RecordPage:
        return search_records(
            self.tenant, self.table, q=self.asked["q"], filters=self.matches, sort=self.asked["sort"],
            lines=self.searched, main=self.main, **more,
        )  # fmt: skip
