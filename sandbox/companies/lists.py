"""The lists of every invented company: accounts, terms, tax, people, classes."""

from sandbox.conductor.file.records import Record

from .company_builder import Setup
from .words import FIRST, LAST, address, email, phone

_ACCOUNTS = (
    ("1000", "Operating Account", "bank"),
    ("1050", "Petty Cash", "bank"),
    ("1100", "Accounts Receivable", "accounts_receivable"),
    ("1200", "Inventory Asset", "other_current_asset"),
    ("1500", "Equipment", "fixed_asset"),
    ("2000", "Accounts Payable", "accounts_payable"),
    ("2010", "Accounts Payable - Retainage", "accounts_payable"),
    ("2100", "Company Card", "credit_card"),
    ("2200", "Sales Tax Payable", "other_current_liability"),
    ("3000", "Owner's Equity", "equity"),
    ("4000", "Sales", "income"),
    ("4100", "Services", "income"),
    ("5000", "Cost of Goods Sold", "cost_of_goods_sold"),
    ("5100", "Job Expenses", "cost_of_goods_sold"),
    ("5110", "Job Expenses:Materials", "cost_of_goods_sold"),
    ("5120", "Job Expenses:Equipment Rental", "cost_of_goods_sold"),
    ("5130", "Job Expenses:Subcontractors", "cost_of_goods_sold"),
    ("5131", "Job Expenses:Subcontractors:Electrical", "cost_of_goods_sold"),
    ("6000", "Advertising", "expense"),
    ("6100", "Automobile", "expense"),
    ("6110", "Automobile:Fuel", "expense"),
    ("6120", "Automobile:Repairs", "expense"),
    ("6200", "Insurance", "expense"),
    ("6300", "Office Supplies", "expense"),
    ("6400", "Professional Fees", "expense"),
    ("6500", "Rent", "expense"),
    ("6600", "Travel & Entertainment", "expense"),
    ("6610", "Travel & Entertainment:Meals", "expense"),
    ("6700", "Utilities", "expense"),
    ("6900", "Uncategorized Expenses (old)", "expense"),
)
_PAYMENT_METHODS = (("Cash", "cash"), ("Check", "check"), ("Visa", "visa"), ("E-Check", "e_check"), ("Wire", "other"))


def add_lists(setup: Setup, classes: tuple[str, ...], customer_types: tuple[str, ...]) -> None:
    """Adds the lists that do not depend on the trade."""
    for number, name, kind in _ACCOUNTS:
        special = {"Accounts Payable": "accounts_payable", "Accounts Receivable": "accounts_receivable"}.get(name)
        balance = f"{setup.chance.randrange(100, 9_000_000) / 100:.2f}"
        more = {
            "specialAccountType": special,
            "balance": balance,
            "totalBalance": balance,
            "isActive": number != "6900",
        }
        setup.put("accounts", name, accountType=kind, accountNumber=number, **more)
    for name in classes:
        setup.put("classes", name)
    for name in customer_types:
        setup.put("customer-types", name)
    for name in ("Residential", "Commercial", "Public", "Public:Schools"):
        setup.put("job-types", name)
    for name, kind in _PAYMENT_METHODS:
        setup.put("payment-methods", name, paymentMethodType=kind)
    for name, percent in (("Contractor", "-10.0"), ("Gold", "-5.0"), ("Retail", "0.0")):
        setup.put("price-levels", name, priceLevelType="fixed_percentage", fixedPercentage=percent)
    _add_terms(setup)
    _add_tax(setup)
    _add_people(setup)


def add_currencies(setup: Setup, home: str) -> Record:
    """Adds the currencies of a multi-currency company; returns the home currency."""
    rates = {
        "USD": ("US Dollar", 1),
        "CAD": ("Canadian Dollar", 0.73),
        "EUR": ("Euro", 1.09),
        "GBP": ("British Pound", 1.27),
    }
    form = {
        "thousandSeparator": "comma",
        "thousandSeparatorGrouping": "xx_xxx_xxx",
        "decimalPlaces": "2",
        "decimalSeparator": "period",
    }
    for code, (name, rate) in rates.items():
        more = {
            "exchangeRate": rate,
            "asOfDate": "2026-11-20",
            "isUserDefinedCurrency": False,
            "isActive": code != "GBP",
        }
        setup.put("currencies", name, currencyCode=code, currencyFormat=form, **more)
    return setup.ref("currencies", rates[home][0])


def add_vendor(setup: Setup, name: str, terms: str, currency: Record | None = None, balance: str = "0.00") -> Record:
    """Adds a vendor."""
    chance = setup.chance
    setup.taken.add(name.casefold())
    account = [setup.pick("accounts")] if chance.random() < 0.3 else []
    return setup.put(
        "vendors",
        name,
        companyName=name[:41],
        firstName=chance.choice(FIRST),
        lastName=chance.choice(LAST),
        billingAddress=address(chance, name),
        phone=phone(chance),
        email=email(name),
        nameOnCheck=name[:41],
        accountNumber=f"{chance.randrange(10_000, 99_999)}" if chance.random() < 0.5 else None,
        terms=setup.ref("standard-terms", terms),
        isEligibleFor1099=chance.random() < 0.2,
        balance=balance,
        defaultExpenseAccounts=account,
        currency=currency,
        isSalesTaxAgency=False,
    )


def _add_terms(setup: Setup) -> None:
    for name, due, early, percent in (
        ("Due on receipt", 0, None, None),
        ("Net 15", 15, None, None),
        ("Net 30", 30, None, None),
        ("Net 60", 60, None, None),
        ("2% 10 Net 30", 30, 10, "2.0"),
    ):
        setup.put("standard-terms", name, dueDays=due, discountDays=early, discountPercentage=percent)
    setup.put("standard-terms", "Consignment", isActive=False)
    for name, day, grace, early, percent in (
        ("10th of month", 10, 5, None, None),
        ("1% 5th Net 25th", 25, 10, 5, "1.0"),
        ("End of month", 31, 0, None, None),
    ):
        more = {"gracePeriodDays": grace, "discountDayOfMonth": early, "discountPercentage": percent}
        setup.put("date-driven-terms", name, dueDayOfMonth=day, **more)


def _add_tax(setup: Setup) -> None:
    setup.put("sales-tax-codes", "Tax", isTaxable=True, description="Taxable sales")
    setup.put("sales-tax-codes", "Non", isTaxable=False, description="Non-taxable sales")
    setup.put("sales-tax-codes", "LBR", isTaxable=False, description="Labour")
    agency = add_vendor(setup, "State Board of Revenue", "Due on receipt")
    for name, rate in (("State Sales Tax", "6.5"), ("City Tax", "1.25"), ("Out of State", "0.0")):
        setup.put("sales-tax-items", name, description=name, taxRate=rate, taxVendor=agency)
    both = [setup.ref("sales-tax-items", "State Sales Tax"), setup.ref("sales-tax-items", "City Tax")]
    setup.put("sales-tax-group-items", "State and City", description="Both taxes", salesTaxItems=both)


def _add_people(setup: Setup) -> None:
    for first, last in (("Jane", "Doering"), ("Marcus", "Ibe"), ("Renée", "Thibault"), ("Sofia", "Lund")):
        name = f"{first} {last}"
        setup.taken.add(name.casefold())
        active = {"isActive": first != "Sofia"}
        employee = setup.put("employees", name, firstName=first, lastName=last, employeeType="regular", **active)
        initial = {"initial": first[0] + last[0], "entity": employee, **active}
        setup.add("sales-representatives", setup.make("sales-representatives", **initial))
    for name in ("Petty Cash Custodian", "Parking Garage"):
        setup.taken.add(name.casefold())
        setup.put("other-names", name, address=None)
