"""What speaks against a change of a bill, with what has to be looked up: the company's switches, its other bills."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

from bills.grid import item_groups
from bills.grid.columns import has_amounts
from bills.grid.lines import count_lines, describe_refusal, is_too_long
from books import registry
from books.mirror import lookup, pickers
from books.mirror.currencies import find_record_currency, list_codes
from books.mirror.lookup import get_preferences
from books.models import Record
from record_forms.checks import Check
from records.changes import changes_any, list_changed_fields
from records.content import Content
from tenants.models import Tenant

from . import rules
from .bill_dates import check_bill_date, check_own_closing_date
from .changed_lines import list_edited_lines
from .decimals import check_decimals
from .duplicates import DuplicateBill, find_duplicates, find_same_amounts
from .lines.customers import check_billable, check_payees
from .lines.discounts import check_discounts, check_stored_discounts, list_below_changed
from .lines.picked import PickedEntries
from .lines.sites import check_sites
from .lines.units import check_unit_costs
from .payments import sum_lines
from .same_invoice import check_same_amount
from .vendor_change import check_vendor

Twins = Sequence[DuplicateBill]
DATED = ("vendor", "transaction_date")  # what another bill of the same amount is found by, beside that


def list_checks(record: Record, base: Content, edited: Content) -> Sequence[Check]:
    """What speaks against turning `base` into `edited`.

    One query; one more for another vendor, number, amount or date, for each list of which lines have another entry,
    and more for an item group that changes.
    """
    books, tenant = _name_books(record), record.tenant
    foreseen, unknown = item_groups.foresee_groups(tenant, base, edited)
    same_number = cache(lambda: _find_duplicates(record, edited))
    closing = get_closing_date(get_preferences(tenant))
    twins = same_number() if changes_any(base, edited, *rules.NUMBERED) else ()
    found = rules.check_bill(base, foreseen, closing, twins, unknown, books=books)
    currency = find_record_currency(tenant, registry.get_table(tenant, record.kind), edited)
    more = (
        _check_grown(record, base),
        _check_closed(tenant, base, edited),
        check_bill_date(base, edited, timezone.localdate()),
        check_decimals(base, edited, currency, books),
        None if unknown else _check_amount(record, base, edited, sum_lines(foreseen), same_number),
    )
    vendor = pickers.find_entry(tenant, "vendors", edited["vendor"]) if _is_other(base, edited, "vendor") else None
    return [
        *found,
        *filter(None, more),
        *check_vendor(base, edited, vendor, books, list_codes(tenant) if vendor else {}),
        *_check_lines(tenant, base, edited, books),
    ]


def _check_closed(tenant: Tenant, base: Content, edited: Content) -> Check | None:
    """A warning for any change of a bill in the period that the company has closed."""
    return check_own_closing_date(base, edited, tenant.closing_date) if list_changed_fields(base, edited) else None


def _check_lines(tenant: Tenant, base: Content, edited: Content, books: str) -> Iterator[Check]:
    """Yield what speaks against lines that are new or changed, by the entries picked for them."""
    below = list_below_changed(base, edited)
    picked = PickedEntries(tenant, list_edited_lines(base, edited), below)
    yield from check_payees(picked)
    yield from check_sites(picked)
    yield from check_discounts(picked, books)
    others = (
        check_billable(picked),
        check_unit_costs(tenant, picked.lines),
        check_stored_discounts(picked, below, books),
    )
    yield from filter(None, others)


def _check_amount(
    record: Record, base: Content, edited: Content, amount: Decimal, same_number: Callable[[], Twins]
) -> Check | None:
    """A warning for other bills of this amount but those that have the same number."""
    is_changed = amount != sum_lines(base) or any(_is_other(base, edited, name) for name in DATED)
    if not is_changed or not has_amounts(edited.shape):
        return None
    twins = find_same_amounts(record, edited["vendor"], amount, edited["transaction_date"])
    known = {twin.remote_id for twin in same_number()} if twins else ()
    shown = [twin for twin in _hide(edited, twins) if twin.remote_id not in known]
    return check_same_amount(edited, amount, shown)


def _is_other(base: Content, edited: Content, name: str) -> bool:
    return bool(edited[name]) and base[name] != edited[name]


def _check_grown(record: Record, base: Content) -> Check | None:
    """A refusal where the bill has become too long to be edited since the person opened it."""
    if record.version is None or is_too_long(count_lines(base)):
        return None
    now = lookup.decode_if_readable(record)
    if now is None or not (title := describe_refusal(record.tenant, now)):
        return None
    return Check(title=title, why="", next_step=f"Enter your changes in {_name_books(record)}.", refuses=True)


def find_total(record: Record, base: Content, edited: Content) -> Decimal | None:
    """What the lines come to once `base` is turned into `edited`; None where an amount is hidden or only foreseen."""
    if not has_amounts(edited.shape):
        return None
    foreseen, unknown = item_groups.foresee_groups(record.tenant, base, edited)
    return None if unknown else sum_lines(foreseen)


def list_notices(record: Record, bill: Content) -> Sequence[Check]:
    """What is known of a bill before anybody changes it. Two queries."""
    closing, twins = get_closing_date(get_preferences(record.tenant)), _find_duplicates(record, bill)
    own = check_own_closing_date(bill, bill, record.tenant.closing_date)
    return [*filter(None, [own]), *rules.make_notices(bill, closing, twins, books=_name_books(record))]


def get_closing_date(switches: Content | None) -> date | None:
    """The day through which the books are closed; None where they are not, or that is not known."""
    found: date | None = switches["accounting"]["closing_date"] if switches else None
    return found


def _name_books(record: Record) -> str:
    return registry.get_description(record.tenant).name


def _find_duplicates(record: Record, bill: Content) -> Twins:
    return _hide(bill, find_duplicates(record, bill["vendor"], bill["ref_number"]))


def _hide(bill: Content, twins: Sequence[DuplicateBill]) -> list[DuplicateBill]:
    """Leave out what the reader of the bill may not see."""
    shown = {"bill_date": "transaction_date" in bill.shape, "amount": "amount_due" in bill.shape}
    hidden: dict[str, Any] = {name: None for name, is_shown in shown.items() if not is_shown}
    return [replace(twin, **hidden) for twin in twins]
