"""The lines that QuickBooks will create inside an item group that is new or has another quantity.

An update sends only such a group itself, so its total has to be known before
(docs/vendors/conductor.md, section 8.8).
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from books.mirror import pickers
from record_forms.form_data import ID
from records.amounts import EXACT, FINEST, Amounts, multiply_cost, settle_amounts
from records.changes import NEW_LINE
from records.content import Content, Value, get_at_path
from records.fields import Field, Shape
from tenants.models import Tenant

from .columns import find_inner_list
from .item_defaults import Units, find_item_defaults

Lines = tuple[Content, ...]
COUNT = "quantity"  # of a group, and in its list of each item (docs/vendors/conductor.md, section 8.8)


def build_group_lines(tenant: Tenant, group: Content, was: Content | None) -> Lines | None:
    """Return the future lines inside a group; None if the mirror cannot tell. `was` is the group as stored."""
    within, f = find_inner_list(group.shape), find_group_member(group.shape)
    assert within and f and f.entry, "only of a group"
    held: Lines = group[within.name]
    if held != (was[within.name] if was is not None else ()):
        return held  # sent along, so QuickBooks keeps them
    if was is None or get_at_path(group, f"{f.name}.id") != get_at_path(was, f"{f.name}.id"):
        return _build_from_item_group(tenant, group, f, within.shape)
    if any(group[name] != was[name] for name in (f.entry.unit, f.entry.own_units)):
        return None
    return held if group[COUNT] == was[COUNT] else _scale_lines(held, was[COUNT], group[COUNT])


def foresee_groups(tenant: Tenant, base: Content, edited: Content) -> tuple[Content, tuple[str, ...]]:
    """Return `edited` with the future lines inside its groups, and the names of the groups that are not known."""
    unknown: list[str] = []
    for section in edited.shape.lists:
        if kit := find_group_member(section.shape):
            stored = {line[ID]: line for line in base[section.name]}
            groups = [_foresee_group(tenant, line, stored.get(line[ID])) for line in edited[section.name]]
            unknown += [str(line[kit.name]) for line, is_known in groups if not is_known]
            edited = edited.replace(**{section.name: tuple(line for line, _ in groups)})
    return edited, tuple(unknown)


def find_group_member(shape: Shape) -> Field | None:
    """Return the member of a line whose entry defines the lines inside it."""
    return next((f for f in shape.fields if f.entry and f.entry.holds), None)


def _foresee_group(tenant: Tenant, group: Content, was: Content | None) -> tuple[Content, bool]:
    within, lines = find_inner_list(group.shape), build_group_lines(tenant, group, was)
    assert within, "a group has lines inside"
    return (group, False) if lines is None else (group.replace(**{within.name: lines}), True)


def _build_from_item_group(tenant: Tenant, group: Content, f: Field, shape: Shape) -> Lines | None:
    """Return one line for each item of the group's definition, at the item's own cost."""
    assert f.entry, "a group's item brings lines along"
    kit = pickers.find_entry(tenant, f.options, group[f.name]) if group[f.name] else None
    units = find_item_defaults(tenant, group.shape, f, group[f.name].id).units if kit is not None else {}
    if kit is None or not _is_base_unit(group[f.entry.unit], units) or group[f.entry.own_units] or group[COUNT] == 0:
        return None
    lines = list(_list_group_items(tenant, kit[f.entry.holds], group[COUNT] or Decimal(1), shape))
    return None if None in lines else tuple(line for line in lines if line is not None)


def _list_group_items(tenant: Tenant, kit: Iterable[Content], times: Decimal, shape: Shape) -> Iterator[Content | None]:
    item = next(f for f in shape.fields if f.entry)
    assert item.entry, "the item of a line brings its cost along"
    for one in kit:
        if one[item.name] is None:
            continue
        brought = find_item_defaults(tenant, shape, item, one[item.name].id)
        if not brought.name or brought.without or not _is_base_unit(one[item.entry.unit], brought.units):
            yield None
            continue
        names = _list_amount_fields(shape)
        count = EXACT.multiply(one[COUNT] or Decimal(1), times)
        each = Decimal(brought.values.get(names[1]) or 0)
        known = dict(zip(names, (count, each, multiply_cost(count, each)), strict=True))
        yield Content(shape, {ID: NEW_LINE, item.name: one[item.name], **known})


def _is_base_unit(unit: Value, units: Units) -> bool:
    """Return whether an item's cost is for this unit. For any other unit, QuickBooks calculates it."""
    return not unit or not units or unit.casefold() == next(iter(units)).casefold()


def _scale_lines(lines: Lines, was: Decimal | None, now: Decimal | None) -> Lines | None:
    """Return the lines with their quantities scaled like the group's."""
    return tuple(_scale_line(line, now, was) for line in lines) if was and now is not None else None


def _scale_line(line: Content, now: Decimal, was: Decimal) -> Content:
    names = _list_amount_fields(line.shape)
    before = Amounts(*(line[name] for name in names))
    if before.quantity is None:
        return line
    count = EXACT.divide(EXACT.multiply(before.quantity, now), was).quantize(FINEST, context=EXACT)
    return line.replace(**dict(zip(names, settle_amounts(before, before._replace(quantity=count)), strict=True)))


def _list_amount_fields(shape: Shape) -> list[str]:
    """Return the names of quantity, cost and amount."""
    return [f.name for f in shape.writable if f.decided_with == "amount"]
