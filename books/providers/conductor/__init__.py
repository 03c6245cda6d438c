"""QuickBooks Desktop, reached through the Conductor API."""

from books.providers.base import Description

from . import bills, customers, preferences, references

DESCRIPTION = Description(
    name="QuickBooks",
    account="Conductor account",
    tables={
        table.kind: table for table in (customers.CUSTOMERS, bills.BILLS, preferences.PREFERENCES, *references.LISTS)
    },
    pickers=references.PICKERS,
    only=references.ONLY,
    learned=references.LEARNED,
    tells_changes=True,
    currencies=("currencies", "currency_code", "currency_format.decimal_places"),
)
