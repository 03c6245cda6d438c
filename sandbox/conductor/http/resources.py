"""The kinds of record in the API: the path of each list, its name, its search parameters."""

from dataclasses import dataclass


def words(text: str) -> tuple[str, ...]:
    """The words of a text, for lists too long to quote one by one."""
    return tuple(text.split())


@dataclass(frozen=True)
class Resource:
    """One kind of record. `exact` is its exact-name parameter, `filters` are those of some kinds only."""

    path: str
    kind: str
    exact: str = "names"
    paged: bool = False
    filters: tuple[str, ...] = ()
    deleted_as: str = ""
    limited: bool = True
    listed: bool = True


_BALANCES = ("", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo")
BALANCE_FILTERS = tuple(f"totalBalance{suffix}" for suffix in _BALANCES)
TRANSACTION_FILTERS = (
    "transactionDateFrom",
    "transactionDateTo",
    "accountIds",
    "currencyIds",
    "refNumberContains",
    "refNumberStartsWith",
    "refNumberEndsWith",
    "refNumberFrom",
    "refNumberTo",
)
DATED_FILTERS = (*TRANSACTION_FILTERS, "vendorIds", "includeLineItems", "includeLinkedTransactions")
_TABLE = (
    Resource(
        "customers",
        "qbd_customer",
        "fullNames",
        True,
        (*BALANCE_FILTERS, "currencyIds", "classIds", "excludeAlternateShippingAddresses"),
        "customer",
    ),
    Resource("bills", "qbd_bill", "refNumbers", True, (*DATED_FILTERS, "paymentStatus"), "bill"),
    Resource("purchase-orders", "qbd_purchase_order", "refNumbers", True, DATED_FILTERS, "purchase_order"),
    Resource("vendors", "qbd_vendor", "names", True, (*BALANCE_FILTERS, "currencyIds", "classIds"), "vendor"),
    Resource("accounts", "qbd_account", "fullNames", False, ("accountType", "currencyIds"), "account"),
    Resource("classes", "qbd_class", "fullNames", deleted_as="class"),
    Resource("standard-terms", "qbd_standard_term", deleted_as="standard_terms"),
    Resource("date-driven-terms", "qbd_date_driven_term", deleted_as="date_driven_terms"),
    Resource("sales-tax-codes", "qbd_sales_tax_code", deleted_as="sales_tax_code"),
    Resource("sales-tax-items", "qbd_sales_tax_item", "names", True, ("classIds",), "item_sales_tax"),
    Resource("sales-tax-group-items", "qbd_sales_tax_group_item", "names", True, (), "item_sales_tax_group"),
    Resource("sales-representatives", "qbd_sales_representative", deleted_as="sales_representative"),
    Resource("payment-methods", "qbd_payment_method", "names", False, ("paymentMethodType",), "payment_method"),
    Resource("price-levels", "qbd_price_level", "names", False, ("itemIds", "currencyIds"), "price_level"),
    Resource("customer-types", "qbd_customer_type", "fullNames", deleted_as="customer_type"),
    Resource("currencies", "qbd_currency", deleted_as="currency"),
    Resource("employees", "qbd_employee", deleted_as="employee"),
    Resource("other-names", "qbd_other_name", deleted_as="other_name"),
    Resource("service-items", "qbd_service_item", "fullNames", True, ("classIds",), "item_service"),
    Resource("inventory-items", "qbd_inventory_item", "fullNames", True, ("classIds",), "item_inventory"),
    Resource(
        "inventory-assembly-items",
        "qbd_inventory_assembly_item",
        "fullNames",
        True,
        ("classIds",),
        "item_inventory_assembly",
    ),
    Resource("non-inventory-items", "qbd_non_inventory_item", "fullNames", True, ("classIds",), "item_non_inventory"),
    Resource("other-charge-items", "qbd_other_charge_item", "fullNames", True, ("classIds",), "item_other_charge"),
    Resource("discount-items", "qbd_discount_item", "fullNames", True, ("classIds",), "item_discount"),
    Resource("subtotal-items", "qbd_subtotal_item", "names", True, (), "item_subtotal"),
    Resource("item-groups", "qbd_item_group", "names", True, (), "item_group"),
    Resource("inventory-sites", "qbd_inventory_site", limited=False, deleted_as="inventory_site"),
    Resource("unit-of-measure-sets", "qbd_unit_of_measure_set", deleted_as="unit_of_measure_set"),
    Resource(
        "transactions",
        "qbd_transaction",
        "refNumbers",
        True,
        (
            *TRANSACTION_FILTERS,
            *words("entityIds itemIds classIds transactionTypes detailLevel postingStatus paymentStatus"),
        ),
    ),
    # The API has no endpoint for job types, although customers refer to them.
    Resource("job-types", "qbd_customer_type", "fullNames", deleted_as="job_type", listed=False),
)
RESOURCES = {resource.path: resource for resource in _TABLE}
TRANSACTIONS = ("bills", "purchase-orders", "transactions")
ITEMS = (
    "service-items",
    "inventory-items",
    "inventory-assembly-items",
    "non-inventory-items",
    "other-charge-items",
    "discount-items",
    "subtotal-items",
)
# Lists that are one in QuickBooks, so that no two entries of them have the same id.
ONE_LIST = (
    ("standard-terms", "date-driven-terms"),
    (*ITEMS, "item-groups", "sales-tax-items", "sales-tax-group-items"),
)
