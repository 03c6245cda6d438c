"""Every code that a refusal can carry, copied from docs/vendors/conductor.md, and a message in which each comes.

`LISTED` is the list of docs/vendors/conductor.md, sections 7 and 10: the status codes and HRESULTs of the one (texts,
matrix and tables) and the outcomes of the other's table. `ROWS` says of each refusal what the page makes of it.
"""

from dataclasses import dataclass

STATUS_CODES = (
    *("0", "1", "500", "530", "531", "550", "570", "1000", "1010", "3000", "3010", "3020", "3030", "3031", "3040"),
    *(
        "3045",
        "3050",
        "3060",
        "3070",
        "3090",
        "3100",
        "3120",
        "3140",
        "3150",
        "3153",
        "3160",
        "3161",
        "3170",
        "3171",
        "3175",
    ),
    *("3176", "3180", "3190", "3200", "3205", "3210", "3250", "3260", "3261"),
)
HRESULTS = (
    *("0x80040408", "0x80040409", "0x8004040A", "0x80040410"),
    *("0x80040414", "0x80040416", "0x80040418", "0x80040420"),
)
OF_CONDUCTOR = (
    *("API_KEY_INVALID", "PERMISSION_ERROR", "RESOURCE_MISSING", "INVALID_REQUEST_ERROR", "INTERNAL_ERROR", "429"),
    *("INTEGRATION_CONNECTION_NOT_SET_UP", "INTEGRATION_CONNECTION_NOT_ACTIVE", "QBD_CONNECTION_ERROR"),
    *("QBD_REQUEST_TIMEOUT", "QBD_REQUEST_ERROR"),
)
LISTED = frozenset((*STATUS_CODES, *HRESULTS, *OF_CONDUCTOR))
DOOR = {
    "0x80040408": "QuickBooks could not start.",
    "0x80040409": "The company file does not match the version of QuickBooks.",
    "0x8004040A": "Another company file is open in QuickBooks.",
    "0x80040410": "The file is open there in another mode.",
    "0x80040414": "A dialog is open in QuickBooks.",
    "0x80040416": "QuickBooks is not running on its PC.",
    "0x80040418": "The first connection needs the QuickBooks administrator.",
    "0x80040420": "The QuickBooks user was denied access.",
}


@dataclass(frozen=True)
class Row:
    """A refusal of a bill or a customer: its code and message, and the inputs beside which it stands ("" on top)."""

    code: str
    message: str
    words: str
    at: str = ""
    kind: str = "bills"

    def __str__(self) -> str:
        return f"{self.code}-{self.kind}-{self.at or 'top'}"


LINE = "expense_lines-0"
IN_BILL = 'There is an invalid reference to QuickBooks {} "{}" in the Bill. The record does not exist in the list.'
NUMBER = 'There was an error when converting the {} "{}" in the field "{}".'
ROWS = (
    Row("500", 'A required element ("{line}") could not be found in QuickBooks.', "was not found", LINE),
    Row("530", 'The field "ExchangeRate" is not supported by this version.', "does not know a field", "exchange_rate"),
    Row("531", 'The value in the field "SalesTaxCodeRef" is not supported.', "not know a choice", "sales_tax_code"),
    Row("570", "The transaction cannot be linked to a closed transaction.", "that is closed in QuickBooks"),
    Row("1000", "There has been an internal error.", "had an internal error"),
    Row("1010", "The system is not available.", "not available at the moment"),
    Row(
        "3000",
        'The given object ID "{vendor}" in the field "vendorId" is invalid.',
        "does not know the entry",
        "vendor",
    ),
    Row("3010", NUMBER.format("boolean", "maybe", "IsActive"), "a yes or no", "is_active", "customers"),
    Row("3020", NUMBER.format("date", "2021-10-31", "DueDate"), "did not accept a date", "due_date"),
    Row("3020", NUMBER.format("date", "{new}", "TxnDate"), "did not accept a date", "transaction_date"),
    Row("3030", "The from-date is after the to-date.", "start date is after the end date"),
    Row("3031", "The two texts of the range are in the wrong order.", "wrong order."),
    Row("3040", NUMBER.format("amount", "{amount}", "Amount"), "did not accept an amount", f"{LINE}-amount"),
    Row("3040", NUMBER.format("amount", "5000.00", "CreditLimit"), "an amount", "credit_limit", "customers"),
    Row("3045", NUMBER.format("price", "60.00", "Cost"), "did not accept a price", "item_lines-0-cost"),
    Row("3045", NUMBER.format("price", "40", "Cost"), "a price", "item_group_lines-0-item_lines-0-cost"),
    Row("3050", NUMBER.format("percent", "120", "DiscountRate"), "did not accept a percentage"),
    Row("3060", NUMBER.format("quantity", "5", "Quantity"), "did not accept a quantity", "item_lines-0-quantity"),
    Row("3070", 'The text "{memo}" in the field "Memo" is too long.', "too long for QuickBooks", "memo"),
    Row("3070", 'The text "{typed}" in the field "Memo" is too long.', "too long for QuickBooks", f"{LINE}-memo"),
    Row("3070", 'The text in the field "CompanyName" is too long.', "too long", "company_name", "customers"),
    Row("3090", 'A value could not be stored in the field "RefNumber".', "could not store", "ref_number"),
    Row("3090", "Names in this list cannot contain a colon (:).", "cannot contain a colon", "name", "customers"),
    Row("3100", 'The name "{name}" of the list element is already in use.', "already in use", "name", "customers"),
    Row("3100", 'The name "Phone" of the list element is already in use.', "already in use", "name", "customers"),
    Row("3120", 'Object "{line}" specified in the request cannot be found.', "no longer in QuickBooks", LINE),
    Row("3120", 'Object "{vendor}" specified in the request cannot be found.', "no longer in QuickBooks"),  # or terms?
    Row("3140", IN_BILL.format("Vendor", "{vendor}"), "is not in QuickBooks", "vendor"),
    Row("3140", IN_BILL.format("Vendor", "8-1"), "is not in QuickBooks", "vendor"),
    Row("3140", IN_BILL.format("Account", "{payables}"), "is not in QuickBooks", "payables_account"),
    Row("3140", IN_BILL.format("Account", "{account}"), "is not in QuickBooks", f"{LINE}-account"),
    Row("3140", IN_BILL.format("Item", "{item}"), "is not in QuickBooks", "item_lines-0-item"),
    Row("3140", IN_BILL.format("Customer", "{payee}"), "is not in QuickBooks", f"{LINE}-payee"),
    Row("3140", 'An invalid reference to QuickBooks Terms "8-1" in the Customer.', "is not in", "terms", "customers"),
    Row("3150", 'There is a missing element: "AccountRef" of an expense line.', "is missing", "expense_lines"),
    Row("3150", "There is a missing element: a bill must have at least one expense or item line.", "is missing"),
    Row("3150", 'The field "VendorRef" is missing.', "is missing", "vendor"),
    Row("3153", "ClearExpenseLines and ExpenseLineMod exclude one another.", "exclude one another"),
    Row("3160", "The object cannot be deleted.", "does not delete this"),
    Row("3161", "The object is dated before the closing date.", "dated before the closing date", "transaction_date"),
    Row("3170", "There was an error when modifying the bill.", "does not allow this to be changed"),
    Row(
        "3170",
        'Cannot modify the field "APAccountRef" of a paid bill.',
        "not allow this to be changed",
        "payables_account",
    ),
    Row("3170", "The Memo cannot be modified.", "does not allow this to be changed"),  # of which of two?
    Row("3171", "Cannot modify before the closing date.", "closed for this date", "transaction_date"),
    Row("3180", "There was an error when saving the bill.", "could not save"),
    Row("3190", 'The field "Name" cannot be cleared.', "does not allow this to be cleared", "name", "customers"),
    Row("3190", 'The field "APAccountRef" cannot be cleared.', "does not allow this to be cleared", "payables_account"),
    Row("3205", 'The address in the field "BillAddress" is invalid.', "not accept an address", "", "customers"),
    Row("3210", 'The "termsId" field breaks a rule.', "does not accept a value", "terms"),
    Row("3210", "A list can have at most five levels.", "does not accept a value", "", "customers"),
    Row("3250", "This feature is not enabled: Class tracking.", "turned off in QuickBooks"),
    Row("3250", 'The feature of the field "ClassRef" is not enabled.', "turned off", "class", "customers"),
    Row("3260", "The user lacks permission.", "QuickBooks user does not have permission"),
    Row("3261", "The application lacks permission.", "connection does not have permission"),
    Row("3999", "Something nobody has heard of.", "Something nobody has heard of."),
)
