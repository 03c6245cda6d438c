"""What a bill is called on its pages: by its number, or by its day and amount where it has none."""

from records.content import Content
from records.formatting import format_money, show_date


def name_bill(bill: Content) -> str:
    """Return Bill 7731, or Bill of 28 Oct 2026, 937.60."""
    if number := bill["ref_number"]:
        return f"Bill {number}"
    facts = ", ".join(filter(None, (show_date(bill["transaction_date"]), format_money(bill["amount_due"]))))
    return f"Bill of {facts}" if facts else "Bill without a number"
