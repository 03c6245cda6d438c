"""References: from the id in a body to the `{id, fullName}` in a record."""

import re
from dataclasses import dataclass

from sandbox.conductor.http.errors import quickbooks
from sandbox.conductor.http.resources import ITEMS

from . import records
from .books import Books
from .records import Record

_WELL_FORMED = re.compile(r"[0-9A-Z]{1,10}-\d{1,12}")


@dataclass(frozen=True)
class Target:
    """What a reference may refer to, QuickBooks' name for it, and the preference it needs."""

    member: str
    resources: tuple[str, ...]
    word: str
    feature: str = ""
    has_parent: bool | None = None  # whether the record must have one; None if that makes no difference


TARGETS = {
    "parentId": Target("parent", ("customers",), "Customer"),
    "classId": Target("class", ("classes",), "Class", "classes"),
    "customerTypeId": Target("customerType", ("customer-types",), "CustomerType"),
    "termsId": Target("terms", ("standard-terms", "date-driven-terms"), "Terms"),
    "salesRepresentativeId": Target("salesRepresentative", ("sales-representatives",), "SalesRep"),
    "salesTaxCodeId": Target("salesTaxCode", ("sales-tax-codes",), "SalesTaxCode"),
    "salesTaxItemId": Target("salesTaxItem", ("sales-tax-items", "sales-tax-group-items"), "ItemSalesTax"),
    "preferredPaymentMethodId": Target("preferredPaymentMethod", ("payment-methods",), "PaymentMethod"),
    "jobTypeId": Target("jobType", ("job-types",), "JobType"),
    "priceLevelId": Target("priceLevel", ("price-levels",), "PriceLevel"),
    "currencyId": Target("currency", ("currencies",), "Currency", "currencies"),
    "vendorId": Target("vendor", ("vendors",), "Vendor"),
    "payablesAccountId": Target("payablesAccount", ("accounts",), "Account"),
    "accountId": Target("account", ("accounts",), "Account"),
    "payeeId": Target("payee", ("customers",), "Customer"),
    "customerId": Target("customer", ("customers",), "Customer"),
    "itemId": Target("item", (*ITEMS, "sales-tax-items"), "Item"),
    "itemGroupId": Target("itemGroup", ("item-groups",), "ItemGroup"),
    "inventorySiteId": Target("inventorySite", ("inventory-sites",), "InventorySite", "sites", has_parent=False),
    "inventorySiteLocationId": Target(
        "inventorySiteLocation", ("inventory-sites",), "InventorySite", "sites", has_parent=True
    ),
    "overrideUnitOfMeasureSetId": Target("overrideUnitOfMeasureSet", ("unit-of-measure-sets",), "UnitOfMeasureSet"),
    "overrideItemAccountId": Target("overrideItemAccount", ("accounts",), "Account"),
}
_FEATURES = {
    "classes": ("accounting", "isUsingClassTracking", "Class tracking"),
    "currencies": ("multiCurrency", "isMultiCurrencyEnabled", "Multi-currency"),
    "sites": ("multiLocationInventory", "isMultiLocationInventoryEnabled", "Multi-location inventory"),
}


def resolve(books: Books, member: str, key: str, owner: str, target: Target | None = None) -> Record:
    """The record that an `…Id` member names; QuickBooks refuses the request if there is none."""
    target = target or TARGETS[member]
    require_feature(books, target.feature)
    if not _WELL_FORMED.fullmatch(key):
        raise quickbooks("3000", f'The given object ID "{key}" in the field "{member}" is invalid.')
    record = books.find(target.resources, key)
    if record is None or not _is_of_level(target, record):
        raise bad_reference(target.word, key, owner)
    return record


def _is_of_level(target: Target, record: Record) -> bool:
    """Sites and their bins are one list: a site has no parent, a bin has its site."""
    return target.has_parent is None or target.has_parent == (record["parent"] is not None)


def refer(books: Books, member: str, key: str, owner: str, target: Target | None = None) -> Record:
    """The reference for an `…Id` member."""
    return records.reference(resolve(books, member, key, owner, target))


def bad_reference(word: str, key: str, owner: str) -> Exception:
    """QuickBooks' refusal of a reference to a missing record."""
    return quickbooks(
        "3140",
        f'There is an invalid reference to QuickBooks {word} "{key}" in the {owner}. QuickBooks error message: '
        "Invalid argument. The specified record does not exist in the list.",
    )


def require_feature(books: Books, feature: str) -> None:
    """Refuses with 3250 when the company file has this feature off."""
    if not feature:
        return
    section, switch, word = _FEATURES[feature]
    if not (books.preferences[section] or {}).get(switch):
        text = f"This feature is not enabled or not available in this version of QuickBooks: {word}."
        raise quickbooks("3250", text)
