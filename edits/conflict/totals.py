"""The sums of a record's lines before and after a conflict is decided. Names no field."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from records.content import Content
from records.fields import FieldKind, Shape
from records.merge.parts import Choice
from records.merge.three_way import ThreeWayMerge

from .labels import find_amount_field


@dataclass(frozen=True, slots=True)
class ConflictTotals:
    """Sums of the lines: as opened (None without a base), as the vendor has them, and by which side wins all clashes.

    `decided` is the sum after the decisions, None while some are open.
    """

    was: Decimal | None
    now: Decimal
    with_yours: Decimal
    with_theirs: Decimal
    decided: Decimal | None

    @property
    def depends(self) -> bool:
        """Whether the decisions change the sum."""
        return self.with_yours != self.with_theirs

    @property
    def yours_more(self) -> Decimal:
        return self.with_yours - self.now

    @property
    def theirs_more(self) -> Decimal:
        return self.with_theirs - self.now

    @property
    def decided_more(self) -> Decimal:
        return (self.now if self.decided is None else self.decided) - self.now


def compute_totals(merge: ThreeWayMerge, decided: Content | None) -> ConflictTotals | None:
    """Return the sums of a merge; None for a kind of record without amounts in its lines, or if one is hidden."""
    amounts = list(_list_amounts(merge.theirs.shape))
    if not amounts or not all(amounts):
        return None
    yours, theirs = (
        merge.content(dict.fromkeys((p.key for p in merge.clashes), side)) for side in (Choice.MINE, Choice.THEIRS)
    )
    return ConflictTotals(
        None if merge.base is None else sum_lines(merge.base),
        sum_lines(merge.theirs),
        sum_lines(yours),
        sum_lines(theirs),
        None if decided is None else sum_lines(decided),
    )


def _list_amounts(shape: Shape) -> Iterator[bool]:
    """Yield for each amount in the lines of a record whether it is shown."""
    for f in shape.declared:
        if f.kind is FieldKind.LIST and f.writable:
            yield from (f.name in shape and m.name in f.shape for m in f.shape.declared if m.kind is FieldKind.MONEY)
            yield from _list_amounts(f.shape)


def sum_lines(record: Content) -> Decimal:
    """Return the sum of the record's lines; a line with lines inside counts as their sum."""
    found = Decimal("0.00")
    for f in record.shape.writable:
        for line in record[f.name] if f.kind is FieldKind.LIST else ():
            amount = find_amount_field(line)
            nested = any(m.kind is FieldKind.LIST and m.writable for m in line.shape.fields)
            found += sum_lines(line) if nested else (line[amount.name] if amount else None) or 0
    return found
