"""The customer and the bill of the vendor's own documentation, corrected to what they must mean."""

from sandbox.conductor.file.records import Record
from sandbox.conductor.http.shapes import whole

from .company_builder import Setup

CREATED, UPDATED, REVISION = "2021-10-01T12:34:56-05:00", "2021-10-01T15:45:30-05:00", "1721172183"
STAMPS = {"createdAt": CREATED, "updatedAt": UPDATED, "revisionNumber": REVISION}
ADDRESS = {
    "line1": "Conductor Labs Inc.",
    "line2": "540 Market St.",
    "line3": "Suite 100",
    "line4": "",
    "line5": "",
    "city": "San Francisco",
    "state": "CA",
    "postalCode": "94110",
    "country": "United States",
    "note": "Conductor HQ",
}
CUSTOM = [{"ownerId": "0", "name": "Customer Rating", "type": "string_1024_type", "value": "Premium"}]
EXTERNAL = "12345678-abcd-1234-abcd-1234567890ab"


def customer(setup: Setup) -> Record:
    number = [{"name": "Main Phone", "value": "555-123-4567"}]
    names = {
        "salutation": "Dr.",
        "firstName": "John",
        "middleName": "A.",
        "lastName": "Doe",
        "jobTitle": "Purchasing Manager",
    }
    contact = whole(
        "qbd_contact", id="80000001-1234567890", name="Jane Smith", customContactFields=number, **STAMPS, **names
    )
    job = whole("qbd_customer", id="80000001-1234567890", name="Website Redesign Project", **STAMPS, **names)
    setup.new_id("customers")
    job.update(
        {"fullName": "ABC Corporation:Website Redesign Project", "isActive": True, "sublevel": 1},
        **{"class": setup.ref("classes", "Consulting")},
        companyName="Acme Corporation",
        billingAddress=ADDRESS,
        shippingAddress=ADDRESS,
        alternateShippingAddresses=[
            {"name": "Alternate shipping address", **ADDRESS, "isDefaultShippingAddress": True}
        ],
        phone="+1-555-123-4567",
        alternatePhone="+1-555-987-6543",
        fax="+1-555-555-1212",
        email="customer@example.com",
        ccEmail="manager@example.com",
        contact="Jane Smith",
        alternateContact="Bob Johnson",
        customContactFields=number,
        additionalContacts=[contact],
        balance="1000.00",
        totalBalance="5000.00",
        salesTaxCountry="us",
        resaleNumber="123456789",
        accountNumber="1010",
        creditLimit="5000.00",
        jobStatus="in_progress",
        jobStartDate="2021-01-15",
        jobProjectedEndDate="2021-12-31",
        jobEndDate="2021-11-30",
        jobDescription="Kitchen renovation project for residential client.",
        note="Our favorite customer.",
        additionalNotes=[{"id": 1, "date": "2021-01-01", "note": "This is a fun note."}],
        preferredDeliveryMethod="email",
        externalId=EXTERNAL,
        taxRegistrationNumber="GB123456789",
        customFields=CUSTOM,
    )
    job["creditCard"] = {
        "number": "xxxxxxxxxxxx1234",
        "expirationMonth": 12,
        "expirationYear": 2024,
        "name": "John Doe",
    }
    job["creditCard"].update(address="1234 Main St, Anytown, USA, 12345", postalCode="12345")
    for member, resource, name in (
        ("customerType", "customer-types", "Retail Customer"),
        ("terms", "standard-terms", "Net 30"),
        ("salesRepresentative", "sales-representatives", "Jane Doe"),
        ("salesTaxCode", "sales-tax-codes", "Non"),
        ("salesTaxItem", "sales-tax-items", "State Sales Tax"),
        ("preferredPaymentMethod", "payment-methods", "Credit Card"),
        ("jobType", "job-types", "Installation"),
        ("priceLevel", "price-levels", "Gold Member Pricing"),
        ("currency", "currencies", "USD"),
    ):
        job[member] = setup.ref(resource, name)
    return job


def bill(setup: Setup) -> Record:
    bill = whole("qbd_bill", id="123ABC-1234567890", **STAMPS)
    shared = {
        "salesTaxCode": setup.ref("sales-tax-codes", "Non"),
        "billingStatus": "billable",
        "salesRepresentative": setup.ref("sales-representatives", "Jane Doe"),
        "customFields": CUSTOM,
    }
    acme = {"id": "80000003-1234567890", "fullName": "Acme Corporation"}
    expense = whole(
        "qbd_expense_line",
        id="456DEF-1234567890",
        account=setup.ref("accounts", "Expenses:Office Supplies"),
        amount="500.00",
        memo="New office chair",
        payee=acme,
        class_=setup.ref("classes", "Office Supplies"),
        **shared,
    )
    bundle = whole(
        "qbd_item_group_line",
        id="456DF1-1234567890",
        itemGroup=setup.ref("item-groups", "Office Supplies Bundle"),
        description="Standard widget bulk package",
        quantity=5,
        unitOfMeasure="Each",
        overrideUnitOfMeasureSet=setup.ref("unit-of-measure-sets", "Volume Units"),
        totalAmount="200.00",
        itemLines=[_line(setup, "456DF2-1234567890", "40.00", "200.00", acme, shared)],
        customFields=CUSTOM,
    )
    paid = {"transactionType": "bill_payment_check", "transactionDate": "2021-10-01", "refNumber": "LINK-1234"}
    link = whole("qbd_linked_transaction", id="123ABD-1234567890", linkType="amount", amount="-500.00", **paid)
    # The documented ids are in use: the bill's and its payment's, and those of four lines.
    for kind in ("transactions",) * 2 + ("lines",) * 4:
        setup.new_id(kind)
    bill.update(
        vendor=setup.ref("vendors", "Acme Supplies Ltd."),
        vendorAddress=ADDRESS,
        payablesAccount=setup.ref("accounts", "Accounts-Payable"),
        transactionDate="2021-10-01",
        dueDate="2021-10-31",
        amountDue="1000.00",
        currency=setup.ref("currencies", "USD"),
        exchangeRate=1.2345,
        amountDueInHomeCurrency="1234.50",
        refNumber="BILL-1234",
        isPending=False,
        terms=setup.ref("standard-terms", "Net 30"),
        memo="Office supplies for September",
        salesTaxCode=setup.ref("sales-tax-codes", "Non"),
        isPaid=False,
        externalId=EXTERNAL,
        linkedTransactions=[link],
        expenseLines=[expense],
        itemLines=[_line(setup, "456DF0-1234567890", "60.00", "300.00", acme, shared)],
        itemGroupLines=[bundle],
        openAmount="500.00",
        customFields=CUSTOM,
    )
    return bill


def _line(setup: Setup, key: str, cost: str, amount: str, customer: Record, shared: Record) -> Record:
    return whole(
        "qbd_item_line",
        id=key,
        item=setup.ref("inventory-items", "Widget A"),
        inventorySite=setup.ref("inventory-sites", "Main Warehouse"),
        inventorySiteLocation=setup.ref("inventory-sites", "Aisle 3, Shelf B"),
        serialNumber="SN1234567890",
        lotNumber="LOT2023-001",
        expirationDate="2025-12-31",
        description="High-quality widget with custom engraving",
        quantity=5,
        unitOfMeasure="Each",
        overrideUnitOfMeasureSet=setup.ref("unit-of-measure-sets", "Volume Units"),
        cost=cost,
        amount=amount,
        customer=customer,
        class_=setup.ref("classes", "Installation:Residential"),
        **shared,
    )
