"""The customer table: the 56 fields Conductor answers with and which of them this desk writes.

Limits, names and rules: Conductor's API description of 2026-08-21; lengths beyond it are QuickBooks' own.
"""

from books.fields import Kind, Section, Shape, Table

from .spelling import choice, day, flag, group, money, read_only, reference, text

ADDRESS = Shape(
    text("line1", "Line 1", 41),
    text("line2", "Line 2", 41),
    text("line3", "Line 3", 41),
    text("line4", "Line 4", 41),
    text("line5", "Line 5", 41),
    text("city", "City", 31),
    text("state", "State", 21),
    text("postal_code", "Postal code", 13),
    text("country", "Country", 31),
    text("note", "Note", 41),
)

SHIP_TO = Shape(
    read_only("name", "Name"),
    *(read_only(f.name, f.label) for f in ADDRESS.fields),
    read_only("is_default_shipping_address", "Default", Kind.BOOLEAN),
)

CONTACT_FIELD = Shape(read_only("name", "Name"), read_only("value", "Value"))

CONTACT = Shape(
    read_only("id", "Id"),
    read_only("revision_number", "Revision"),
    read_only("name", "Name"),
    read_only("salutation", "Salutation"),
    read_only("first_name", "First name"),
    read_only("middle_name", "Middle name"),
    read_only("last_name", "Last name"),
    read_only("job_title", "Job title"),
    read_only("custom_contact_fields", "Contact fields", Kind.LIST, members=CONTACT_FIELD, key="name"),
)

NOTE = Shape(read_only("id", "Id"), read_only("date", "Date", Kind.DATE), read_only("note", "Note"))

CARD = Shape(
    read_only("number", "Number", why="Card numbers arrive masked and are never sent from here."),
    read_only("expiration_month", "Month"),
    read_only("expiration_year", "Year"),
    read_only("name", "Name on the card"),
    read_only("address", "Address"),
    read_only("postal_code", "Postal code"),
)

CUSTOM_FIELD = Shape(
    read_only("owner_id", "Owner"),
    read_only("name", "Name"),
    read_only("type", "Type"),
    read_only("value", "Value"),
)

TAX_COUNTRY = {"australia": "Australia", "canada": "Canada", "uk": "United Kingdom", "us": "United States"}
JOB_STATUS = {
    "awarded": "Awarded",
    "closed": "Closed",
    "in_progress": "In progress",
    "none": "None",
    "not_awarded": "Not awarded",
    "pending": "Pending",
}

SHAPE = Shape(
    text("name", "Name", 41, clearable=False, required=True, hint="Without the customer above it; no colon."),
    text("company_name", "Company", 41),
    text("salutation", "Salutation", 15),
    text("first_name", "First name", 25),
    text("middle_name", "Middle name", 5),
    text("last_name", "Last name", 25),
    text("job_title", "Job title", 41),
    flag("is_active", "Active"),
    reference("customer_type", "Customer type", "customer-types"),
    reference("class", "Class", "classes"),
    text("phone", "Phone", 21),
    text("alternate_phone", "Alt. phone", 21),
    text("fax", "Fax", 21),
    text("email", "Email", 1023),
    text("cc_email", "Cc", 1023),
    text("contact", "Contact", 41),
    text("alternate_contact", "Alt. contact", 41),
    read_only("custom_contact_fields", "Contact fields", Kind.LIST, members=CONTACT_FIELD, key="name"),
    read_only("additional_contacts", "Additional contacts", Kind.LIST, members=CONTACT),
    group("billing_address", "Bill to", ADDRESS),
    group("shipping_address", "Ship to", ADDRESS),
    read_only("alternate_shipping_addresses", "Ship-to addresses", Kind.LIST, members=SHIP_TO, key="name"),
    reference("terms", "Terms", "terms"),
    money("credit_limit", "Credit limit"),
    reference("price_level", "Price level", "price-levels"),
    reference("sales_representative", "Sales rep", "sales-representatives", hint="By initials."),
    reference("preferred_payment_method", "Payment method", "payment-methods"),
    choice("preferred_delivery_method", "Delivery", {"email": "Email", "mail": "Mail", "none": "None"}),
    text("account_number", "Account number", 99),
    read_only("credit_card", "Card", Kind.GROUP, members=CARD),
    read_only("balance", "Balance", Kind.MONEY, why="Follows the customer's transactions."),
    read_only("total_balance", "Balance with jobs", Kind.MONEY, why="Follows the customer's transactions."),
    read_only("currency", "Currency", Kind.REFERENCE, why="Fixed once the customer has transactions."),
    reference("sales_tax_code", "Sales tax code", "sales-tax-codes"),
    reference("sales_tax_item", "Tax item", "sales-tax-items"),
    choice("sales_tax_country", "Tax country", TAX_COUNTRY),
    text("resale_number", "Resale number", 15),
    text("tax_registration_number", "Tax registration", 30),
    choice("job_status", "Job status", JOB_STATUS),
    day("job_start_date", "Job start"),
    day("job_projected_end_date", "Projected end"),
    day("job_end_date", "Job end"),
    text("job_description", "Job description", 99),
    read_only("job_type", "Job type", Kind.REFERENCE, why="Conductor has no list of job types to pick from."),
    text("note", "Note", 4095, kind=Kind.LONG_TEXT),
    read_only("additional_notes", "Further notes", Kind.LIST, members=NOTE),
    read_only("custom_fields", "Custom fields", Kind.LIST, members=CUSTOM_FIELD, key="name"),
    read_only("id", "Id"),
    read_only("full_name", "Full name", why="Made of the names above it and its own."),
    read_only("parent", "Customer above", Kind.REFERENCE),
    read_only("sublevel", "Level", Kind.NUMBER),
    read_only("revision_number", "Revision"),
    read_only("created_at", "Created", Kind.MOMENT),
    read_only("updated_at", "Last changed", Kind.MOMENT),
    read_only("external_id", "External id"),
)

SECTIONS = (
    Section(
        "who",
        "Who",
        (
            "name", "company_name", "salutation", "first_name", "middle_name", "last_name",
            "job_title", "customer_type", "class", "is_active",
        ),
    ),
    Section(
        "reach",
        "How to reach them",
        (
            "phone", "alternate_phone", "fax", "email", "cc_email", "contact", "alternate_contact",
            "custom_contact_fields", "additional_contacts",
        ),
    ),
    Section("addresses", "Addresses", ("billing_address", "shipping_address", "alternate_shipping_addresses")),
    Section(
        "terms",
        "Terms and money",
        (
            "terms", "credit_limit", "price_level", "sales_representative", "preferred_payment_method",
            "preferred_delivery_method", "account_number", "credit_card", "balance", "total_balance", "currency",
        ),
    ),
    Section(
        "tax",
        "Tax",
        ("sales_tax_code", "sales_tax_item", "sales_tax_country", "resale_number", "tax_registration_number"),
    ),
    Section(
        "job",
        "Job",
        (
            "job_status", "job_start_date", "job_projected_end_date", "job_end_date", "job_description", "job_type",
        ),
    ),
    Section("notes", "Notes", ("note", "additional_notes")),
    Section("custom", "Custom fields", ("custom_fields",)),
    Section(
        "technical",
        "Technical",
        (
            "id", "full_name", "parent", "sublevel", "revision_number", "created_at", "updated_at", "external_id",
        ),
    ),
)  # fmt: skip

CUSTOMERS = Table(
    kind="customers",
    noun="customer",
    path="/quickbooks-desktop/customers",
    shape=SHAPE,
    title="full_name",
    sections=SECTIONS,
    columns={
        "name": "name",
        "full_name": "full_name",
        "is_active": "is_active",
        "parent_id": "parent.id",
        "company_name": "company_name",
        "phone": "phone",
        "email": "email",
        "terms_name": "terms.name",
        "balance": "balance",
        "total_balance": "total_balance",
        "currency": "currency.name",
        "changed_at": "updated_at",
    },
    search=("full_name", "company_name", "email", "phone"),
    figures=("balance", "total_balance", "credit_limit", "updated_at"),
    always={"status": "all"},
    deleted_as="customer",
)
