"""A bill whose total falls by more than half: a wrong line was removed, or an amount was typed wrong. Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bills.grid.lines import get_line_amount
from record_forms.checks import Check
from record_forms.form_data import ID
from records.changes import NEW_LINE
from records.content import Content
from records.formatting import format_money, join_words

from .changed_lines import ChangedLine, describe_lines
from .replaced_groups import list_replaced_groups, name_group

SUMS = ("amount", "total_amount")


def check_lower_total(
    base: Content, edited: Content, lines: Sequence[ChangedLine], unknown: Sequence[str], books: str
) -> Check | None:
    """A warning where less than half of the total is left; one for all its reasons.

    Groups that only the accounting system can calculate count on neither side. Where other groups were picked and
    nothing else counts, the question about them is enough.
    """
    apart = {line[ID] for line in _walk_all(edited) if name_group(line) in unknown} - {NEW_LINE}
    was, now = (_sum_lines(bill, apart, unknown) for bill in (base, edited))
    if now < 0 or 2 * now >= was:
        return None  # below zero is refused
    replaced = apart | {line[ID] for line, _ in list_replaced_groups(base, edited)}
    if _sum_lines(base, replaced, unknown) == _sum_lines(edited, replaced, unknown):
        return None
    without = f", without {join_words(unknown)}, which {books} calculates" if unknown else ""
    return Check(
        title=f"The total falls from {format_money(was)} to {format_money(now)}{without}.",
        why=". ".join(_list_reasons(edited, lines)) + ".",
        next_step="Check the lines before you save.",
    )


def _list_reasons(edited: Content, lines: Sequence[ChangedLine]) -> Iterator[str]:
    if changed := [line for line in lines if line.changes(SUMS)]:
        yield describe_lines(changed)
    added = sum((get_line_amount(line) for line in _walk_all(edited) if line[ID] == NEW_LINE), Decimal(0))
    if added < 0:
        yield f"New lines: {format_money(added)}"


def _walk_all(bill: Content) -> Iterator[Content]:
    """All its lines, but not those inside groups."""
    return (line for f in bill.shape.lists for line in bill[f.name])


def _sum_lines(bill: Content, apart: set[str], unknown: Sequence[str]) -> Decimal:
    """What its lines add up to without those with these ids, and without groups with these names."""
    counted = (line for line in _walk_all(bill) if line[ID] not in apart and name_group(line) not in unknown)
    return sum(map(get_line_amount, counted), Decimal(0))
