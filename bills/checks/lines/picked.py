"""What the mirror holds of the entries that lines name: account types, customers and vendors, sites, kinds of items.

One query for each list, made when it is asked for. Decides nothing.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from bills.checks.changed_lines import EditedLine
from books.mirror import pickers
from books.models import Record
from records.content import Content, Reference
from tenants.models import Tenant


class PickedEntries:
    """The entries that `lines` and the contents of `others` name. Nothing is claimed of what the mirror lacks."""

    def __init__(self, tenant: Tenant, lines: Iterable[EditedLine], others: Sequence[Content] = ()) -> None:
        self.tenant, self.lines = tenant, list(lines)
        self._contents = [*(line.now for line in self.lines), *others]

    def find_account_type(self, account: Reference | None) -> str:
        """Return the type of an account: "accounts_payable"; "" if it is not known."""
        found = account and self._accounts.get(account.id)
        return found[0].subtype if found else ""

    def find_payee_kind(self, payee: Reference | None) -> str:
        """Return "customers" or "vendors"; "" if it is not known."""
        found = _choose(payee, self._payees)
        return found.kind if found else ""

    def find_item_kind(self, item: Reference | None) -> str:
        found = _choose(item, self._items)
        return found.kind if found else ""

    def find_site(self, site: Reference | None) -> Record | None:
        """Return the entry of a site or bin; a site's `parent_id` is blank."""
        found = site and self._sites.get(site.id)
        return found[0] if found else None

    def find_site_by_id(self, remote_id: str) -> Record | None:
        return self.find_site(Reference(remote_id, ""))

    @cached_property
    def _accounts(self) -> dict[str, list[Record]]:
        return self._index("accounts", "account")

    @cached_property
    def _payees(self) -> dict[str, list[Record]]:
        return self._index("payees", "payee")

    @cached_property
    def _items(self) -> dict[str, list[Record]]:
        return self._index("items", "item")

    @cached_property
    def _sites(self) -> dict[str, list[Record]]:
        found = self._index("inventory-sites", "inventory_site", "inventory_site_location")
        above = {row.parent_id for rows in found.values() for row in rows} - found.keys()
        return found | _by_id(pickers.find_rows(self.tenant, "inventory-sites", above))

    def _index(self, picker: str, *members: str) -> dict[str, list[Record]]:
        picked = (line.get(name) for line in self._contents for name in members)
        return _by_id(pickers.find_rows(self.tenant, picker, [one.id for one in picked if one]))


def _by_id(rows: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row.remote_id, []).append(row)
    return found


def _choose(picked: Reference | None, rows: dict[str, list[Record]]) -> Record | None:
    """Return the entry that is meant, by id and name: entries of two lists may have the same id.

    Source: docs/vendors/conductor.md, section 1.
    """
    found = rows.get(picked.id, []) if picked else []
    named = [row for row in found if picked and (row.full_name or "").casefold() == picked.name.casefold()]
    return named[0] if len(named) == 1 else None
