"""Company and preferences of an invented company file."""

from typing import Any
from zlib import crc32

from sandbox.conductor.file.records import Record
from sandbox.conductor.http.shapes import whole


def facts(
    name: str,
    source: str,
    created: str,
    connection: str | None,
    address: dict[str, Any] | None = None,
    preferences: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The values that Conductor and QuickBooks have for a company."""
    company = whole("qbd_company", isSampleCompanyFile=False, companyName=name, legalCompanyName=name)
    del company["objectType"]
    company.update(address=address, legalAddress=address, addressForCustomer=address)
    company.update(ein=f"91-{crc32(source.encode()) % 10_000_000:07}")
    company.update(fiscalYearStartMonth="january", incomeTaxYearStartMonth="january", taxForm="form_1120")
    company.update(
        subscribedServices={"services": []},
        accountantCopy={"accountantCopyExists": False, "dividingDate": None},
        email=f"books@{source}.example",
        phone="(206) 555-0100",
        website=f"https://{source}.example",
    )
    return {
        "companyName": name,
        "sourceId": source,
        "email": f"owner@{source}.example",
        "createdAt": created,
        "connectionId": connection,
        "company": company,
        "preferences": preferences or {},
    }


def preferences(
    *,
    home: Record | None,
    classes: bool,
    sites: bool,
    inventory: bool,
    closing_date: str | None,
    taxable: Record,
    non_taxable: Record,
    tax_item: Record,
) -> dict[str, Any]:
    """The preferences of a company file; the named switches are those that change what a bill may hold."""
    return {
        "accounting": {
            "isUsingAccountNumbers": True,
            "isRequiringAccounts": True,
            "isUsingClassTracking": classes,
            "defaultTransactionClass": "none" if classes else None,
            "isUsingAuditTrail": True,
            "isAssigningJournalEntryNumbers": True,
            "closingDate": closing_date,
        },
        "financeCharges": {
            "annualInterestRate": None,
            "minimumFinanceCharge": None,
            "gracePeriod": 0,
            "financeChargeAccount": None,
            "isAssessingForOverdueCharges": False,
            "calculateChargesFrom": "due_date",
            "isMarkedToBePrinted": False,
        },
        "jobsAndEstimates": {
            "isUsingEstimates": True,
            "isUsingProgressInvoicing": True,
            "isPrintingItemsWithZeroAmounts": False,
        },
        "multiCurrency": {"isMultiCurrencyEnabled": home is not None, "homeCurrency": home},
        "multiLocationInventory": {
            "isMultiLocationInventoryAvailable": sites,
            "isMultiLocationInventoryEnabled": sites,
        },
        "purchasesAndVendors": {
            "isUsingInventory": inventory,
            "daysBillsAreDue": 10,
            "isAutomaticallyUsingDiscounts": False,
            "defaultDiscountAccount": None,
        },
        "reports": {"agingReportBasis": "age_from_due_date", "summaryReportBasis": "accrual"},
        "salesAndCustomers": {
            "defaultShippingMethod": None,
            "defaultShipmentOrigin": None,
            "defaultMarkupPercentage": "20.0",
            "isTrackingReimbursedExpensesAsIncome": True,
            "isAutoApplyingPayments": True,
            "priceLevels": {"isUsingPriceLevels": True, "isRoundingSalesPriceUp": False},
        },
        "salesTax": {
            "defaultItemSalesTax": tax_item,
            "salesTaxReportingFrequency": "quarterly",
            "defaultTaxableSalesTaxCode": taxable,
            "defaultNonTaxableSalesTaxCode": non_taxable,
            "isUsingVendorTaxCode": None,
            "isUsingCustomerTaxCode": None,
            "isUsingTaxInclusivePrices": None,
        },
        "timeTracking": {"firstDayOfWeek": "monday"},
        "appAccessRights": {
            "isAutomaticLoginAllowed": True,
            "automaticLoginUserName": "Conductor",
            "isPersonalDataAccessAllowed": False,
        },
        "itemsAndInventory": None,
    }
