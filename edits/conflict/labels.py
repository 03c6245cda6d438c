"""The parts of a merge in words: which values differ, the result of a choice, what was combined.

Reads the field table and names no field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP

from records.changes import NEW_LINE
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind
from records.formatting import NONE, format_value
from records.merge.parts import MergePart, is_same
from records.numbers import CENT

from .wording import ConflictWording

FIGURES = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)
LONGEST = 60  # letters of a value repeated in a sentence; the cell above it shows the whole


@dataclass(frozen=True, slots=True)
class ValueLabel:
    """A single value of a part: a field, or a member of a group that is decided as one."""

    field: Field
    group: str = ""

    def of(self, holder: Content) -> Value:
        return (holder[self.group] if self.group else holder)[self.field.name]

    def shown(self, holder: Content) -> str:
        return format_value(self.field, self.of(holder))

    def differs(self, one: Content, other: Content) -> bool:
        return not is_same(self.field, self.of(one), self.of(other))


def list_values(part: MergePart) -> list[ValueLabel]:
    """Return the values to compare in a part: those that differ and their factors, or all values of a line."""
    holders = [h for h in (part.was, part.mine, part.theirs) if h is not None]
    if not part.fields:
        fields = [ValueLabel(f) for f in holders[0].shape.writable]
    elif list_derived(part):
        fields = [ValueLabel(f) for f in part.fields]
    else:
        fields = [leaf for f in part.differing for leaf in _list_members(f)]
    return [leaf for leaf in fields if any(not is_blank(leaf.of(h)) for h in holders)]


def _list_members(f: Field) -> Iterator[ValueLabel]:
    if f.kind is FieldKind.GROUP:
        yield from (ValueLabel(m, f.name) for m in f.shape.writable)
    else:
        yield ValueLabel(f)


def list_derived(part: MergePart) -> Field | None:
    """Return the field of the part that is calculated from the others, such as an amount."""
    return next((f for f in part.fields if f.follows), None) if len(part.fields) > 1 else None


def describe_clash(part: MergePart, words: ConflictWording) -> str:
    """Return why the part is one choice, shown small beside its name; "" for a single field."""
    if not part.fields:
        return _describe_presence(part, words)
    if (whole := list_derived(part)) and len(list_values(part)) > 1:
        factors = [f.label.lower() for f in part.fields if f is not whole]
        return f"one choice, {whole.label.lower()} is {' × '.join(factors)}"
    if part.fields[0].kind is FieldKind.GROUP:
        return "one choice for all of it"
    return "one choice, they belong together" if len(part.differing) > 1 else ""


def _describe_presence(part: MergePart, words: ConflictWording) -> str:
    if part.was is None:
        if part.mine is None:
            return f"only {words.theirs} has it"
        # A clash only if an earlier save may have added it: see `edits.lifecycle.rebase`.
        return words.maybe_there if part.places[-1].key.startswith(NEW_LINE) else "only yours has it"
    if part.mine is not None and part.theirs is not None:
        return words.both_renamed
    return words.i_removed if part.mine is None else words.they_removed


def describe_result(part: MergePart, holder: Content | None) -> str:
    """Return the result of a choice: `Net 30, due date 27 Nov 2026`, `50 × 7.55 = 377.50`, `no such line`."""
    if holder is None:
        return "no such line"
    if not part.fields:
        return _describe_line(holder)
    if product := _multiply_values(part.fields, holder):
        return product
    found = [leaf for leaf in list_values(part) if not leaf.group or not is_blank(leaf.of(holder))]
    return ", ".join(_format_value(leaf, holder, alone=len(found) == 1) for leaf in found) or NONE


def _describe_line(line: Content) -> str:
    """Return a line in short: what it is for and its amount."""
    first = next((f for f in line.shape.writable if not is_blank(line[f.name])), None)
    amount = find_amount_field(line)
    fields = [f for f in (first, amount if amount is not first else None) if f and not is_blank(line[f.name])]
    return ", ".join(_shorten_text(format_value(f, line[f.name])) for f in fields)


def find_amount_field(line: Content) -> Field | None:
    """Return the field of a line's amount that its record's total adds up: the calculated one if there is one."""
    money = [f for f in line.shape.fields if f.kind is FieldKind.MONEY]
    return next((f for f in money if f.follows), money[-1] if money else None)


def _multiply_values(fields: tuple[Field, ...], holder: Content) -> str:
    """Return `50 × 7.55 = 377.50` if two factors make the calculated amount; "" if they do not."""
    factors = [f for f in fields if not f.follows]
    rest = [f for f in fields if f.follows]
    if len(factors) != 2 or len(rest) != 1 or any(is_blank(holder[f.name]) for f in fields):
        return ""
    one, other = (holder[f.name] for f in factors)
    if (one * other).quantize(CENT, ROUND_HALF_UP) != holder[rest[0].name]:
        return ""
    came_to = format_value(rest[0], holder[rest[0].name])
    return f"{format_value(factors[0], one)} × {format_value(factors[1], other)} = {came_to}"


def _format_value(leaf: ValueLabel, holder: Content, *, alone: bool) -> str:
    """Return a value for a sentence, with its label if it is not clear by itself."""
    text = " ".join(_shorten_text(leaf.shown(holder)).split("\n"))
    if alone or leaf.group:
        return text
    name = leaf.field.label.lower()
    if is_blank(leaf.of(holder)):
        return f"no {name}"
    return text if leaf.field.kind is FieldKind.REFERENCE else f"{name} {text}"


def _shorten_text(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def list_moves(part: MergePart) -> list[tuple[str, str, str]]:
    """Return what was combined, value by value: label, from, to. The label is "" if the part's own is enough."""
    to = part.mine if part.side == "mine" else part.theirs
    if to is None or part.was is None:
        return [_describe_lines(part.was, to)]
    changed = [leaf for leaf in list_values(part) if leaf.differs(part.was, to)]
    alone = len(part.differing) == 1 and not any(leaf.group for leaf in changed)
    return [
        ("" if alone else leaf.field.label, _shorten_text(leaf.shown(part.was)), _shorten_text(leaf.shown(to)))
        for leaf in changed
    ]


def _describe_lines(was: Content | None, to: Content | None) -> tuple[str, str, str]:
    line = was if to is None else to
    assert line is not None, "a line that nobody has is no part"
    field = find_amount_field(line)
    amount = format_value(field, line[field.name]) if field and not is_blank(line[field.name]) else ""
    return ("", amount, "removed") if to is None else ("", "", f"{amount} added".strip())
