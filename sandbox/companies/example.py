"""ABC Corporation: the records of the vendor's own documentation with their ids, and some more records.

The documented customer was its own parent, the documented bill its own payment, with one line id three times and an
amount due of a thousand for lines of three thousand; here each has the value that it must mean.
"""

from datetime import date
from itertools import islice
from typing import Any

from sandbox.conductor.file.records import reference
from sandbox.store import Store

from . import documented, invented
from .company_builder import Setup
from .settings import facts, preferences
from .words import SPECIAL, email, firm_names, phone

ID = "end_usr_1234567abcdefg"
_NAMED: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    ("classes", ("Consulting", "Office Supplies", "Installation", "Installation:Residential"), {}),
    ("customer-types", ("Retail Customer", "Wholesale Customer"), {}),
    ("job-types", ("Installation", "Repair"), {}),
    ("sales-tax-codes", ("Non",), {"isTaxable": False, "description": "Non-taxable"}),
    ("sales-tax-codes", ("Tax",), {"isTaxable": True, "description": "Taxable"}),
    ("standard-terms", ("Net 30",), {"dueDays": 30}),
    ("standard-terms", ("Due on receipt",), {"dueDays": 0}),
    ("standard-terms", ("Net 60",), {"dueDays": 60}),
    ("payment-methods", ("Credit Card",), {"paymentMethodType": "other_credit_card"}),
    ("payment-methods", ("Check",), {"paymentMethodType": "check"}),
    ("price-levels", ("Gold Member Pricing",), {"priceLevelType": "fixed_percentage", "fixedPercentage": "-10.0"}),
    ("inventory-sites", ("Main Warehouse",), {"isDefault": True}),
    ("other-names", ("Petty Cash Custodian",), {}),
)


class _DocumentedIds(Setup):
    def new_id(self, resource: str) -> str:
        number = self.next_number(resource)
        # Lines and transactions are numbered from the documented ids.
        start = {"transactions": 0x123ABB, "lines": 0x456DEE}.get(resource)
        return f"8{number:07X}-1234567890" if start is None else f"{start + number:X}-1234567890"


def add_example(store: Store) -> None:
    """Writes the whole company."""
    setup = _DocumentedIds(store, ID, -300, 20_260)
    for resource, names, known in _NAMED:
        for name in names:
            setup.put(resource, name, **known)
    _add_money(setup)
    _add_people(setup)
    _add_items(setup)
    _add_tax_items(setup)
    _add_customers(setup)
    _add_bills(setup)
    wishes = preferences(
        home=setup.ref("currencies", "CAD"),
        classes=True,
        sites=True,
        inventory=True,
        closing_date=None,
        taxable=setup.ref("sales-tax-codes", "Tax"),
        non_taxable=setup.ref("sales-tax-codes", "Non"),
        tax_item=setup.ref("sales-tax-items", "State Sales Tax"),
    )
    known = facts(
        "ABC Corporation",
        "abc-corporation",
        "2024-01-01T12:34:56.789Z",
        "int_conn_1234567abcdefg",
        documented.ADDRESS,
        wishes,
    )
    setup.finish(known, success="2026-11-20T15:57:03.118Z")


def _add_money(setup: Setup) -> None:
    for code, name, rate in (("USD", "USD", 1.2345), ("CAD", "CAD", 1), ("EUR", "EUR", 1.4711)):
        more = {"isUserDefinedCurrency": False, "exchangeRate": rate, "asOfDate": "2026-11-20"}
        setup.put("currencies", name, currencyCode=code, **more)
    for number, name, kind in (
        ("2000", "Accounts-Payable", "accounts_payable"),
        ("6000", "Expenses", "expense"),
        ("6100", "Expenses:Office Supplies", "expense"),
        ("6200", "Expenses:Rent", "expense"),
        ("1100", "Accounts Receivable", "accounts_receivable"),
        ("1000", "Checking", "bank"),
        ("4000", "Sales", "income"),
        ("5000", "Cost of Goods Sold", "cost_of_goods_sold"),
        ("1200", "Inventory Asset", "other_current_asset"),
    ):
        setup.put("accounts", name, accountType=kind, accountNumber=number, balance="0.00", totalBalance="0.00")
    setup.put("date-driven-terms", "15th of month", "80000011-1234567890", dueDayOfMonth=15, gracePeriodDays=5)


def _add_people(setup: Setup) -> None:
    usd, thirty = setup.ref("currencies", "USD"), setup.ref("standard-terms", "Net 30")
    for name in ("Acme Supplies Ltd.", "Paper & Ink Co.", "Tax Authority"):
        known = {"companyName": name, "email": email(name), "phone": phone(setup.chance), "terms": thirty}
        setup.put("vendors", name, billingAddress=documented.ADDRESS, balance="500.00", currency=usd, **known)
    jane = setup.put("employees", "Jane Doe", firstName="Jane", lastName="Doe")
    bob = setup.put("employees", "Bob Johnson", firstName="Bob", lastName="Johnson")
    for initial, entity in (("JD", jane), ("BJ", bob)):
        setup.add("sales-representatives", setup.make("sales-representatives", initial=initial, entity=entity))


def _add_tax_items(setup: Setup) -> None:
    vendor = setup.ref("vendors", "Tax Authority")
    setup.put("sales-tax-items", "State Sales Tax", taxRate="8.5", taxVendor=vendor, description="State sales tax")
    group = [setup.ref("sales-tax-items", "State Sales Tax")]
    setup.put("sales-tax-group-items", "Combined Sales Tax", "80000011-1234567890", salesTaxItems=group)


def _add_items(setup: Setup) -> None:
    shelf = {"parent": setup.ref("inventory-sites", "Main Warehouse")}
    setup.put("inventory-sites", "Aisle 3, Shelf B", **shelf)
    each = {"name": "Each", "abbreviation": "ea"}
    units = {"unitOfMeasureType": "count", "baseUnit": each, "relatedUnits": [], "defaultUnits": []}
    setup.put("unit-of-measure-sets", "Volume Units", **units)
    accounts = {
        "incomeAccount": setup.ref("accounts", "Sales"),
        "cogsAccount": setup.ref("accounts", "Cost of Goods Sold"),
        "assetAccount": setup.ref("accounts", "Inventory Asset"),
    }
    for name, cost in (("Widget A", "60.00"), ("Widget B", "24.50")):
        known = {"purchaseCost": cost, "purchaseDescription": f"{name}, custom engraving", "salesPrice": "99.00"}
        setup.put("inventory-items", name, **known, **accounts)
    lines = [{"item": setup.ref("inventory-items", "Widget A"), "quantity": 1, "unitOfMeasure": "Each"}]
    bundle = {"description": "Standard widget bulk package", "shouldPrintItemsInGroup": True, "lines": lines}
    setup.put("item-groups", "Office Supplies Bundle", **bundle)


def _add_customers(setup: Setup) -> None:
    usd = setup.ref("currencies", "USD")
    job = documented.customer(setup)
    plain = {"createdAt": documented.CREATED, "jobStatus": "none", "balance": "0.00", "currency": usd}
    parent = setup.make(
        "customers", name="ABC Corporation", companyName="ABC Corporation", totalBalance="5000.00", **plain
    )
    job["parent"] = reference(parent)
    setup.add("customers", parent)
    setup.add("customers", job)
    setup.add("customers", setup.make("customers", name="Acme Corporation", totalBalance="0.00", **plain))
    taken = {"abc corporation", "acme corporation"}
    for name in (*SPECIAL[:5], *islice(firm_names(setup.chance, taken), 9)):
        setup.add("customers", invented.customer(setup, name, usd))


def _add_bills(setup: Setup) -> None:
    setup.add("bills", documented.bill(setup))
    usd, net = setup.ref("currencies", "USD"), "Net 30"
    vendors = [setup.ref("vendors", name) for name in ("Acme Supplies Ltd.", "Paper & Ink Co.")]
    account = setup.ref("accounts", "Expenses:Rent")
    for number in range(12):
        day = date(2026, 1 + number, 5)
        known = {"currency": usd, "exchangeRate": 1.2345}
        bill = invented.new_bill(setup, vendors[number % 2], day, net, **known)
        amount = f"{120 + number * 35}.50"
        bill["expenseLines"] = [invented.expense_line(setup, account, amount, memo="Desk rent")]
        if number % 3 == 0:
            item = setup.ref("inventory-items", "Widget B")
            bill["itemLines"] = [invented.item_line(setup, item, 4, "24.50", description="Widget B")]
        invented.finish_bill(setup, bill)
