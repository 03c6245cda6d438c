"""What a bulk change can change of a kind of record, by its field table: the values of the record and of its lines.

Names no field: a new line of a field table is offered here without more code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from records.fields import Field, FieldKind, FieldSection, Shape, Table
from records.formatting import lower_first

LINE = "line"  # what an entry of a list of lines is called (`Field.one`)
EVERY_LINE = "Every line"
STRUCTURED = (FieldKind.GROUP, FieldKind.LIST)
# Amounts of lines are no values to set in many bills: each follows from its own quantity and cost.
NUMBERS = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkTarget:
    """A value that can be changed in many records: `fields` are its fields at these `paths`, more than one where lists
    have a member of the same name for people."""

    key: str
    label: str
    paths: tuple[Path, ...]
    fields: tuple[Field, ...]
    in_list: bool = False

    @property
    def field(self) -> Field:
        return self.fields[0]


@dataclass(frozen=True, slots=True)
class TargetSection:
    """The values under one heading of the form."""

    label: str
    targets: tuple[BulkTarget, ...]


def list_targets(table: Table) -> tuple[TargetSection, ...]:
    """Return what can be changed in records of this table, in the sections of its form."""
    shape = table.shape
    found = [one for section in table.sections for one in _read_section(shape, section)]
    lines = [target for one in found for target in one.targets if target.in_list and _is_of_lines(shape, target)]
    shared = tuple(_join_lines(lines))
    first = [TargetSection(EVERY_LINE, shared)] if shared else []
    own = [one for one in found if not one.targets[0].in_list]
    return (*own, *first, *(one for one in found if one.targets[0].in_list))


def find_target(table: Table, key: str) -> BulkTarget | None:
    """Return the value with this key."""
    return next((target for section in list_targets(table) for target in section.targets if target.key == key), None)


def _read_section(shape: Shape, section: FieldSection) -> Iterator[TargetSection]:
    """Yield the section with its own values, and each of its lists as a section of its own."""
    fields = [shape[name] for name in section.fields if name in shape and shape[name].writable]
    plain = [target for f in fields if f.kind is not FieldKind.LIST for target in _list_values(f)]
    if plain:
        yield TargetSection(section.label, tuple(plain))
    for f in fields:
        if f.kind is FieldKind.LIST:
            yield from _read_list(f, (f.name,), f.label)


def _list_values(f: Field) -> Iterator[BulkTarget]:
    if f.kind is not FieldKind.GROUP:
        yield BulkTarget(f.name, f.label, ((f.name,),), (f,))
        return
    for member in f.shape.typed:
        if member.kind not in STRUCTURED:
            path = (f.name, member.name)
            yield BulkTarget(".".join(path), f"{f.label}, {lower_first(member.label)}", (path,), (member,))


def _read_list(f: Field, path: Path, label: str) -> Iterator[TargetSection]:
    found = [_make_member(member, path, label) for member in f.shape.typed if _is_offered(f, member)]
    if found:
        yield TargetSection(label, tuple(found))
    for inner in f.shape.lists:
        yield from _read_list(inner, (*path, inner.name), f"{label}: {lower_first(inner.label)}")


def _make_member(member: Field, path: Path, label: str) -> BulkTarget:
    whole = (*path, member.name)
    return BulkTarget(".".join(whole), f"{label}, {lower_first(member.label)}", (whole,), (member,), in_list=True)


def _is_offered(holder: Field, member: Field) -> bool:
    """Whether a member of entries can be changed by itself: not what an entry is known by, nor what fills in others."""
    is_alone = member.entry is None and not member.only_one and not member.decided_with
    return member.name != holder.key and is_alone and member.kind not in (*STRUCTURED, *NUMBERS)


def _is_of_lines(shape: Shape, target: BulkTarget) -> bool:
    return shape[target.paths[0][0]].one == LINE


def _join_lines(lines: Sequence[BulkTarget]) -> Iterator[BulkTarget]:
    """Yield the members that several lists of lines have under the same label, as one value of every line."""
    for label in dict.fromkeys(target.field.label for target in lines):
        same = [target for target in lines if target.field.label == label]
        if len(same) > 1 and len({target.field.kind for target in same}) == 1:
            paths = tuple(path for target in same for path in target.paths)
            fields = tuple(target.field for target in same)
            key = f"lines:{same[0].field.name}"
            yield BulkTarget(key, f"Every line, {lower_first(label)}", paths, fields, in_list=True)
