"""A bill and a customer as three sides of a conflict, small enough to read."""

from datetime import date
from decimal import Decimal

from books.providers.conductor.bills import BILLS, EXPENSE_LINE, ITEM_LINE
from books.providers.conductor.customers import ADDRESS, CUSTOMERS
from records.content import Content, Reference

WRAP = Content(
    ITEM_LINE,
    {
        "id": "L2",
        "item": Reference("i2", "Stretch wrap 18 in"),
        "quantity": Decimal(40),
        "cost": Decimal("7.55"),
        "amount": Decimal("302.00"),
    },
)
TAPE = WRAP.replace(id="L1", item=Reference("i1", "Tape"), quantity=Decimal(10), amount=Decimal("75.50"))
PAPER = Content(
    EXPENSE_LINE, {"id": "E1", "account": Reference("a1", "Office Supplies"), "amount": Decimal("86.40"), "memo": "A4"}
)
BILL = Content(
    BILLS.shape,
    {
        "id": "123ABC-1",
        "ref_number": "7731",
        "vendor": Reference("v1", "Cobalt Ridge Packaging"),
        "payables_account": Reference("p1", "Accounts Payable"),
        "transaction_date": date(2026, 10, 28),
        "terms": Reference("t15", "Net 15"),
        "due_date": date(2026, 11, 12),
        "expense_lines": (PAPER,),
        "item_lines": (TAPE, WRAP),
        "amount_due": Decimal("463.90"),
    },
)
MY_BILL = BILL.replace(
    memo="Pallet wrap",
    terms=Reference("t30", "Net 30"),
    due_date=date(2026, 11, 27),
    item_lines=(TAPE, WRAP.replace(quantity=Decimal(50), amount=Decimal("377.50"))),
)
THEIR_BILL = BILL.replace(
    ref_number="7731-A",
    terms=Reference("t20", "Net 20"),
    due_date=date(2026, 11, 17),
    expense_lines=(PAPER.replace(amount=Decimal("92.10")),),
    item_lines=(TAPE, WRAP.replace(quantity=Decimal(45), cost=Decimal("7.80"), amount=Decimal("351.00"))),
    amount_due=Decimal("518.60"),
)

HOME = Content(ADDRESS, {"line1": "12 Elm St", "city": "Boise", "state": "ID"})
CUSTOMER = Content(
    CUSTOMERS.shape,
    {"id": "8000-1", "name": "Abercrombie", "phone": "555-0100", "email": "a@example.com", "billing_address": HOME},
)
MY_CUSTOMER = CUSTOMER.replace(billing_address=HOME.replace(line1="14 Elm St"), email="b@example.com")
THEIR_CUSTOMER = CUSTOMER.replace(billing_address=HOME.replace(city="Nampa"), phone="555-0199", balance=Decimal("9.00"))
