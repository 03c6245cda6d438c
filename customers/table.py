"""The list of customers: its columns, declared only here, and its rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from books.pages.list_table import Column, TableRow
from books.pages.row_address import make_anchor, quote_id

CELLS = "customers/cells"
READS = ("remote_id", "version_id", "full_name", "is_active", "currency")  # what every row needs
COLUMNS = (
    Column("full_name", "Name", "name", phone="title", look="text w-30", is_link=True),
    Column("company_name", "Company", phone="sub", look="text w-20 muted"),
    Column("phone", "Phone", phone="date", look="muted"),
    Column("email", "Email", look="text w-20 muted low-priority"),
    Column("terms_name", "Terms", look="muted low-priority"),
    Column("balance", "Balance", "amount", phone="sum", look="num", total="balance_sum"),
    Column("total_balance", "Incl. jobs", "amount", phone="sum", look="num muted"),
    Column("changed_at", "Last modified", "day", look="num muted low-priority"),
)
INACTIVE = Column("is_active", "Status", export=lambda row: "Inactive" if row.is_active is False else "Active")


def make_rows(found: Sequence[Any], here: str, codes: Mapping[str, str], *, under: bool) -> Iterator[TableRow]:
    """Yield the rows of the list at the address `here`; `codes` are shown before the amounts of a currency.

    `under`: the table is sorted by full name, so jobs follow their customer.
    """
    for row, depth, title in _indent_name(found, under=under):
        link, code = f"{here}{quote_id(row.remote_id)}/", codes.get(row.currency, "")
        yield TableRow(row, link, row.full_name, code, depth, title, anchor=make_anchor(row.remote_id))


def _indent_name(found: Sequence[Any], *, under: bool) -> Iterator[tuple[Any, int, str]]:
    """Yield each row with its depth below its parent customer in this list, and the name to show."""
    above: list[str] = []
    for row in found:
        name = row.full_name
        while above and not (under and name.startswith(above[-1] + ":")):
            above.pop()
        yield row, len(above), name[len(above[-1]) + 1 :] if above else name
        above.append(name)
