"""Every member of every record the API sends, so that a response is always complete."""

from typing import Any

# A name ending in [] is a list: empty, never null, when it has no entries.
MEMBERS: dict[str, str] = {
    "qbd_customer": (
        "id objectType createdAt updatedAt revisionNumber name fullName isActive class parent sublevel "
        "companyName salutation firstName middleName lastName jobTitle billingAddress shippingAddress "
        "alternateShippingAddresses[] phone alternatePhone fax email ccEmail contact alternateContact "
        "customContactFields[] additionalContacts[] customerType terms salesRepresentative balance "
        "totalBalance salesTaxCode salesTaxItem salesTaxCountry resaleNumber accountNumber creditLimit "
        "preferredPaymentMethod creditCard jobStatus jobStartDate jobProjectedEndDate jobEndDate "
        "jobDescription jobType note additionalNotes[] preferredDeliveryMethod priceLevel externalId "
        "taxRegistrationNumber currency customFields[]"
    ),
    "qbd_bill": (
        "id objectType createdAt updatedAt revisionNumber vendor vendorAddress payablesAccount "
        "transactionDate dueDate amountDue currency exchangeRate amountDueInHomeCurrency refNumber "
        "isPending terms memo salesTaxCode isPaid externalId linkedTransactions[] expenseLines[] "
        "itemLines[] itemGroupLines[] openAmount customFields[]"
    ),
    "qbd_vendor": (
        "id objectType createdAt updatedAt revisionNumber name isActive class companyName salutation "
        "firstName middleName lastName jobTitle billingAddress shippingAddress phone alternatePhone fax "
        "email ccEmail contact alternateContact customContactFields[] additionalContacts[] nameOnCheck "
        "accountNumber note additionalNotes[] vendorType terms creditLimit taxIdentificationNumber "
        "isEligibleFor1099 balance billingRate externalId salesTaxCode salesTaxCountry isSalesTaxAgency "
        "salesTaxReturn taxRegistrationNumber reportingPeriod isTrackingPurchaseTax purchaseTaxAccount "
        "isTrackingSalesTax salesTaxAccount isCompoundingTax defaultExpenseAccounts[] currency "
        "customFields[]"
    ),
    "qbd_account": (
        "id objectType createdAt updatedAt revisionNumber name fullName isActive parent sublevel "
        "accountType specialAccountType isTaxAccount accountNumber bankAccountNumber description balance "
        "totalBalance salesTaxCode taxLineDetails cashFlowClassification currency customFields[]"
    ),
    "qbd_class": "id objectType createdAt updatedAt revisionNumber name fullName isActive parent sublevel",
    "qbd_standard_term": (
        "id objectType createdAt updatedAt revisionNumber name isActive dueDays discountDays discountPercentage"
    ),
    "qbd_date_driven_term": (
        "id objectType createdAt updatedAt revisionNumber name isActive dueDayOfMonth gracePeriodDays "
        "discountDayOfMonth discountPercentage"
    ),
    "qbd_sales_tax_code": (
        "id objectType createdAt updatedAt revisionNumber name isActive isTaxable description salesTaxItem"
    ),
    "qbd_sales_tax_item": (
        "id objectType createdAt updatedAt revisionNumber name barcode isActive class description taxRate "
        "taxVendor salesTaxReturnLine externalId customFields[]"
    ),
    "qbd_sales_tax_group_item": (
        "id objectType createdAt updatedAt revisionNumber name barcode isActive description externalId "
        "salesTaxItems[] customFields[]"
    ),
    "qbd_sales_representative": "id objectType createdAt updatedAt revisionNumber initial isActive entity",
    "qbd_payment_method": "id objectType createdAt updatedAt revisionNumber name isActive paymentMethodType",
    "qbd_price_level": (
        "id objectType createdAt updatedAt revisionNumber name isActive priceLevelType fixedPercentage "
        "perItemPriceLevels[] currency"
    ),
    "qbd_customer_type": "id objectType createdAt updatedAt revisionNumber name fullName isActive parent sublevel",
    "qbd_currency": (
        "id objectType createdAt updatedAt revisionNumber name isActive currencyCode currencyFormat "
        "isUserDefinedCurrency exchangeRate asOfDate"
    ),
    "qbd_employee": (
        "id objectType createdAt updatedAt revisionNumber name isActive salutation firstName middleName "
        "lastName jobTitle supervisor department description targetBonus address printAs phone mobile "
        "pager pagerPin alternatePhone fax ssn email customContactFields[] emergencyContact employeeType "
        "employmentStatus overtimeExemptStatus keyEmployeeStatus gender hiredDate originalHireDate "
        "adjustedServiceDate terminationDate birthDate usCitizenshipStatus ethnicity disabilityStatus "
        "disabilityDescription i9OnFileStatus workAuthorizationExpirationDate usVeteranStatus "
        "militaryStatus accountNumber note additionalNotes[] billingRate employeePayroll externalId "
        "customFields[]"
    ),
    "qbd_other_name": (
        "id objectType createdAt updatedAt revisionNumber name isActive companyName salutation firstName "
        "middleName lastName address phone alternatePhone fax email contact alternateContact "
        "accountNumber note externalId customFields[]"
    ),
    "qbd_service_item": (
        "id objectType createdAt updatedAt revisionNumber name fullName barcode isActive class parent "
        "sublevel unitOfMeasureSet salesTaxCode salesOrPurchaseDetails salesAndPurchaseDetails externalId "
        "customFields[]"
    ),
    "qbd_inventory_item": (
        "id objectType createdAt updatedAt revisionNumber name fullName barcode isActive class parent "
        "sublevel sku unitOfMeasureSet salesTaxCode salesDescription salesPrice incomeAccount "
        "purchaseDescription purchaseCost purchaseTaxCode cogsAccount preferredVendor assetAccount "
        "reorderPoint maximumQuantityOnHand quantityOnHand averageCost quantityOnPurchaseOrder "
        "quantityOnSalesOrder externalId customFields[]"
    ),
    "qbd_inventory_assembly_item": (
        "id objectType createdAt updatedAt revisionNumber name fullName barcode isActive class parent "
        "sublevel sku unitOfMeasureSet salesTaxCode salesDescription salesPrice incomeAccount "
        "purchaseDescription purchaseCost purchaseTaxCode cogsAccount preferredVendor assetAccount "
        "buildNotificationThreshold maximumQuantityOnHand quantityOnHand averageCost "
        "quantityOnPurchaseOrder quantityOnSalesOrder externalId lines[] customFields[]"
    ),
    "qbd_non_inventory_item": (
        "id objectType createdAt updatedAt revisionNumber name fullName barcode isActive class parent "
        "sublevel sku unitOfMeasureSet salesTaxCode salesOrPurchaseDetails salesAndPurchaseDetails "
        "externalId customFields[]"
    ),
    "qbd_other_charge_item": (
        "id objectType createdAt updatedAt revisionNumber name fullName barcode isActive class parent "
        "sublevel salesTaxCode salesOrPurchaseDetails salesAndPurchaseDetails specialItemType externalId "
        "customFields[]"
    ),
    "qbd_discount_item": (
        "id objectType createdAt updatedAt revisionNumber name fullName barcode isActive class parent "
        "sublevel description salesTaxCode discountRate discountRatePercent account externalId "
        "customFields[]"
    ),
    "qbd_subtotal_item": (
        "id objectType createdAt updatedAt revisionNumber name barcode isActive description "
        "specialItemType externalId customFields[]"
    ),
    "qbd_item_group": (
        "id objectType createdAt updatedAt revisionNumber name barcode isActive description "
        "unitOfMeasureSet shouldPrintItemsInGroup specialItemType externalId lines[] customFields[]"
    ),
    "qbd_inventory_site": (
        "id objectType createdAt updatedAt revisionNumber name isActive parent isDefault description "
        "contact phone fax email address"
    ),
    "qbd_unit_of_measure_set": (
        "id objectType createdAt updatedAt revisionNumber name isActive unitOfMeasureType baseUnit "
        "relatedUnits[] defaultUnits[]"
    ),
    "qbd_purchase_order": (
        "id objectType createdAt updatedAt revisionNumber vendor class inventorySite shipToEntity "
        "documentTemplate transactionDate refNumber vendorAddress shippingAddress terms dueDate "
        "expectedDate shippingMethod shipmentOrigin totalAmount currency exchangeRate "
        "totalAmountInHomeCurrency isManuallyClosed isFullyReceived memo vendorMessage isQueuedForPrint "
        "isQueuedForEmail salesTaxCode otherCustomField1 otherCustomField2 externalId "
        "linkedTransactions[] lines[] lineGroups[] customFields[]"
    ),
    "qbd_purchase_order_line": (
        "id objectType item sku description quantity unitOfMeasure overrideUnitOfMeasureSet rate class "
        "amount inventorySiteLocation payee serviceDate salesTaxCode receivedQuantity unbilledQuantity "
        "isBilled isManuallyClosed otherCustomField1 otherCustomField2 customFields[]"
    ),
    "qbd_expense_line": (
        "id objectType account amount memo payee class salesTaxCode billingStatus salesRepresentative customFields[]"
    ),
    "qbd_item_line": (
        "id objectType item inventorySite inventorySiteLocation serialNumber lotNumber expirationDate "
        "description quantity unitOfMeasure overrideUnitOfMeasureSet cost amount customer class "
        "salesTaxCode billingStatus salesRepresentative customFields[]"
    ),
    "qbd_item_group_line": (
        "id objectType itemGroup description quantity unitOfMeasure overrideUnitOfMeasureSet totalAmount "
        "itemLines[] customFields[]"
    ),
    "qbd_linked_transaction": "id objectType transactionType transactionDate refNumber linkType amount",
    "qbd_transaction": (
        "transactionType transactionId transactionLineId createdAt updatedAt entity account transactionDate "
        "refNumber amount currency exchangeRate amountInHomeCurrency memo"
    ),
    "qbd_contact": (
        "id objectType createdAt updatedAt revisionNumber name salutation firstName middleName lastName "
        "jobTitle customContactFields[]"
    ),
    "qbd_company": (
        "isSampleCompanyFile companyName legalCompanyName address legalAddress addressForCustomer phone "
        "fax email website fiscalYearStartMonth incomeTaxYearStartMonth companyType ein ssn taxForm "
        "subscribedServices accountantCopy customFields[]"
    ),
}

_BLANK: dict[str, dict[str, Any]] = {
    kind: {**dict.fromkeys(member.removesuffix("[]") for member in text.split()), "objectType": kind}
    for kind, text in MEMBERS.items()
}
_LISTS = {
    kind: [member.removesuffix("[]") for member in text.split() if member.endswith("[]")]
    for kind, text in MEMBERS.items()
}


def whole(kind: str, **known: Any) -> dict[str, Any]:
    """A record of this object type with every member present; `class_` stands for `class`."""
    record = _BLANK[kind].copy()
    for name in _LISTS[kind]:
        record[name] = []
    record.update(known)
    if "class_" in record:
        record["class"] = record.pop("class_")
    if len(record) > len(_BLANK[kind]):
        raise KeyError(f"{kind} has no members {sorted(set(record) - set(_BLANK[kind]))}")
    return record
