"""The lists behind the pickers, as Conductor serves them, and which lists one picker searches together."""

from records.fields import Field, FieldKind, Shape, Table

from .customers import ADDRESS
from .declare import read_only


def _list(
    kind: str,
    noun: str,
    deleted_as: str,
    *extra: Field,
    name: str = "full_name",
    paged: bool = False,
    subtype: str = "",
    detail: str = "",
    parent: str = "",
) -> Table:
    """A reference list. `name` is the field that references show: flat lists have no full name.

    `subtype` is the path of the value that narrows a picker, `detail` that of a second text to find an entry by,
    `parent` that of the id of the entry above.
    """
    columns = {"name": name, "full_name": name, "is_active": "is_active", "changed_at": "updated_at"}
    columns |= {column: path for column, path in _list_paths(subtype, detail, parent) if path}
    shape = Shape(
        read_only("id", "Id"),
        read_only("name", "Name"),
        read_only("full_name", "Full name"),
        read_only("is_active", "Active", FieldKind.BOOLEAN),
        read_only("revision_number", "Revision"),
        read_only("updated_at", "Last modified", FieldKind.MOMENT),
        *extra,
    )
    return Table(
        kind=kind,
        noun=noun,
        path=f"/quickbooks-desktop/{kind}",
        shape=shape,
        title=name,
        columns=columns,
        search=("full_name", "detail") if detail else ("full_name",),
        paged=paged,
        always={"status": "all"},
        deleted_as=deleted_as,
    )


def _list_paths(subtype: str, detail: str, parent: str) -> tuple[tuple[str, str], ...]:
    return (("subtype", subtype), ("detail", detail), ("parent_id", parent))


_DAYS = (
    read_only("due_days", "Due days", FieldKind.NUMBER),
    read_only("discount_days", "Discount days", FieldKind.NUMBER),
)
_DATES = (
    read_only("due_day_of_month", "Due day", FieldKind.NUMBER),
    read_only("grace_period_days", "Grace days", FieldKind.NUMBER),
    read_only("discount_day_of_month", "Discount day", FieldKind.NUMBER),
)
_DISCOUNT = read_only("discount_percentage", "Discount", FieldKind.NUMBER)
_UNIT_SET = read_only("unit_of_measure_set", "Unit set", FieldKind.REFERENCE)

_CURRENCY_FORMAT = Shape(read_only("decimal_places", "Decimals", FieldKind.NUMBER))
_CURRENCY = (
    read_only("currency_code", "Code"),
    read_only("currency_format", "Format", FieldKind.GROUP, members=_CURRENCY_FORMAT),
)

_UNIT = Shape(read_only("name", "Unit"), read_only("abbreviation", "Abbreviation"))
_RELATED_UNIT = Shape(*_UNIT.fields, read_only("conversion_ratio", "Base units", FieldKind.NUMBER))
_UNITS = (
    read_only("base_unit", "Base unit", FieldKind.GROUP, members=_UNIT),
    read_only("related_units", "Related units", FieldKind.LIST, members=_RELATED_UNIT, key="name"),
)
_DISCOUNT_RATES = (
    read_only("discount_rate_percent", "Discount in percent", FieldKind.NUMBER),
    read_only("discount_rate", "Discount", FieldKind.MONEY),
)
_SITE = (read_only("parent", "Site", FieldKind.REFERENCE),)

_SALES_OR_PURCHASE = Shape(
    read_only("description", "Description"),
    read_only("price", "Price", FieldKind.COST),
    Field(name="account", label="Account", kind=FieldKind.REFERENCE, wire="postingAccount"),
)
_SALES_AND_PURCHASE = Shape(
    read_only("purchase_description", "Description"),
    read_only("purchase_cost", "Cost", FieldKind.COST),
    read_only("expense_account", "Account", FieldKind.REFERENCE),
)
_BOUGHT = (
    read_only("sales_or_purchase_details", "Purchase", FieldKind.GROUP, members=_SALES_OR_PURCHASE),
    read_only("sales_and_purchase_details", "Purchase", FieldKind.GROUP, members=_SALES_AND_PURCHASE),
)
_STOCKED = (
    read_only("purchase_description", "Description"),
    read_only("purchase_cost", "Cost", FieldKind.COST),
    read_only("cogs_account", "Account", FieldKind.REFERENCE),
    _UNIT_SET,
)

_VENDOR = (
    read_only("terms", "Terms", FieldKind.REFERENCE),
    read_only("currency", "Currency", FieldKind.REFERENCE),
    read_only("billing_address", "Address", FieldKind.GROUP, members=ADDRESS),
)
_ACCOUNT = (read_only("account_type", "Type"), read_only("account_number", "Number"))
_REPRESENTATIVE = (read_only("initial", "Initials"), read_only("entity", "Name", FieldKind.REFERENCE))
_IN_GROUP = Shape(
    read_only("item", "Item", FieldKind.REFERENCE),
    read_only("quantity", "Quantity", FieldKind.NUMBER),
    read_only("unit_of_measure", "Unit"),
)
_GROUP = (
    read_only("description", "Description"),
    _UNIT_SET,
    read_only("lines", "Items in the group", FieldKind.LIST, members=_IN_GROUP, key="item"),
)

LISTS = (
    _list("vendors", "vendor", "vendor", *_VENDOR, name="name", paged=True),
    _list("accounts", "account", "account", *_ACCOUNT, subtype="account_type", detail="account_number"),
    _list("classes", "class", "class"),
    _list("standard-terms", "terms", "standard_terms", *_DAYS, _DISCOUNT, name="name"),
    _list("date-driven-terms", "terms", "date_driven_terms", *_DATES, _DISCOUNT, name="name"),
    _list(
        "sales-tax-codes",
        "sales tax code",
        "sales_tax_code",
        read_only("description", "Meaning"),
        name="name",
    ),
    _list(
        "sales-tax-items",
        "tax item",
        "item_sales_tax",
        read_only("tax_rate", "Rate"),
        name="name",
        paged=True,
    ),
    _list("sales-tax-group-items", "tax group", "item_sales_tax_group", name="name", paged=True),
    _list(
        "sales-representatives",
        "sales rep",
        "sales_representative",
        *_REPRESENTATIVE,
        name="initial",
        detail="entity.name",
    ),
    _list("payment-methods", "payment method", "payment_method", name="name"),
    _list("price-levels", "price level", "price_level", name="name"),
    _list("customer-types", "customer type", "customer_type"),
    _list("currencies", "currency", "currency", *_CURRENCY, name="name", detail="currency_code"),
    _list("service-items", "service", "item_service", *_BOUGHT, _UNIT_SET, paged=True),
    _list("inventory-items", "inventory", "item_inventory", *_STOCKED, paged=True),
    _list("inventory-assembly-items", "assembly", "item_inventory_assembly", *_STOCKED, paged=True),
    _list("non-inventory-items", "non-inventory", "item_non_inventory", *_BOUGHT, _UNIT_SET, paged=True),
    _list("other-charge-items", "other charge", "item_other_charge", *_BOUGHT, paged=True),
    _list("discount-items", "discount", "item_discount", *_DISCOUNT_RATES, paged=True),
    _list("subtotal-items", "subtotal", "item_subtotal", name="name", paged=True),
    _list("item-groups", "item group", "item_group", *_GROUP, name="name", paged=True),
    _list("inventory-sites", "site", "inventory_site", *_SITE, name="name", parent="parent.id"),
    _list("unit-of-measure-sets", "unit set", "unit_of_measure_set", *_UNITS, name="name"),
    _list("employees", "employee", "employee", name="name"),
    _list("other-names", "other name", "other_name", name="name"),
)

ITEMS = (
    "service-items",
    "inventory-items",
    "inventory-assembly-items",
    "non-inventory-items",
    "other-charge-items",
    "discount-items",
    "subtotal-items",
    "sales-tax-items",
)

# The lists of each picker: the reference list that a field names → the kinds of record that it may refer to. Standard
# and date-driven terms share QuickBooks' one Terms list, so one `terms_id` accepts either (docs/vendors/conductor.md,
# section 5).
PICKERS = {
    "terms": ("standard-terms", "date-driven-terms"),
    "items": ITEMS,
    "sales-tax-items": ("sales-tax-items", "sales-tax-group-items"),
    "payees": ("customers", "vendors"),
    "payables-accounts": ("accounts",),
    "job-types": ("customers",),
    "inventory-bins": ("inventory-sites",),
    **{
        kind: (kind,)
        for kind in (
            "customers",
            "vendors",
            "accounts",
            "classes",
            "sales-tax-codes",
            "sales-representatives",
            "payment-methods",
            "price-levels",
            "customer-types",
            "currencies",
            "item-groups",
            "inventory-sites",
            "unit-of-measure-sets",
        )
    },
}
# An entry is an option of a picker only if these fields of its record hold these values; True and False: any or none.
# Sites and bins are one list: a site has no parent (docs/vendors/conductor.md, section 5).
ONLY: dict[str, dict[str, str | bool]] = {
    "payables-accounts": {"account_type": "accounts_payable"},
    "inventory-sites": {"parent.id": False},
    "inventory-bins": {"parent.id": True},
}
# Job types have no list: their ids are learned from the customers that have one (docs/vendors/conductor.md, section 5).
LEARNED = {"job-types": "job_type"}
