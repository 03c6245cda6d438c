"""Invented customers and bills, plausible enough to work on for a day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.conductor.file import bills, records
from sandbox.conductor.file.records import Record
from sandbox.conductor.http.shapes import whole

from .company_builder import TODAY, Setup
from .words import FIRST, LAST, MEMOS, NOTES, address, email, phone

_LAST_DAY = TODAY.date()
TERM_DAYS = {"Due on receipt": 0, "Net 15": 15, "Net 30": 30, "Net 60": 60, "2% 10 Net 30": 30}


def customer(setup: Setup, name: str, currency: Record | None = None, **known: Any) -> Record:
    """A top-level customer; one in eight is inactive, many fields of some are blank."""
    chance = setup.chance
    record = setup.make("customers", name=name, currency=currency, jobStatus="none", preferredDeliveryMethod="none")
    sparse = chance.random() < 0.15
    record["isActive"] = chance.random() >= 0.12
    record["balance"] = record["totalBalance"] = _amount(chance.choice((0, 0, 0, 4_000, 90_000)) * chance.random())
    record["terms"] = setup.pick("standard-terms") if chance.random() < 0.7 else None
    record["salesTaxCode"] = setup.ref("sales-tax-codes", chance.choice(("Tax", "Non")))
    if not sparse:
        first, last = chance.choice(FIRST), chance.choice(LAST)
        home = address(chance, name)
        record.update(companyName=name[:41], firstName=first, lastName=last, contact=f"{first} {last}"[:41])
        record.update(billingAddress=home, shippingAddress=home if chance.random() < 0.6 else None)
        record.update(phone=phone(chance), email=email(name), customerType=setup.pick("customer-types"))
        record["salesTaxItem"] = setup.pick("sales-tax-items")
        record["accountNumber"] = f"C-{chance.randrange(1000, 99_999)}"
        record["creditLimit"] = _amount(chance.choice((500_000, 1_000_000, 2_500_000)))
        _decorate(setup, record, name)
    record.update(known)
    return record


def job(setup: Setup, parent: Record, name: str) -> Record:
    """A job under a customer or another job."""
    chance = setup.chance
    record = setup.make("customers", name=name, currency=parent["currency"], preferredDeliveryMethod="none")
    start = _LAST_DAY - timedelta(days=chance.randrange(10, 900))
    ended = chance.random() < 0.4
    record.update(
        fullName=f"{parent['fullName']}:{name}",
        parent=records.reference(parent),
        sublevel=parent["sublevel"] + 1,
        isActive=parent["isActive"] and chance.random() >= 0.1,
        companyName=parent["companyName"],
        billingAddress=parent["billingAddress"],
        shippingAddress=address(chance, name) if chance.random() < 0.5 else None,
        jobStatus="closed" if ended else chance.choice(("pending", "awarded", "in_progress", "none")),
        jobStartDate=start.isoformat(),
        jobProjectedEndDate=(start + timedelta(days=chance.randrange(30, 240))).isoformat(),
        jobEndDate=(start + timedelta(days=chance.randrange(30, 200))).isoformat() if ended else None,
        jobDescription=chance.choice(("Kitchen remodel", "New roof", "Office fit-out", "Site survey", None)),
        jobType=setup.pick("job-types"),
    )
    record["balance"] = record["totalBalance"] = _amount(chance.choice((0, 250_000, 1_200_000)) * chance.random())
    return record


def new_bill(setup: Setup, vendor: Record, day: date, terms: str, key: str | None = None, /, **known: Any) -> Record:
    """A bill without lines, entered on the day of its date."""
    chance = setup.chance
    entered = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=chance.randrange(50_000, 80_000))
    moment = min(int(entered.timestamp()), int(TODAY.timestamp()) - chance.randrange(1, 900_000))
    updated = min(moment + chance.choice((0, 0, 3_600, 900_000)), int(TODAY.timestamp()))
    record = setup.make(
        "bills",
        key or setup.new_id("transactions"),
        vendor=vendor,
        transactionDate=day.isoformat(),
        dueDate=(day + timedelta(days=TERM_DAYS[terms])).isoformat(),
        terms=setup.ref("standard-terms", terms),
        payablesAccount=setup.payables,
        refNumber=f"{chance.randrange(1000, 99_999)}" if chance.random() < 0.93 else None,
        memo=chance.choice(MEMOS) or None,
        isPending=False,
        **known,
    )
    record.update(createdAt=setup.moment(moment), updatedAt=setup.moment(updated), revisionNumber=str(updated))
    return record


def expense_line(setup: Setup, account: Record, amount: str, **known: Any) -> Record:
    """A line against an account."""
    return whole("qbd_expense_line", id=setup.new_id("lines"), account=account, amount=amount, **known)


def item_line(setup: Setup, item: Record, quantity: int, cost: str, **known: Any) -> Record:
    """A line for an item."""
    amount = records.cents(records.money(cost) * quantity)
    values = {"item": item, "quantity": quantity, "cost": cost, "amount": amount}
    return whole("qbd_item_line", id=setup.new_id("lines"), **values, **known)


def finish_bill(setup: Setup, record: Record, paid: str | None = None) -> Record:
    """Totals the bill and pays it as is likely for its age; `paid` fixes how: all, part or none."""
    bills.settle(record)
    paid = paid or _likely(setup, date.fromisoformat(record["dueDate"]))
    due = records.money(record["amountDue"])
    if paid != "none" and due > 0:
        part = due if paid == "all" else (due * Decimal(setup.chance.choice(("0.25", "0.5", "0.8"))))
        record["linkedTransactions"].append(payment(setup, record, records.cents(part)))
        bills.settle(record)
    setup.add("bills", record)
    return record


def payment(setup: Setup, bill: Record, amount: str) -> Record:
    """A payment of a bill by check."""
    day = min(date.fromisoformat(bill["dueDate"]), _LAST_DAY)
    return whole(
        "qbd_linked_transaction",
        id=setup.new_id("transactions"),
        transactionType="bill_payment_check",
        transactionDate=max(day.isoformat(), bill["transactionDate"]),
        refNumber=str(setup.chance.randrange(2_000, 9_999)),
        linkType="amount",
        amount=f"-{amount}",
    )


def bill_days(setup: Setup, count: int) -> list[date]:
    """Dates for this many bills, oldest first: mostly in the last year, some in the future."""
    return sorted(
        date(2026, 12, 18) - timedelta(days=int(abs(setup.chance.triangular(0, 900, 30)))) for _ in range(count)
    )


def _likely(setup: Setup, due: date) -> str:
    late = (_LAST_DAY - due).days
    chance = setup.chance.random()
    if late > 60:
        return "all" if chance < 0.95 else "part"
    if late > 0:
        return "all" if chance < 0.6 else "part" if chance < 0.75 else "none"
    return "all" if chance < 0.08 else "part" if chance < 0.16 else "none"


def _decorate(setup: Setup, record: Record, name: str) -> None:
    chance = setup.chance
    if chance.random() < 0.3:
        record["note"] = chance.choice(NOTES)[:4095]
        record["additionalNotes"] = [{"id": 1, "date": "2025-03-14", "note": "Called about the new price list."}]
    if chance.random() < 0.2:
        place = {**address(chance, name), "name": "Warehouse", "isDefaultShippingAddress": True}
        record["alternateShippingAddresses"] = [place]
    if chance.random() < 0.15:
        record["additionalContacts"] = [_contact(setup)]
        record["customContactFields"] = [{"name": "Site office", "value": phone(chance)}]
    if chance.random() < 0.25:
        rep, level, method = (
            setup.pick("sales-representatives"),
            setup.pick("price-levels"),
            setup.pick("payment-methods"),
        )
        record.update(salesRepresentative=rep, priceLevel=level, preferredPaymentMethod=method)
    if chance.random() < 0.05:
        record["customFields"] = [{"ownerId": "0", "name": "Region", "type": "string_255_type", "value": "North"}]


def _contact(setup: Setup) -> Record:
    first, last = setup.chance.choice(FIRST), setup.chance.choice(LAST)
    moment = setup.moment(1_650_000_000)
    stamps = {"createdAt": moment, "updatedAt": moment, "revisionNumber": "1650000000"}
    names = {"name": f"{first} {last}", "firstName": first, "lastName": last, "jobTitle": "Site manager"}
    return whole("qbd_contact", id=setup.new_id("contacts"), **stamps, **names)


def _amount(hundredths: float) -> str:
    return f"{hundredths / 100:.2f}"
