"""The customer table of Bigcapital: the fields in its server's answers and those that Ledgerdesk writes.

Names, limits and oddities as its server shows them (docs/vendors/bigcapital.md, section 5). It knows no terms, no jobs
and no revision: a hash of the content (`records.encoder.hash_content`) is used in its place.
"""

from records.fields import FieldKind, FieldSection, LinkKind, Shape, Table

from . import emails
from .declare import address, choice, flag, read_only, text

TYPES = {"business": "Business", "individual": "Individual"}
BYTES_OF_NOTE = 65_535  # size of its text columns, which are measured in bytes

SHAPE = Shape(
    text("display_name", "Display name", clearable=False, required=True, hint="Shown on invoices."),
    # The answer to a PUT has the type under the column name of the table shared with vendors.
    choice("customer_type", "Type", TYPES, required=True, also=("contact_type",)),
    text("company_name", "Company"),
    text("salutation", "Salutation"),
    text("first_name", "First name"),
    text("last_name", "Last name"),
    flag("active", "Active"),
    text("work_phone", "Work phone", link=LinkKind.PHONE),
    text("personal_phone", "Personal phone", link=LinkKind.PHONE),
    text("email", "Email", read_text=emails.read_one, link=LinkKind.EMAIL),
    text("website", "Website", link=LinkKind.WEB),
    address("billing_address", "Bill to"),
    address("shipping_address", "Ship to", copied_from="billing_address"),
    read_only("balance", "Balance", FieldKind.MONEY, places=3, why="Calculated by Bigcapital."),
    read_only("closing_balance", "Closing balance", FieldKind.MONEY, places=3, why="Calculated by Bigcapital."),
    read_only("currency_code", "Currency", why="Set when the customer is created."),
    read_only("opening_balance", "Opening balance", FieldKind.MONEY, places=3),
    read_only("opening_balance_at", "Opened on", FieldKind.DATE, as_instant=True),
    read_only("opening_balance_exchange_rate", "Exchange rate at opening", FieldKind.NUMBER),
    read_only("local_opening_balance", "Opening balance in home currency", FieldKind.MONEY, places=3, in_home=True),
    read_only("opening_balance_branch_id", "Branch of the opening"),
    text("note", "Note", None, kind=FieldKind.LONG_TEXT, limit_bytes=BYTES_OF_NOTE),
    read_only("id", "Id"),
    read_only("contact_service", "Kind of contact"),
    read_only("contact_normal", "Normal side"),
    read_only("created_at", "Created", FieldKind.MOMENT),
    read_only("updated_at", "Last modified", FieldKind.MOMENT),
)

CUSTOMERS = Table(
    kind="customers",
    noun="customer",
    path="/customers",
    shape=SHAPE,
    title="display_name",
    sections=(
        FieldSection(
            "who",
            "Name",
            ("display_name", "customer_type", "company_name", "salutation", "first_name", "last_name", "active"),
        ),
        FieldSection("reach", "Contact", ("work_phone", "personal_phone", "email", "website")),
        FieldSection("addresses", "Addresses", ("billing_address", "shipping_address")),
        FieldSection(
            "money",
            "Money",
            (
                "balance", "closing_balance", "currency_code", "opening_balance", "opening_balance_at",
                "opening_balance_exchange_rate", "local_opening_balance", "opening_balance_branch_id",
            ),
        ),
        FieldSection("note", "Note", ("note",)),
        FieldSection(
            "technical",
            "Technical",
            ("id", "contact_service", "contact_normal", "created_at", "updated_at"),
            is_folded=True,
        ),
    ),
    columns={
        "name": "display_name",
        "full_name": "display_name",
        "is_active": "active",
        "company_name": "company_name",
        "phone": "work_phone",
        "email": "email",
        "balance": "balance",
        "currency": "currency_code",
    },
    search=(
        *("full_name", "company_name", "email", "phone", "personal_phone"),
        *("billing_address.city", "billing_address.postal_code"),
    ),
    figures=("balance", "opening_balance", "opening_balance_at"),
    revision="",
)  # fmt: skip
