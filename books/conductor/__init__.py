"""QuickBooks Desktop, reached through the Conductor API."""

from books.provider import Description

from . import bills, customers, references

DESCRIPTION = Description(
    name="QuickBooks",
    tables={table.kind: table for table in (customers.CUSTOMERS, bills.BILLS, *references.LISTS)},
    pickers=references.PICKERS,
    only=references.ONLY,
    learned=references.LEARNED,
    tells_changes=True,
)
