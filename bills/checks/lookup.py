"""What speaks against a change of a bill, with what has to be looked up: the company's switches, its other bills."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone

from bills.grid import item_groups
from books import registry
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
        check_bill_date(base, edited, timezone.localdate()),
        check_decimals(base, edited, currency, _name_books(record)),
    )
    return [*found, *filter(None, more)]


def find_total(record: Record, base: Content, edited: Content) -> Decimal | None:
    """What the lines come to once `base` is turned into `edited`; None where only the vendor knows it of a group."""
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
    return find_duplicates(record, bill["vendor"], bill["ref_number"])
