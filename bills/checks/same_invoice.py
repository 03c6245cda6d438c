"""Warnings that a bill may have been entered twice: another one has its number or its amount. Pure, as `rules`."""

from collections.abc import Sequence
from decimal import Decimal

from record_forms.checks import Check, OtherRecord
from records.content import Content
from records.formatting import format_date, format_money

from .duplicates import DAYS, DuplicateBill

NEXT_STEP = "Check that this is not the same invoice."


def check_same_number(bill: Content, twins: Sequence[DuplicateBill]) -> Check | None:
    if not twins:
        return None
    return Check(
        title=f"{bill['vendor']} already has {_count(twins)} with number {bill['ref_number']}.",
        why="",
        next_step=NEXT_STEP,
        spots=("ref_number",),
        others=_list_others(twins),
    )


def check_same_amount(bill: Content, amount: Decimal, twins: Sequence[DuplicateBill]) -> Check | None:
    if not twins:
        return None
    return Check(
        title=f"{bill['vendor']} already has {_count(twins)} of {format_money(amount)}.",
        why=f"Dated at most {DAYS} days from this one.",
        next_step=NEXT_STEP,
        others=_list_others(twins),
    )


def _count(twins: Sequence[DuplicateBill]) -> str:
    return "a bill" if len(twins) == 1 else "several bills"


def _list_others(twins: Sequence[DuplicateBill]) -> tuple[OtherRecord, ...]:
    return tuple(OtherRecord(_describe_bill(twin), twin.remote_id) for twin in twins)


def _describe_bill(twin: DuplicateBill) -> str:
    """Bill 7731 of 28 Oct 2026, 937.60."""
    of = f" of {format_date(twin.bill_date)}" if twin.bill_date else ""
    money = f", {format_money(twin.amount)}" if twin.amount is not None else ""
    return f"Bill {twin.number or 'without a number'}{of}{money}"
