"""From the inputs of one line to its content. Says what is wrong beside the input; knows nothing of the other lines."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError

from bills.amounts import Amounts, settle_amounts
from record_forms.form_data import ID, OWN, REMOVE, Inputs
from record_forms.typed.parse import format_typed, parse_value
from records.changes import NEW_LINE
from records.content import Content, Reference, Value, is_blank
from records.fields import WHOLE_DIGITS, Field, FieldKind, Shape
from tenants.models import Tenant

from .columns import find_inner_list, list_typed_members
from .item_defaults import ItemDefaults, find_item_defaults, list_units
from .item_groups import build_group_lines, find_group_member

DIGITS = WHOLE_DIGITS[FieldKind.MONEY]
MOVED = "This line has moved since the page was opened. Open the bill again; you can copy what you typed from here."


@dataclass(slots=True, eq=False)
class ParsedLine:
    """One line of the form: where it stands, what is stored (`base`), what was typed, and what both come to.

    `errors` say what is wrong, `asked` what a person has to agree to before it is saved. `foreseen` is what a group
    comes to of which QuickBooks makes the lines anew, unless only QuickBooks knows that.
    """

    section: str
    index: int
    shape: Shape
    base: Content | None
    typed: Inputs | None = None
    outer_key: str = ""
    inside: "list[ParsedLine]" = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    foreseen: Decimal | None = None
    is_unknown: bool = False
    value: Content = field(init=False)

    def __post_init__(self) -> None:
        self.value = self.base if self.base is not None else Content(self.shape, {ID: NEW_LINE})

    @property
    def prefix(self) -> str:
        return f"{self.section}-{self.index}"

    @property
    def key(self) -> str:
        """The id under which the line travels."""
        return str(self.base[ID]) if self.base is not None else NEW_LINE

    @property
    def is_inside(self) -> bool:
        """Whether the line stands inside a group, which `outer_key` then names."""
        return bool(self.outer_key)

    @property
    def is_gone(self) -> bool:
        return self.typed is not None and REMOVE in self.typed

    @property
    def is_open(self) -> bool:
        """Whether the line stands as inputs."""
        return self.typed is not None and not self.is_gone and (self.base is None or not self.typed.keys() <= OWN)

    @property
    def is_dropped(self) -> bool:
        """Whether it counts for nothing: struck out, or new and left blank."""
        if self.base is not None or self.typed is None:
            return self.is_gone
        blank = all(not text.strip() for name, text in self.typed.items() if name not in OWN)
        return self.is_gone or (blank and not self.inside)

    @property
    def kept(self) -> "list[ParsedLine]":
        """The lines inside this one that remain."""
        return [line for line in self.inside if not line.is_dropped]

    @property
    def amount(self) -> Decimal:
        """What the line adds to the bill as far as that is known; a group's is the sum of its lines."""
        if self.is_unknown or self.foreseen is not None:
            return self.foreseen or Decimal(0)
        if self.inside:
            return sum((line.amount for line in self.kept), Decimal(0))
        return self.value.get("amount") or self.value.get("total_amount") or Decimal(0)

    def refuse(self, member: str, message: str) -> None:
        self.errors.setdefault(member, []).append(message)


class LineParser:
    """Reads the lines of one company's bill. A name that stands in many lines is looked up once."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.found: dict[tuple[str, str], Reference | ValidationError] = {}
        self.brought: dict[tuple[str, str], ItemDefaults] = {}

    def read(self, line: ParsedLine) -> None:
        """Set the line's value, and its errors by member."""
        for within in line.inside:
            self.read(within)
        line.errors.clear()
        line.value = base = line.base if line.base is not None else Content(line.shape, {ID: NEW_LINE})
        if line.typed is not None and not line.is_dropped and self._is_ours(line):
            line.value = self._typed(line, base)
        if any(within.typed is not None for within in line.inside):
            self._inside(line)
        if line.typed is not None and not line.is_dropped and find_group_member(line.shape):
            self._foresee(line)

    def _foresee(self, line: ParsedLine) -> None:
        """What QuickBooks will make of a group, once all of it can be read."""
        within = find_inner_list(line.shape)
        line.foreseen, line.is_unknown = None, False
        if within is None or line.errors or any(one.errors for one in line.inside):
            return
        lines = build_group_lines(self.tenant, line.value, line.base)
        line.is_unknown = lines is None
        if lines is not None and lines is not line.value[within.name]:
            line.foreseen = sum((one["amount"] or Decimal(0) for one in lines), Decimal(0))

    def _is_ours(self, line: ParsedLine) -> bool:
        """Whether the inputs belong to the line that is stored here, and are inputs of such a line."""
        assert line.typed is not None, "only a line that travelled is asked"
        if line.typed.get(ID) != line.key:
            line.refuse("", MOVED)
        elif strange := line.typed.keys() - OWN - {f.name for f in list_typed_members(line.shape)}:
            line.refuse("", f"A line has no {', '.join(sorted(strange))} to fill in. Open the bill again.")
        return not line.errors

    def _inside(self, line: ParsedLine) -> None:
        within = find_inner_list(line.shape)
        if within is None:
            return
        if line.typed is None:
            line.refuse("", MOVED)
        elif line.base is not None and line.base[within.name] and not line.kept:
            line.refuse("", "A group needs at least one line. Remove the whole group instead.")
        line.value = line.value.replace(**{within.name: tuple(one.value for one in line.kept)})

    def _typed(self, line: ParsedLine, base: Content) -> Content:
        values: dict[str, Value] = {}
        for f in list_typed_members(line.shape):
            try:
                values[f.name] = self._value(f, (line.typed or {}).get(f.name), base[f.name])
            except ValidationError as error:
                line.refuse(f.name, " ".join(error.messages))
                continue
            if f.kind is FieldKind.DATE and line.typed and f.name in line.typed:
                line.typed[f.name] = format_typed(f, values[f.name])
            if f.required and line.base is None and is_blank(values[f.name]):
                line.refuse(f.name, f"{f.label} is required.")
        self._fit(line, base, values)
        if not line.errors:
            values |= self._amounts(line, base, values)
        return base.replace(**values)

    def _fit(self, line: ParsedLine, base: Content, values: dict[str, Value]) -> None:
        """Refuse what the entry picked for the line does not go with; what is stored already stands."""
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
        """Give a new line without cost and amount the entry's cost, as QuickBooks would: our total then counts it."""
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

    def _value(self, f: Field, text: str | None, was: Value) -> Value:
        if text is None:
            return was
        if (
            f.kind is not FieldKind.REFERENCE
            or not text.strip()
            or text == format_typed(f, was)
            or (was and text == was.id)
        ):
            return parse_value(f, text, was, self.tenant)
        if (f.options, text) not in self.found:
            try:
                self.found[f.options, text] = parse_value(f, text, None, self.tenant)
            except ValidationError as error:
                self.found[f.options, text] = error
        known = self.found[f.options, text]
        if isinstance(known, ValidationError):
            raise known
        return known

    def _amounts(self, line: ParsedLine, base: Content, values: dict[str, Value]) -> dict[str, Value]:
        """Quantity, cost and amount as they follow from each other, where the line has the three."""
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
    """Whether the first of these holds something and any of them is not as stored."""
    return not is_blank(values.get(names[0])) and any(values.get(name) != base[name] for name in names)
