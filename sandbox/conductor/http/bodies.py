"""The request bodies that Conductor accepts: members, types, limits."""

from .schemas import Choice, Flag, Form, Kind, Many, Members, Number, Text

ID = Text(36)
DAY, MONEY, COST = Form("date"), Form("money"), Form("cost")

ADDRESS_MEMBERS: dict[str, Kind] = {
    **{f"line{number}": Text(41) for number in range(1, 6)},
    "city": Text(31),
    "state": Text(21),
    "postalCode": Text(13),
    "country": Text(desktop=31),
    "note": Text(desktop=41),
}
ADDRESS = Members(ADDRESS_MEMBERS)
SHIP_TO = Members({"name": Text(41), **ADDRESS_MEMBERS, "isDefaultShippingAddress": Flag()}, ("name",))
CUSTOM_CONTACT = Members({"name": Text(desktop=40), "value": Text(desktop=255)}, ("name", "value"))
PERSON: dict[str, Kind] = {
    "salutation": Text(desktop=15),
    "firstName": Text(25),
    "middleName": Text(5),
    "lastName": Text(25),
    "jobTitle": Text(desktop=41),
}
CONTACT_MEMBERS: dict[str, Kind] = {**PERSON, "customContactFields": Many(CUSTOM_CONTACT, 5)}
NEW_CONTACT = Members(CONTACT_MEMBERS, ("firstName",))
CONTACT = Members({"id": ID, "revisionNumber": Text(desktop=16), **CONTACT_MEMBERS}, ("id", "revisionNumber"))
NOTE = Members({"id": Number(), "note": Text(desktop=4095)}, ("id", "note"))
NEW_NOTE = Members({"note": Text(desktop=4095)}, ("note",))
CREDIT_CARD = Members(
    {
        "number": Text(desktop=25),
        "expirationMonth": Number(),
        "expirationYear": Number(),
        "name": Text(desktop=41),
        "address": Text(desktop=41),
        "postalCode": Text(desktop=41),
    }
)
JOB_STATUSES = ("awarded", "closed", "in_progress", "none", "not_awarded", "pending")

CUSTOMER_MEMBERS: dict[str, Kind] = {
    "name": Text(41),
    "isActive": Flag(),
    "classId": ID,
    "parentId": ID,
    "companyName": Text(41),
    **PERSON,
    "billingAddress": ADDRESS,
    "shippingAddress": ADDRESS,
    "alternateShippingAddresses": Many(SHIP_TO, 50),
    "phone": Text(21),
    "alternatePhone": Text(21),
    "fax": Text(21),
    "email": Text(desktop=1023),
    "ccEmail": Text(desktop=1023),
    "contact": Text(desktop=41),
    "alternateContact": Text(desktop=41),
    "customContactFields": Many(CUSTOM_CONTACT, 8),
    "customerTypeId": ID,
    "termsId": ID,
    "salesRepresentativeId": ID,
    "salesTaxCodeId": ID,
    "salesTaxItemId": ID,
    "salesTaxCountry": Choice(("australia", "canada", "uk", "us")),
    "resaleNumber": Text(desktop=15),
    "accountNumber": Text(desktop=99),
    "creditLimit": MONEY,
    "preferredPaymentMethodId": ID,
    "creditCard": CREDIT_CARD,
    "jobStatus": Choice(JOB_STATUSES),
    "jobStartDate": DAY,
    "jobProjectedEndDate": DAY,
    "jobEndDate": DAY,
    "jobDescription": Text(desktop=99),
    "jobTypeId": ID,
    "note": Text(desktop=4095),
    "preferredDeliveryMethod": Choice(("email", "mail", "none")),
    "priceLevelId": ID,
    "taxRegistrationNumber": Text(desktop=30),
    "currencyId": ID,
}
REVISION: dict[str, Kind] = {"revisionNumber": Text()}
CUSTOMER_UPDATE = Members(
    {
        **REVISION,
        **CUSTOMER_MEMBERS,
        "additionalContacts": Many(CONTACT),
        "additionalNotes": Many(NOTE),
    },
    ("revisionNumber",),
)
CUSTOMER_CREATE = Members(
    {
        **CUSTOMER_MEMBERS,
        "additionalContacts": Many(NEW_CONTACT),
        "additionalNotes": Many(NEW_NOTE),
        "openingBalance": MONEY,
        "openingBalanceDate": DAY,
        "externalId": Form("uuid"),
    },
    ("name",),
)

BILLING_STATUS = Choice(("billable", "has_been_billed", "not_billable"))
CUSTOM_FIELD = Members({"ownerId": Text(), "name": Text(), "value": Text()}, ("ownerId", "name", "value"))
EXPENSE_LINE: dict[str, Kind] = {
    "accountId": ID,
    "amount": MONEY,
    "memo": Text(desktop=4095),
    "payeeId": ID,
    "classId": ID,
    "salesTaxCodeId": ID,
    "billingStatus": BILLING_STATUS,
    "salesRepresentativeId": ID,
}
ITEM_LINE: dict[str, Kind] = {
    "itemId": ID,
    "inventorySiteId": ID,
    "inventorySiteLocationId": ID,
    "serialNumber": Text(desktop=4095),
    "lotNumber": Text(desktop=40),
    "expirationDate": DAY,
    "description": Text(desktop=4095),
    "quantity": Number("quantity"),
    "unitOfMeasure": Text(desktop=31),
    "cost": COST,
    "amount": MONEY,
    "customerId": ID,
    "classId": ID,
    "salesTaxCodeId": ID,
    "billingStatus": BILLING_STATUS,
    "overrideItemAccountId": ID,
    "salesRepresentativeId": ID,
}
OVERRIDE_UNIT: dict[str, Kind] = {"overrideUnitOfMeasureSetId": ID}
EXPENSE_LINE_UPDATE = Members({"id": ID, **EXPENSE_LINE}, ("id",))
ITEM_LINE_UPDATE = Members({"id": ID, **ITEM_LINE, **OVERRIDE_UNIT}, ("id",))
GROUP_LINE_UPDATE = Members(
    {
        "id": ID,
        "itemGroupId": ID,
        "quantity": Number("quantity"),
        "unitOfMeasure": Text(desktop=31),
        **OVERRIDE_UNIT,
        "itemLines": Many(ITEM_LINE_UPDATE),
    },
    ("id",),
)
LINK = Members({"transactionId": ID, "transactionLineId": ID}, ("transactionId", "transactionLineId"))
CREATED: dict[str, Kind] = {"customFields": Many(CUSTOM_FIELD)}
BILL_MEMBERS: dict[str, Kind] = {
    "vendorId": ID,
    "vendorAddress": ADDRESS,
    "payablesAccountId": ID,
    "transactionDate": DAY,
    "dueDate": DAY,
    "refNumber": Text(20),
    "termsId": ID,
    "memo": Text(desktop=4095),
    "salesTaxCodeId": ID,
    "exchangeRate": Number(),
}
BILL_UPDATE = Members(
    {
        **REVISION,
        **BILL_MEMBERS,
        "clearExpenseLines": Flag(),
        "expenseLines": Many(EXPENSE_LINE_UPDATE),
        "clearItemLines": Flag(),
        "itemLines": Many(ITEM_LINE_UPDATE),
        "itemGroupLines": Many(GROUP_LINE_UPDATE),
    },
    ("revisionNumber",),
)
NEW_GROUP_LINE = Members(
    {
        "itemGroupId": ID,
        "quantity": Number("quantity"),
        "unitOfMeasure": Text(desktop=31),
        "inventorySiteId": ID,
        "inventorySiteLocationId": ID,
        **CREATED,
    },
    ("itemGroupId",),
)
BILL_CREATE = Members(
    {
        **BILL_MEMBERS,
        "externalId": Form("uuid"),
        "linkToTransactionIds": Many(ID),
        "expenseLines": Many(Members({**EXPENSE_LINE, **CREATED})),
        "itemLines": Many(Members({**ITEM_LINE, "linkToTransactionLine": LINK, **CREATED})),
        "itemGroupLines": Many(NEW_GROUP_LINE),
    },
    ("vendorId", "transactionDate"),
)
END_USER = Members({"companyName": Text(), "sourceId": Text(), "email": Text()}, ("companyName", "sourceId", "email"))
AUTH_SESSION = Members(
    {"publishableKey": Text(), "endUserId": Text(), "linkExpiryMins": Number(), "redirectUrl": Text()},
    ("publishableKey", "endUserId"),
)
