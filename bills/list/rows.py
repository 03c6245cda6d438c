"""The rows of the list of bills by its query string, for the list itself and for the way through it."""

from functools import cached_property, partial
from typing import Any

from django.http import QueryDict

from books import registry
from books.pages.list_table import choose_columns, is_shown, list_sorts
from records.visible import list_searched
from tenants.access import Member

from .filters import BillFilter
from .query import BillsPage, filter_bills, find_bills, order_bills
from .table import COLUMNS, list_read


class BillRows:
    """The bills that a member asks for: `form` reads the query string, `asked` is what the list goes by."""

    def __init__(self, member: Member, data: QueryDict) -> None:
        self.tenant = member.tenant
        self.table = registry.get_visible_table(member, "bills")
        self.columns = choose_columns(member, self.table, COLUMNS)
        self.shown = partial(is_shown, member, self.table)
        self.form = BillFilter(data, list_sorts(self.columns), shown=self.shown, day_first=member.tenant.day_first)

    @cached_property
    def asked(self) -> dict[str, Any]:
        return self.form.asked

    @property
    def page(self) -> int:
        return int(self.asked["page"])

    @property
    def size(self) -> int:
        return int(self.asked["size"])

    def find_page(self) -> BillsPage:
        return find_bills(self.tenant, self.table, self.asked, list_read(self.columns), list_searched(self.table))

    def find_ids(self, first: int, count: int) -> list[str]:
        found = self._filter().order_by(*order_bills(self.table, self.asked))
        return list(found.values_list("remote_id", flat=True)[first : first + count])

    def keep_listed(self, ids: list[str]) -> set[str]:
        return set(self._filter().filter(remote_id__in=ids).values_list("remote_id", flat=True))

    def _filter(self) -> Any:
        return filter_bills(self.tenant, self.table, self.asked, list_searched(self.table))
