"""What speaks against a change of a bill, with what has to be looked up: the company's switches, its other bills."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bills.grid import item_groups
from bills.grid.columns import has_amounts
from bills.grid.lines import count_lines, describe_refusal, is_too_long
from books import registry
from books.mirror import lookup
from books.mirror.currencies import find_record_currency
from books.mirror.preferences import get_preferences
from books.models import Record
from record_forms.checks import Check
from records.content import Content

from . import rules
from .bill_dates import check_bill_date
from .decimals import check_decimals
from .duplicates import DuplicateBill, find_duplicates
from .payments import sum_lines


def list_checks(record: Record, base: Content, edited: Content) -> Sequence[Check]:
    """What speaks against turning `base` into `edited`. Two queries, and more for an item group that changes."""
    foreseen, unknown = item_groups.foresee_groups(record.tenant, base, edited)
    closing, twins = get_closing_date(get_preferences(record.tenant)), _find_duplicates(record, edited)
    found = rules.check_bill(base, foreseen, closing, twins, unknown, books=_name_books(record))
    currency = find_record_currency(record.tenant, registry.get_table(record.tenant, record.kind), edited)
    more = (
        _check_grown(record, base),
        check_bill_date(base, edited, timezone.localdate()),
        check_decimals(base, edited, currency, _name_books(record)),
    )
    return [*found, *filter(None, more)]


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
    return rules.make_notices(bill, closing, twins, books=_name_books(record))


def get_closing_date(switches: Content | None) -> date | None:
    """The day through which the books are closed; None where they are not, or that is not known."""
    found: date | None = switches["accounting"]["closing_date"] if switches else None
    return found


def _name_books(record: Record) -> str:
    return registry.get_description(record.tenant).name


def _find_duplicates(record: Record, bill: Content) -> Sequence[DuplicateBill]:
    twins = find_duplicates(record, bill["vendor"], bill["ref_number"])
    shown = {"bill_date": "transaction_date" in bill.shape, "amount": "amount_due" in bill.shape}
    hidden: dict[str, Any] = {name: None for name, is_shown in shown.items() if not is_shown}
    return [replace(twin, **hidden) for twin in twins]
