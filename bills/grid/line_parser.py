"""One line of a bill: its amount, and which of its values depend on others. Knows nothing of other lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bills.amounts import Amounts, settle_amounts
from record_forms.form_data import OWN
from record_forms.lists.entry import Entry
from record_forms.typed.parse import format_typed, parse_value
from records.content import Content, Reference, Value, is_blank
from records.fields import WHOLE_DIGITS, Field, FieldKind, Shape
from tenants.models import Tenant

from .item_defaults import ItemDefaults, find_item_defaults, list_units
from .item_groups import build_group_lines, find_group_member

DIGITS = WHOLE_DIGITS[FieldKind.MONEY]


@dataclass(slots=True, eq=False)
class ParsedLine(Entry):
    """One line of the form.

    `asked` is what a person has to confirm before it is saved. `foreseen` is the total of a group whose lines
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
    """The rules for dependent values in the lines of a bill. An entry picked in many lines is looked up once."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.brought: dict[tuple[str, str], ItemDefaults] = {}

    def settle(self, line: ParsedLine, values: dict[str, Value]) -> None:
        """Fill in the values of a line that depend on its typed values, and refuse values that conflict."""
        base = line.start
        self._fit(line, base, values)
        if not line.errors:
            values |= self._amounts(line, base, values)

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

    def _fit(self, line: ParsedLine, base: Content, values: dict[str, Value]) -> None:
        """Refuse values that the entry picked for the line does not allow; stored values are accepted."""
        for f in line.shape.fields:
            if f.entry is None or not (entry := values.get(f.name)):
                continue
            brought = self._picked(line.shape, f, entry)
            unit, own = f.entry.unit, f.entry.own_units
            units = list_units(self.tenant, values.get(own)) or brought.units
            known = {name.casefold() for name in units}
            if known and _is_retyped(values, base, unit, own, f.name) and values[unit].casefold() not in known:
                line.refuse(unit, f"{brought.name} has no unit “{values[unit]}”. Use {', '.join(units)}.")
            for name in brought.without:
                if _is_retyped(values, base, name, f.name):
                    label = line.shape[name].label.lower()
                    line.refuse(name, f"{brought.name} has no {label}. Leave it blank.")
            if line.base is None:
                self._priced(line.shape, values, brought)

    def _priced(self, shape: Shape, values: dict[str, Value], brought: ItemDefaults) -> None:
        """Give a new line without cost and amount the entry's cost, as QuickBooks would, so that the total has it."""
        parts = [f for f in shape.writable if f.decided_with == "amount" and (f.follows or f.name in brought.values)]
        if all(f.name in values and values[f.name] is None for f in parts):
            values |= {
                f.name: parse_value(f, brought.values[f.name], None, self.tenant) for f in parts if not f.follows
            }

    def _picked(self, shape: Shape, f: Field, entry: Reference) -> ItemDefaults:
        key = (f.options, str(entry))
        if key not in self.brought:
            self.brought[key] = find_item_defaults(self.tenant, shape, f, str(entry))
        return self.brought[key]

    def _amounts(self, line: ParsedLine, base: Content, values: dict[str, Value]) -> dict[str, Value]:
        """Return quantity, cost and amount, each calculated from the others; nothing if the line lacks one."""
        names = [f.name for f in line.shape.writable if f.decided_with == "amount"]
        if len(names) != 3:
            return {}
        now = settle_amounts(Amounts(*(base[name] for name in names)), Amounts(*(values[name] for name in names)))
        for name, value in zip(names, now, strict=True):
            if value is not None and value != base[name] and abs(value) >= 10**DIGITS:
                line.refuse(name, f"{line.shape[name].label}: at most {DIGITS} digits before the decimal point.")
        settled_now = dict(zip(names, now, strict=True))
        if line.base is None and line.typed is not None:
            known = {
                name: format_typed(line.shape[name], value) for name, value in settled_now.items() if value is not None
            }
            line.typed |= {name: text for name, text in known.items() if not line.typed.get(name, "").strip()}
        return settled_now


def _is_retyped(values: dict[str, Value], base: Content, *names: str) -> bool:
    """Return whether the first of these is filled in and any of them differs from what is stored."""
    return not is_blank(values.get(names[0])) and any(values.get(name) != base[name] for name in names)
