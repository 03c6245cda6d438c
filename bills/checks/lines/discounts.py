"""Lines with a discount or a subtotal, whose amounts QuickBooks works out from the lines above. Pure, as `rules`."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bills.grid.columns import find_inner_list
from bills.grid.item_defaults import DISCOUNT, SUBTOTAL
from record_forms.checks import Check
from record_forms.form_data import ID
from records.content import Content
from records.formatting import format_money

from .picked import PickedEntries


def check_discounts(picked: PickedEntries, books: str) -> Iterator[Check]:
    """Yield a refusal for a discount without an amount, and a warning for a subtotal, whose amount is not foreseen."""
    for line in picked.lines:
        item = line.now.get("item")
        if not item or line.now.get("amount") is not None or not line.changes("item"):
            continue
        kind = picked.find_item_kind(item)
        if kind == DISCOUNT:
            yield Check(
                title=f"Enter the amount of {item}.",
                why="A discount is a part of the line above, which cannot be calculated here.",
                next_step="",
                spots=(f"{line.spot}-amount",),
                refuses=True,
            )
        elif kind == SUBTOTAL:
            yield Check(
                title=f"{books} calculates the amount of {item}.",
                why="It is not part of the total on this page.",
                next_step="Check the total after you have saved.",
                spots=(line.spot,),
            )


def list_below_changed(base: Content, edited: Content) -> list[Content]:
    """Return the stored lines that keep their amount below one whose amount changes, or that is another or removed."""
    return [line for f in edited.shape.lists for line in _list_below(base[f.name], edited[f.name])]


def check_stored_discounts(picked: PickedEntries, below: Sequence[Content], books: str) -> Check | None:
    """A warning for stored discounts below a line that changes: QuickBooks may work them out again."""
    found = [line for line in below if picked.find_item_kind(line["item"]) == DISCOUNT]
    if not found:
        return None
    said = ", ".join(f"{line['item']} {format_money(line['amount'])}" for line in found[:3])
    return Check(
        title="A line above a discount changes, but not the discount.",
        why=f"{books} may calculate it again: {said}.",
        next_step="Check the amount of the discount, and the total after you have saved.",
        spots=tuple(str(line[ID]) for line in found),
    )


def _list_below(base: Sequence[Content], edited: Sequence[Content]) -> Iterator[Content]:
    above = {line[ID]: before for before, line in pairwise(base)}
    stored = {line[ID]: line for line in base}
    previous: Content | None = None
    for line in edited:
        was, before = stored.get(line[ID]), above.get(line[ID])
        if was is not None and before is not None and "item" in line.shape and line["amount"] == was["amount"]:
            is_same = previous is not None and previous[ID] == before[ID] and previous["amount"] == before["amount"]
            if not is_same and line["item"]:
                yield line
        if was is not None and (within := find_inner_list(line.shape)):
            yield from _list_below(was[within.name], line[within.name])
        previous = line
