"""What speaks against a change of a bill, with what has to be looked up: the company's switches, its other bills."""

from collections.abc import Sequence
from datetime import date

from bills.grid import item_groups
from books.mirror.preferences import preferences
from books.models import Record
from record_forms.checks import Guard
from records.content import Content

from . import rules
from .duplicates import Twin, twins


def against(record: Record, base: Content, edited: Content) -> Sequence[Guard]:
    """What speaks against turning `base` into `edited`. Two queries, and more for an item group that changes."""
    foreseen, unknown = item_groups.foreseen(record.tenant, base, edited)
    return rules.guards(base, foreseen, closing_date(preferences(record.tenant)), _twins(record, edited), unknown)


def known(record: Record, bill: Content) -> Sequence[Guard]:
    """What is known of a bill before anybody changes it. Two queries."""
    return rules.notices(bill, closing_date(preferences(record.tenant)), _twins(record, bill))


def closing_date(switches: Content | None) -> date | None:
    """The day through which the books are closed; None where they are not, or that is not known."""
    found: date | None = switches["accounting"]["closing_date"] if switches else None
    return found


def _twins(record: Record, bill: Content) -> Sequence[Twin]:
    return twins(record, bill["vendor"], bill["ref_number"])
