"""The customer table: the 56 fields in Conductor's answers and those that Ledgerdesk writes.

Limits, names and rules are from Conductor's API description of 2026-08-21; lengths that it does not state are
QuickBooks' own.
"""

from books.providers import emails
from records.fields import FieldKind, FieldSection, LinkKind, Shape, Table

from .declare import choice, day, flag, group, listing, money, number, read_only, reference, text

ADDRESS = Shape(
    text("line1", "Line 1", 41),
    text("line2", "Line 2", 41),
    text("line3", "Line 3", 41),
    text("line4", "Line 4", 41),
    text("line5", "Line 5", 41),
    text("city", "City", 31),
    text("state", "State", 21),
    text("postal_code", "ZIP or postal code", 13),
    text("country", "Country", 31),
    text("note", "Note", 41),
)

SHIP_TO = Shape(
    text("name", "Name", 41, clearable=False, required=True, hint="Each ship-to address needs its own name."),
    *ADDRESS.fields,
    flag("is_default_shipping_address", "Default", only_one=True),
)

CONTACT_FIELD = Shape(
    text("name", "Name", 40, clearable=False, required=True, hint="Use a QuickBooks label, e.g. Main Phone."),
    text("value", "Value", 255, clearable=False, required=True, link=LinkKind.CONTACT),
)

CONTACT = Shape(
    read_only("id", "Id", sent_along=True, technical=True),
    read_only("revision_number", "Revision", sent_along=True, technical=True),
    read_only("name", "Name", why="First, middle and last name together."),
    text("salutation", "Salutation", 15),
    text("first_name", "First name", 25, clearable=False, required=True),
    text("middle_name", "Middle name", 5),
    text("last_name", "Last name", 25),
    text("job_title", "Job title", 41),
    listing(
        "custom_contact_fields", "Contact fields", CONTACT_FIELD,
        key="name", one="contact field", called_by="name", most=5, unique=True, whole=True,
    ),
    read_only("created_at", "Created", FieldKind.MOMENT, technical=True),
    read_only("updated_at", "Last modified", FieldKind.MOMENT, technical=True),
)  # fmt: skip

NOTE = Shape(
    read_only("id", "Number", FieldKind.NUMBER, sent_along=True, technical=True),
    read_only("date", "Date", FieldKind.DATE, why="Set by QuickBooks when the note was created."),
    text("note", "Note", 4095, kind=FieldKind.LONG_TEXT, clearable=False, required=True, sent_along=True),
)

CARD = Shape(
    read_only("number", "Number", why="Card numbers are masked and can only be changed in QuickBooks."),
    number("expiration_month", "Expires, month", between=(1, 12), together="the expiry's month and year"),
    number("expiration_year", "Expires, year", between=(2000, 2099), together="the expiry's month and year"),
    text("name", "Name on the card", 41),
    text("address", "Address", 41),
    text("postal_code", "ZIP or postal code", 41),
)

SET_IN_QUICKBOOKS = "Custom fields can only be changed in QuickBooks."

CUSTOM_TYPES = {
    "amount_type": "Amount",
    "date_time_type": "Date and time",
    "integer_type": "Whole number",
    "percent_type": "Percentage",
    "price_type": "Price",
    "quantity_type": "Quantity",
    "string_1024_type": "Text, up to 1,024 characters",
    "string_255_type": "Text, up to 255 characters",
}

CUSTOM_FIELD = Shape(
    read_only("owner_id", "Owner", why=SET_IN_QUICKBOOKS, technical=True),
    read_only("name", "Name", why=SET_IN_QUICKBOOKS, in_history=True),
    read_only("type", "Type", FieldKind.CHOICE, SET_IN_QUICKBOOKS, choices=tuple(CUSTOM_TYPES.items()), technical=True),
    read_only("value", "Value", why=SET_IN_QUICKBOOKS, in_history=True),
)
CUSTOM_FIELDS = read_only(
    "custom_fields", "Custom fields", FieldKind.LIST, SET_IN_QUICKBOOKS,
    members=CUSTOM_FIELD, key="name", one="custom field", called_by="name", in_history=True,
)  # fmt: skip

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
    text(
        "name", "Name", 41, clearable=False, required=True, unstorable=":", unique_under="parent",
        unique_among=("vendors", "employees", "other-names"), hint="This part of the name only, without a colon.",
    ),
    text("company_name", "Company", 41),
    text("salutation", "Salutation", 15),
    text("first_name", "First name", 25),
    text("middle_name", "Middle name", 5),
    text("last_name", "Last name", 25),
    text("job_title", "Job title", 41),
    flag("is_active", "Active"),
    reference("customer_type", "Customer type", "customer-types"),
    reference("class", "Class", "classes"),
    text("phone", "Phone", 21, link=LinkKind.PHONE),
    text("alternate_phone", "Second phone", 21, link=LinkKind.PHONE),
    text("fax", "Fax", 21, copied=True),
    text("email", "Email", 1023, read_text=emails.read_several, link=LinkKind.EMAIL),
    text("cc_email", "Cc email", 1023, read_text=emails.read_several, link=LinkKind.EMAIL),
    text("contact", "Contact", 41),
    text("alternate_contact", "Second contact", 41),
    listing(
        "custom_contact_fields", "Contact fields", CONTACT_FIELD,
        key="name", one="contact field", called_by="name", most=8, unique=True, whole=True,
    ),
    listing(
        "additional_contacts", "Additional contacts", CONTACT,
        one="contact", called_by="name", why_closed="Add or remove contacts in QuickBooks.",
    ),
    group("billing_address", "Bill to", ADDRESS),
    group("shipping_address", "Ship to", ADDRESS, copied_from="billing_address"),
    listing(
        "alternate_shipping_addresses", "Ship-to addresses", SHIP_TO,
        key="name", one="ship-to address", called_by="name", most=50, unique=True, whole=True,
    ),
    reference("terms", "Terms", "terms"),
    money("credit_limit", "Credit limit"),
    reference("price_level", "Price level", "price-levels"),
    reference("sales_representative", "Sales rep", "sales-representatives", hint="Enter initials."),
    reference("preferred_payment_method", "Payment method", "payment-methods"),
    choice("preferred_delivery_method", "Delivery", {"email": "Email", "mail": "Mail", "none": "None"}),
    text("account_number", "Account number", 99, copied=True),
    group("credit_card", "Card", CARD),
    read_only("balance", "Balance", FieldKind.MONEY, why="Calculated by QuickBooks."),
    read_only("total_balance", "Balance with jobs", FieldKind.MONEY, why="Calculated by QuickBooks."),
    reference(
        "currency", "Currency", "currencies",
        fixed_while="total_balance", hint="Cannot be changed after the first transaction.",
    ),
    reference("sales_tax_code", "Sales tax code", "sales-tax-codes"),
    reference("sales_tax_item", "Tax item", "sales-tax-items"),
    choice("sales_tax_country", "Tax country", TAX_COUNTRY),
    text("resale_number", "Resale number", 15),
    text("tax_registration_number", "Tax registration", 30),
    choice("job_status", "Job status", JOB_STATUS, childless=True),
    day("job_start_date", "Job start", childless=True),
    day("job_projected_end_date", "Projected end", childless=True),
    day("job_end_date", "Job end", childless=True),
    text("job_description", "Job description", 99, childless=True),
    reference("job_type", "Job type", "job-types", childless=True, hint="Only job types already in use."),
    text("note", "Note", 4095, kind=FieldKind.LONG_TEXT),
    listing(
        "additional_notes", "Further notes", NOTE,
        one="note", why_closed="Add or remove notes in QuickBooks.",
    ),
    CUSTOM_FIELDS,
    read_only("id", "Id"),
    read_only("full_name", "Full name", why="The names of its parents and its own."),
    reference(
        "parent", "Parent customer", "customers",
        levels=5, hint="Makes this a job of that customer (up to five levels).",
    ),
    read_only("sublevel", "Level", FieldKind.NUMBER),
    read_only("revision_number", "Revision"),
    read_only("created_at", "Created", FieldKind.MOMENT),
    read_only("updated_at", "Last modified", FieldKind.MOMENT),
    read_only("external_id", "External id"),
)  # fmt: skip

SECTIONS = (
    FieldSection(
        "who",
        "Name",
        (
            "name", "parent", "company_name", "salutation", "first_name", "middle_name", "last_name",
            "job_title", "customer_type", "class", "is_active",
        ),
    ),
    FieldSection(
        "reach",
        "Contact",
        (
            "phone", "alternate_phone", "fax", "email", "cc_email", "contact", "alternate_contact",
            "custom_contact_fields", "additional_contacts",
        ),
    ),
    FieldSection("addresses", "Addresses", ("billing_address", "shipping_address", "alternate_shipping_addresses")),
    FieldSection(
        "terms",
        "Terms and money",
        (
            "terms", "credit_limit", "price_level", "sales_representative", "preferred_payment_method",
            "preferred_delivery_method", "account_number", "credit_card", "balance", "total_balance", "currency",
        ),
    ),
    FieldSection(
        "tax",
        "Tax",
        ("sales_tax_code", "sales_tax_item", "sales_tax_country", "resale_number", "tax_registration_number"),
    ),
    FieldSection(
        "job",
        "Job",
        (
            "job_status", "job_start_date", "job_projected_end_date", "job_end_date", "job_description", "job_type",
        ),
    ),
    FieldSection("notes", "Notes", ("note", "additional_notes")),
    FieldSection("custom", "Custom fields", ("custom_fields",)),
    FieldSection(
        "technical",
        "Technical",
        (
            "id", "full_name", "sublevel", "revision_number", "created_at", "updated_at", "external_id",
        ),
        is_folded=True,
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
        "subtype": "job_type.name",
        "company_name": "company_name",
        "phone": "phone",
        "email": "email",
        "terms_name": "terms.name",
        "balance": "balance",
        "total_balance": "total_balance",
        "currency": "currency.name",
        "changed_at": "updated_at",
    },
    search=(
        *("full_name", "company_name", "email", "phone", "alternate_phone", "contact", "account_number", "terms_name"),
        *("billing_address.city", "billing_address.postal_code"),
    ),
    figures=("balance", "total_balance", "credit_limit", "updated_at"),
    always={"status": "all"},
    deleted_as="customer",
)
