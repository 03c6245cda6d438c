"""The company's preferences that change what a bill or customer may hold. Read only.

Source: docs/vendors/conductor.md, section 2.
"""

from records.fields import FieldKind, Shape, Table

from .declare import read_only

ACCOUNTING = Shape(
    read_only("is_using_account_numbers", "Account numbers", FieldKind.BOOLEAN),
    read_only("is_requiring_accounts", "Accounts required", FieldKind.BOOLEAN),
    read_only("is_using_class_tracking", "Classes", FieldKind.BOOLEAN),
    read_only("closing_date", "Closing date", FieldKind.DATE),
)
MULTI_CURRENCY = Shape(
    read_only("is_multi_currency_enabled", "Several currencies", FieldKind.BOOLEAN),
    read_only("home_currency", "Home currency", FieldKind.REFERENCE),
)
SITES = Shape(
    read_only("is_multi_location_inventory_available", "Sites available", FieldKind.BOOLEAN),
    read_only("is_multi_location_inventory_enabled", "Sites", FieldKind.BOOLEAN),
)
PURCHASES = Shape(
    read_only("is_using_inventory", "Inventory", FieldKind.BOOLEAN),
    read_only("days_bills_are_due", "Days until a bill is due", FieldKind.NUMBER),
    read_only("is_automatically_using_discounts", "Discounts taken by themselves", FieldKind.BOOLEAN),
)
SALES_TAX = Shape(
    read_only("default_item_sales_tax", "Usual tax item", FieldKind.REFERENCE),
    read_only("is_using_vendor_tax_code", "Tax codes of vendors", FieldKind.BOOLEAN),
    read_only("is_using_customer_tax_code", "Tax codes of customers", FieldKind.BOOLEAN),
)
ITEMS = Shape(
    read_only("inventory_tracking_method", "Serial or lot numbers"),
    read_only("is_inventory_expiration_date_enabled", "Expiration dates", FieldKind.BOOLEAN),
    read_only("is_tracking_on_purchase_transactions_enabled", "Serial or lot numbers on purchases", FieldKind.BOOLEAN),
    read_only("is_bin_tracking_enabled", "Bins", FieldKind.BOOLEAN),
)

PREFERENCES = Table(
    kind="preferences",
    noun="preferences",
    path="/quickbooks-desktop/preferences",
    title="id",
    shape=Shape(
        read_only("id", "Id"),
        read_only("accounting", "Accounting", FieldKind.GROUP, members=ACCOUNTING),
        read_only("multi_currency", "Currencies", FieldKind.GROUP, members=MULTI_CURRENCY),
        read_only("multi_location_inventory", "Sites", FieldKind.GROUP, members=SITES),
        read_only("purchases_and_vendors", "Purchases", FieldKind.GROUP, members=PURCHASES),
        read_only("sales_tax", "Sales tax", FieldKind.GROUP, members=SALES_TAX),
        read_only("items_and_inventory", "Items", FieldKind.GROUP, members=ITEMS),
    ),
    revision="",
    paged=False,
    single=True,
)
