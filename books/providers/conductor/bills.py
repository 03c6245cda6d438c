"""The bill table, with its expense, item and group lines.

An update replaces a whole line array. Item lines and group lines are one table in QuickBooks, so they are sent together
(docs/vendors/conductor.md, section 8).
"""

from records.fields import ChoiceEntry, FieldKind, FieldSection, Shape, Table

from .customers import ADDRESS, CUSTOM_FIELDS
from .declare import choice, day, group, listing, money, number, read_only, reference, text

BILLING_STATUS = {"billable": "Billable", "has_been_billed": "Billed", "not_billable": "Not billable"}
TRANSACTION_TYPES = tuple(
    (name, name.replace("_", " ").capitalize())
    for name in (
        "bill",
        "bill_payment_check",
        "bill_payment_credit_card",
        "check",
        "credit_card_charge",
        "invoice",
        "item_receipt",
        "journal_entry",
        "purchase_order",
        "vendor_credit",
    )
)

# The values that QuickBooks fills in when an item is chosen, and where the items of each kind have them. A discount has
# no quantity (docs/vendors/conductor.md, section 8.9).
BOUGHT = ChoiceEntry(
    fills={
        "description": (
            "purchase_description",
            "sales_and_purchase_details.purchase_description",
            "sales_or_purchase_details.description",
        ),
        "cost": ("purchase_cost", "sales_and_purchase_details.purchase_cost", "sales_or_purchase_details.price"),
    },
    unit="unit_of_measure",
    units="unit_of_measure_set",
    own_units="override_unit_of_measure_set",
    without={"discount-items": ("quantity",)},
    discount=("discount_rate_percent", "discount_rate"),
)
KIT = ChoiceEntry(
    unit="unit_of_measure", units="unit_of_measure_set", own_units="override_unit_of_measure_set", holds="lines"
)

# The preferences without which QuickBooks' own bill has no such column.
CLASSES = ("accounting.is_using_class_tracking", True)
TAX_CODES = ("sales_tax.is_using_vendor_tax_code", True)
SITES = ("multi_location_inventory.is_multi_location_inventory_enabled", True)
BINS = ("items_and_inventory.is_bin_tracking_enabled", True)
EXPIRY = ("items_and_inventory.is_inventory_expiration_date_enabled", True)
SERIALS = ("items_and_inventory.inventory_tracking_method", "serial_number")
LOTS = ("items_and_inventory.inventory_tracking_method", "lot_number")

LINKED = "Links can only be changed in QuickBooks."

EXPENSE_LINE = Shape(
    read_only("id", "Id", sent_along=True),
    reference("account", "Account", "accounts", required=True),
    text("memo", "Memo", 4095, kind=FieldKind.LONG_TEXT),
    money("amount", "Amount", required=True),
    reference("payee", "Customer:job", "payees"),
    reference("class", "Class", "classes", needs=CLASSES),
    reference("sales_tax_code", "Tax code", "sales-tax-codes", needs=TAX_CODES),
    choice("billing_status", "Billable", BILLING_STATUS),
    reference("sales_representative", "Sales rep", "sales-representatives"),
    CUSTOM_FIELDS,
)

ITEM_LINE = Shape(
    read_only("id", "Id", sent_along=True),
    reference("item", "Item", "items", required=True, entry=BOUGHT),
    text("description", "Description", 4095, kind=FieldKind.LONG_TEXT),
    number("quantity", "Quantity", decided_with="amount"),
    text("unit_of_measure", "Unit", 31),
    number("cost", "Cost", FieldKind.COST, decided_with="amount"),
    money("amount", "Amount", decided_with="amount", follows=True),
    reference("customer", "Customer:job", "customers"),
    reference("class", "Class", "classes", needs=CLASSES),
    reference("sales_tax_code", "Tax code", "sales-tax-codes", needs=TAX_CODES),
    choice("billing_status", "Billable", BILLING_STATUS),
    reference("inventory_site", "Site", "inventory-sites", needs=SITES),
    reference("inventory_site_location", "Bin", "inventory-bins", needs=BINS, under="inventory_site"),
    text("serial_number", "Serial number", 4095, needs=SERIALS),
    text("lot_number", "Lot number", 40, needs=LOTS),
    day("expiration_date", "Expires", needs=EXPIRY),
    reference("override_unit_of_measure_set", "Unit set", "unit-of-measure-sets", by_name=True),
    reference("sales_representative", "Sales rep", "sales-representatives"),
    CUSTOM_FIELDS,
)

GROUP_LINE = Shape(
    read_only("id", "Id", sent_along=True),
    reference("item_group", "Item group", "item-groups", required=True, entry=KIT),
    read_only("description", "Description"),
    number("quantity", "Quantity"),
    text("unit_of_measure", "Unit", 31),
    reference("override_unit_of_measure_set", "Unit set", "unit-of-measure-sets", by_name=True),
    read_only("total_amount", "Amount", FieldKind.MONEY, why="The sum of its lines.", follows=True),
    listing("item_lines", "Items in the group", ITEM_LINE),
    CUSTOM_FIELDS,
)

LINK_TYPES = (("amount", "paid"), ("quantity", "received"))
LINKED_TRANSACTION = Shape(
    read_only("id", "Id", technical=True),
    read_only("transaction_type", "Type", FieldKind.CHOICE, choices=TRANSACTION_TYPES, in_history=True),
    read_only("transaction_date", "Date", FieldKind.DATE, in_history=True),
    read_only("ref_number", "Number", in_history=True),
    read_only("link_type", "Link", FieldKind.CHOICE, choices=LINK_TYPES),
    read_only("amount", "Amount", FieldKind.MONEY, in_history=True),
)

SHAPE = Shape(
    reference("vendor", "Vendor", "vendors", required=True),
    reference("payables_account", "Payables account", "payables-accounts", required=True),
    text("ref_number", "Number", 20, copied=True),
    day("transaction_date", "Bill date", required=True, decided_with="due"),
    reference("terms", "Terms", "terms", decided_with="due"),
    day("due_date", "Due date", decided_with="due"),
    text("memo", "Memo", 4095, kind=FieldKind.LONG_TEXT),
    reference("sales_tax_code", "Sales tax code", "sales-tax-codes"),
    number("exchange_rate", "Exchange rate", positive=True, places=6),
    group("vendor_address", "Vendor address", ADDRESS),
    read_only("currency", "Currency", FieldKind.REFERENCE, why="Set by the vendor."),
    read_only("amount_due", "Amount", FieldKind.MONEY, why="The sum of the lines.", follows=True),
    read_only("amount_due_in_home_currency", "Amount in home currency", FieldKind.MONEY, follows=True, in_home=True),
    read_only("open_amount", "Amount due", FieldKind.MONEY, why="What is still to be paid.", follows=True),
    read_only("is_paid", "Paid", FieldKind.BOOLEAN, follows=True, in_history=True),
    read_only("is_pending", "Pending", FieldKind.BOOLEAN, follows=True),
    listing("expense_lines", "Expenses", EXPENSE_LINE, clear_flag="clearExpenseLines"),
    listing("item_lines", "Items", ITEM_LINE, clear_flag="clearItemLines", sent_with=("item_group_lines",)),
    listing("item_group_lines", "Item groups", GROUP_LINE, also=("itemLineGroups",), sent_with=("item_lines",)),
    read_only(
        "linked_transactions", "Linked transactions", FieldKind.LIST, LINKED,
        members=LINKED_TRANSACTION, one="transaction", in_history=True,
    ),
    CUSTOM_FIELDS,
    read_only("id", "Id"),
    read_only("revision_number", "Revision"),
    read_only("created_at", "Created", FieldKind.MOMENT),
    read_only("updated_at", "Last modified", FieldKind.MOMENT),
    read_only("external_id", "External id"),
)  # fmt: skip

BILLS = Table(
    kind="bills",
    noun="bill",
    path="/quickbooks-desktop/bills",
    shape=SHAPE,
    title="ref_number",
    sections=(
        FieldSection(
            "header",
            "Bill",
            (
                "vendor", "payables_account", "ref_number", "transaction_date", "terms", "due_date", "memo",
                "sales_tax_code", "exchange_rate", "currency",
            ),
        ),
        FieldSection("address", "Vendor address", ("vendor_address",)),
        FieldSection(
            "amounts",
            "Amounts",
            ("amount_due", "open_amount", "amount_due_in_home_currency", "is_paid", "is_pending"),
        ),
        FieldSection("lines", "Lines", ("expense_lines", "item_lines", "item_group_lines")),
        FieldSection("links", "Linked transactions", ("linked_transactions",)),
        FieldSection("custom", "Custom fields", ("custom_fields",)),
        FieldSection(
            "technical",
            "Technical",
            ("id", "revision_number", "created_at", "updated_at", "external_id"),
            is_folded=True,
        ),
    ),
    columns={
        "name": "ref_number",
        "full_name": "ref_number",
        "number": "ref_number",
        "vendor_name": "vendor.name",
        "vendor_id": "vendor.id",
        "memo": "memo",
        "bill_date": "transaction_date",
        "due_date": "due_date",
        "terms_name": "terms.name",
        "amount": "amount_due",
        "open_amount": "open_amount",
        "is_paid": "is_paid",
        "currency": "currency.name",
        "changed_at": "updated_at",
    },
    search=("vendor_name", "name", "memo", "amount", "open_amount"),
    always={"includeLinkedTransactions": "true", "includeLineItems": "true"},
    deleted_as="bill",
)  # fmt: skip
