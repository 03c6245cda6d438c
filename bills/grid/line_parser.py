"""One line of a bill: its amount, and which of its values depend on others. Knows nothing of other lines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from record_forms.form_data import DRAWN, OWN
from record_forms.lists.entry import Entry
from record_forms.typed.parse import format_typed, parse_value
from records.amounts import Amounts, Disagreement, read_amounts, settle_amounts, write_amounts
from records.content import Content, Reference, Value, is_blank
from records.fields import WHOLE_DIGITS, Field, FieldKind, Shape
from records.formatting import format_money
from tenants.models import Tenant

from .item_defaults import DISCOUNT, ItemDefaults, Units, find_item_defaults, find_units
from .item_groups import build_group_lines, find_group_member
from .items.discounts import settle_discount
from .items.unit_cost import COST, convert_cost

DIGITS = WHOLE_DIGITS[FieldKind.MONEY]


@dataclass(slots=True, eq=False)
class ParsedLine(Entry):
    """One line of the form.

    `asked` is what a person has to know or confirm before it is saved. `foreseen` is the total of a group whose lines
    QuickBooks will replace; `is_unknown` if only QuickBooks can calculate it.
    """

    asked: list[str] = field(default_factory=list)
    foreseen: Decimal | None = None
    is_unknown: bool = False

    @property
    def is_inside(self) -> bool:
        """Whether the line is inside a group, which `outer_key` then names."""
        return bool(self.outer_key)

    @property
    def is_open(self) -> bool:
        """Whether the line has inputs."""
        return self.typed is not None and not self.is_gone and (self.base is None or not self.typed.keys() <= OWN)

    @property
    def amount(self) -> Decimal:
        """The line's part of the bill's total as far as that is known; a group's is the sum of its lines."""
        if self.is_unknown or self.foreseen is not None:
            return self.foreseen or Decimal(0)
        if self.lists and (inside := self.inside):
            return sum_lines(line for line in inside if not line.is_dropped)
        return self.value.get("amount") or self.value.get("total_amount") or Decimal(0)


def sum_lines(lines: Iterable[ParsedLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


class LineRules:
    """The rules for dependent values in the lines of a bill, whose amounts have so many `places`.

    An entry picked in many lines is looked up once, and so is a unit set.
    """

    def __init__(self, tenant: Tenant, places: int) -> None:
        self.tenant, self.places = tenant, places
        self.brought: dict[tuple[str, str], ItemDefaults] = {}
        self.units: dict[Reference, Units] = {}

    def settle(self, line: ParsedLine, values: dict[str, Value], above: Callable[[], Decimal | None]) -> None:
        """Fill in the values of a line that depend on its typed values, and refuse values that conflict.

        `above` finds the amount of which a discount on this line takes its part; None if that is not known.
        """
        names = [f.name for f in line.shape.writable if f.decided_with == "amount"]
        has_three = len(names) == 3
        if has_three:
            _accept_cleared(line, names, values)
        brought = self._fit(line, values)
        if has_three and (discount := next((entry for entry in brought if entry.kind == DISCOUNT), None)):
            settle_discount(line, values, discount, above, self.places)
        elif has_three and not line.errors:
            _settle_three(line, names, values, self.places)
        for entry in brought:
            _refuse_without(line, values, entry)

    def foresee(self, line: ParsedLine) -> None:
        """Calculate the future total of a group, if all of it can be read."""
        line.foreseen, line.is_unknown = None, False
        if not find_group_member(line.shape) or line.errors or any(one.errors for one in line.inside):
            return
        (within,) = line.lists
        lines = build_group_lines(self.tenant, line.value, line.base)
        line.is_unknown = lines is None
        if lines is not None and lines is not line.value[within.field.name]:
            line.foreseen = sum((one["amount"] or Decimal(0) for one in lines), Decimal(0))

    def _fit(self, line: ParsedLine, values: dict[str, Value]) -> list[ItemDefaults]:
        """Return the entries picked for the line; refuse a unit that they do not have. Stored values are accepted."""
        found = []
        for f in line.shape.fields:
            if f.entry is None or not (entry := values.get(f.name)):
                continue
            brought = self._picked(line.shape, f, entry)
            unit, own = f.entry.unit, f.entry.own_units
            units = self._find_units(values.get(own)) or brought.units
            known = {name.casefold() for name in units}
            if known and _is_retyped(values, line.start, unit, own, f.name) and values[unit].casefold() not in known:
                line.refuse(unit, f"{brought.name} has no unit “{values[unit]}”. Use {', '.join(units)}.")
            if line.base is None:
                self._price(line, values, brought, units, values.get(unit) or "")
            found.append(brought)
        return found

    def _find_units(self, unit_set: Reference | None) -> Units:
        if unit_set is None:
            return {}
        if unit_set not in self.units:
            self.units[unit_set] = find_units(self.tenant, unit_set)
        return self.units[unit_set]

    def _price(
        self, line: ParsedLine, values: dict[str, Value], brought: ItemDefaults, units: Units, unit: str
    ) -> None:
        """Give a new line without cost and amount the entry's cost, as QuickBooks would, so that the total has it."""
        shape = line.shape
        parts = [f for f in shape.writable if f.decided_with == "amount" and (f.follows or f.name in brought.values)]
        if not all(f.name in values and values[f.name] is None for f in parts):
            return
        values |= {f.name: parse_value(f, brought.values[f.name], None, self.tenant) for f in parts if not f.follows}
        if values.get(COST) is not None:
            by_unit = convert_cost(units, next(iter(units), ""), unit, values[COST])
            values[COST] = by_unit.cost if by_unit else values[COST]
            if line.typed is not None:
                line.typed[COST] = format_typed(shape[COST], values[COST])

    def find_kind(self, line: ParsedLine) -> str:
        """Return the kind of the entry picked for a line: "discount-items"; "" if it is not known."""
        f = next((f for f in line.shape.fields if f.entry), None)
        return self._picked(line.shape, f, line.value[f.name]).kind if f and line.value[f.name] else ""

    def _picked(self, shape: Shape, f: Field, entry: Reference) -> ItemDefaults:
        key = (f.options, str(entry))
        if key not in self.brought:
            self.brought[key] = find_item_defaults(self.tenant, shape, f, str(entry))
        return self.brought[key]


def _accept_cleared(line: ParsedLine, names: list[str], values: dict[str, Value]) -> None:
    """Take one of three that was cleared as the one to calculate."""
    typed = line.typed or {}
    cleared = [name for name in names if name in line.errors and not typed.get(name, "").strip()]
    if len(cleared) == 1 and all(values.get(name) is not None for name in names if name not in cleared):
        values[cleared[0]] = None
        del line.errors[cleared[0]]


def _settle_three(line: ParsedLine, names: list[str], values: dict[str, Value], places: int) -> None:
    """Calculate quantity, cost or amount from the two others, and show the result in its input."""
    base, typed = line.start, Amounts(*(values[name] for name in names))
    drawn = read_amounts((line.typed or {}).get(DRAWN, ""))
    try:
        now = settle_amounts(drawn or Amounts(*(base[name] for name in names)), typed, places)
    except Disagreement as error:
        line.refuse(names[-1], _describe_disagreement(typed, error.product))
        return
    for name, was, value in zip(names, typed, now, strict=True):
        values[name] = value
        if value is not None and value != base[name] and abs(value) >= 10**DIGITS:
            line.refuse(name, f"{line.shape[name].label}: at most {DIGITS} digits before the decimal point.")
        if line.typed is not None and value != was:
            line.typed[name] = format_typed(line.shape[name], value)


def write_drawn(line: ParsedLine) -> str:
    """What stands in the inputs for quantity, cost and amount, as text; "" where it is what is stored."""
    names = [f.name for f in line.shape.writable if f.decided_with == "amount"]
    if line.errors.keys() & set(names):
        return (line.typed or {}).get(DRAWN, "")
    is_stored = len(names) != 3 or all(line.value[name] == line.start[name] for name in names)
    return "" if is_stored else write_amounts(Amounts(*(line.value[name] for name in names)))


def _describe_disagreement(typed: Amounts, product: Decimal) -> str:
    count = "" if typed.quantity is None else f"{typed.quantity.normalize():f} × "
    return (
        f"{count}{typed.cost or Decimal(0):f} is {format_money(product)}, not {format_money(typed.amount)}. "
        "Correct one of them, or clear the one to calculate."
    )


def _refuse_without(line: ParsedLine, values: dict[str, Value], brought: ItemDefaults) -> None:
    """Refuse values for members that the entry picked for the line does not have."""
    picked = [f.name for f in line.shape.fields if f.entry]
    for name in brought.without:
        if _is_retyped(values, line.start, name, *picked):
            line.refuse(name, f"{brought.name} has no {line.shape[name].label.lower()}. Leave it blank.")


def _is_retyped(values: dict[str, Value], base: Content, *names: str) -> bool:
    """Return whether the first of these is filled in and any of them differs from what is stored."""
    return not is_blank(values.get(names[0])) and any(values.get(name) != base[name] for name in names)
