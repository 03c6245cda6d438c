"""The list of transactions, read only for whose balances they have moved (docs/vendors/conductor.md, section 5)."""

from books.providers.base import Movements
from records.fields import FieldKind, Shape, Table

from .declare import read_only

SHAPE = Shape(
    read_only("transaction_id", "Id"),
    read_only("transaction_type", "Type"),
    read_only("ref_number", "Number"),
    read_only("entity", "Customer or vendor", FieldKind.REFERENCE),
    read_only("amount", "Amount", FieldKind.MONEY),
    read_only("updated_at", "Last modified", FieldKind.MOMENT),
)

MOVEMENTS = Movements(
    table=Table(
        kind="transactions",
        noun="transaction",
        path="/quickbooks-desktop/transactions",
        shape=SHAPE,
        title="ref_number",
        columns={"changed_at": "updated_at"},
    ),
    owners={"customers": "remote_id", "bills": "vendor_id"},
)
