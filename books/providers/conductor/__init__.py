"""QuickBooks Desktop, reached through the Conductor API."""

from books.providers.base import Description

from . import bills, customers, preferences, references, transactions

DESCRIPTION = Description(
    name="QuickBooks",
    account="Conductor account",
    requests={
        "health-check": "Connection check",
        "company": "Which company file is open",
        "deleted-list-objects": "What was deleted from lists",
        "deleted-transactions": "Which transactions were deleted",
        "transactions": "Which balances have changed",
    },
    encoding="cp1252",  # docs/vendors/conductor.md, section 9
    tables={
        table.kind: table for table in (customers.CUSTOMERS, bills.BILLS, preferences.PREFERENCES, *references.LISTS)
    },
    pickers=references.PICKERS,
    only=references.ONLY,
    learned=references.LEARNED,
    tells_changes=True,
    movements=transactions.MOVEMENTS,
    currencies=("currencies", "currency_code", "currency_format.decimal_places"),
)
