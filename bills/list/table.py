"""The list of bills: its columns, declared only here, and its rows."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from bills.grid.lines import is_too_long
from books.pages.list_table import Column, TableRow
from books.pages.row_address import make_anchor, quote_id

from .badges import describe_flags, describe_status, list_badges

CELLS = "bills/cells"
STATUS = ("is_paid", "due_date")
PAYMENT = ("is_paid", "open_amount", "amount")
LINES = ("expense_lines", "item_lines", "item_group_lines")
READS = ("remote_id", "version_id", "name", "currency", "unfinished", *PAYMENT, *LINES)  # what every row needs
LENGTH = Column("length", "Length", reads=LINES)  # not shown: whether a bill is too long to be edited
COLUMNS = (
    Column("name", "Number", "number", phone="sub", is_link=True),
    Column("vendor_name", "Vendor", phone="title", look="text w-30"),
    Column("memo", "Memo", look="text w-20 muted"),
    Column("flags", "Flags", "flags", sort="", phone="badges", reads=PAYMENT, export=describe_flags),
    Column("bill_date", "Bill date", "day", phone="date", look="num muted"),
    Column("terms_name", "Terms", look="muted low-priority"),
    Column("due_date", "Due", "day", look="num muted"),
    Column("status", "Status", "status", sort="is_paid", phone="state", reads=STATUS, export=describe_status),
    Column("amount", "Amount", "amount", look="num muted", total="amount_sum"),
    Column("open_amount", "Amount due", "amount", phone="sum", look="num", total="open_sum"),
)


def make_rows(
    found: Sequence[Any], here: str, codes: Mapping[str, str], flagged: Container[str] = ()
) -> Iterator[TableRow]:
    """Yield the rows of the list at the address `here`; `codes` are shown before the amounts of a currency.

    `flagged` are the ids of the bills whose number another bill of the vendor has.
    """
    for row in found:
        link, called = f"{here}{quote_id(row.remote_id)}/", f"bill {row.name or getattr(row, 'vendor_name', '')}"
        code, may_edit = codes.get(row.currency, ""), not is_too_long(sum(int(getattr(row, f) or 0) for f in LINES))
        badges = list_badges(row, is_duplicate=row.remote_id in flagged)
        yield TableRow(row, link, called, code, badges=badges, may_edit=may_edit, anchor=make_anchor(row.remote_id))
