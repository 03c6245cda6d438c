"""The rows of the list of customers by its query string, for the list itself and for the way through it."""

from typing import Any

from django.http import QueryDict

from books.mirror.lists.totals import sum_records
from books.mirror.query import RecordPage, search_records
from record_forms.filters.state import ListKind, ListState
from records.searching import explain_too_long
from tenants.access import Member

from .filters import FILTERS
from .table import COLUMNS, READS

CUSTOMER_LIST = ListKind(kind="customers", columns=COLUMNS, filters=FILTERS, sorts=("full_name",), reads=READS)


class CustomerRows(ListState):
    """The customers that a member asks for."""

    def __init__(self, member: Member, data: QueryDict) -> None:
        super().__init__(member, data, CUSTOMER_LIST)

    def find_page(self, edition: str) -> tuple[RecordPage, list[dict[str, Any]]]:
        """Return the page that was asked for and the totals of all that is listed, at this edition of the mirror."""
        asked = self.asked
        totals = []
        if not explain_too_long(asked["q"]):
            totals = sum_records(self.tenant, self.table, asked["q"], self.matches, self.searched, edition)
        page = self._search(
            page=asked["page"], size=asked["size"], columns=self.list_needed(),
            total=sum(row["count"] for row in totals),
        )  # fmt: skip
        page.rows[:] = self.complete(page.rows)
        return page, totals

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
