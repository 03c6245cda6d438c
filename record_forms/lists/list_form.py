"""The form of all lists inside a record, however they are drawn: it turns inputs into content and collects errors.

`expense_lines-0-amount` is a member of the first stored entry of a list; new entries follow the stored ones, in the
order in which they are posted.
Knows the field table and no field. A kind of record whose entries depend on each other adds its own rules.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Generic

from django.core.exceptions import ValidationError
from django.http import QueryDict

from books import registry
from books.mirror import pickers
from books.mirror.currencies import find_record_currency
from record_forms.form_data import ID, OWN, REMOVE, InputPlace, Inputs, PostedLines, arrange_lines, get_button
from record_forms.typed.list_limits import describe_most
from record_forms.typed.parse import format_typed, parse_value
from records.changes import NEW_LINE
from records.content import Content, Reference, Value, is_blank
from records.fields import Field, FieldKind, Table
from tenants.models import Tenant

from .entry import E, EntryList, walk_entries
from .limits import check_limits
from .members import find_list, list_inputs


class ListForm(Generic[E]):
    """The lists of one record: `base` as the person saw it, `edited` as they want it.

    `problems` are those of the record as a whole. The constructor reads no values; `read` does.
    """

    entry: type[E]
    travels_along: ClassVar = OWN
    moved = (
        "An entry has moved since the page was opened. Open the record again; you can copy what you typed from here."
    )
    no_member = moved
    no_place = "This page has no place for {}. Open the record again."

    def __init__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> None:
        self.tenant, self.table, self.base = tenant, table, base
        self.problems: list[str] = []
        self.found: dict[tuple[str, str], Reference | ValidationError] = {}
        fields = table.shape.lists
        posted = PostedLines(data, (f.name for f in fields))
        self.pressed = button, value = get_button(data)
        full = self.describe_full(posted, button, value) if button else ""
        if button and not full:
            arrange_lines(posted, button, value, self._count_stored, self._list_stored, self.split)
        self.lists = [self._build(f, f.name, base[f.name], posted) for f in fields]
        if full and (one := self.find(value)) and one.is_full:
            one.refuse(full)
        elif full:
            self.problems.append(full)
        self.at_end = posted.at_end
        self.problems += [self.no_place.format(strange) for strange in posted.untaken()[:1]]

    # Methods that a kind of record may override.

    def describe_full(self, posted: PostedLines, button: str, value: str) -> str:
        """Return why there is no room for what a button would add, or "" if there is room."""
        f, stored = find_list(self.base, value)
        if button != "add" or f is None or f.most is None:
            return ""
        typed = posted.sections.get(value, {}).values()
        count = len(stored) + sum((one.get(ID) == NEW_LINE) - (REMOVE in one) for one in typed)
        return describe_most(f) if count >= f.most else ""

    def split(self, place: InputPlace, typed: Inputs) -> list[Inputs]:
        """Return the parts of an entry to split; an empty list leaves it unchanged."""
        return []

    def settle(self, entry: E, values: dict[str, Value]) -> None:
        """Fill in the values of one entry that depend on its typed values, and refuse values that conflict."""

    def finish(self, entry: E) -> None:
        """Process an entry whose value, including the entries inside it, is known."""

    def check(self) -> None:
        """Check the limits of the lists that have changed, and of their entries."""
        for one in self.every():
            check_limits(one, registry.get_description(self.tenant).name)

    # Methods common to all kinds of record.

    @property
    def edited(self) -> dict[str, tuple[Content, ...]]:
        """Each complete list: the remaining stored entries in their order, then the new ones."""
        return {one.section: one.edited for one in self.lists}

    @property
    def errors(self) -> dict[str, list[str]]:
        """The errors by input name, by entry, by list, or under "" for the record."""
        found = {"": self.problems} if self.problems else {}
        found |= {one.section: one.problems for one in self.every() if one.problems}
        for entry in self.entries():
            found |= {f"{entry.prefix}-{name}" if name else entry.prefix: said for name, said in entry.errors.items()}
        return found

    def is_valid(self) -> bool:
        """Return whether everything typed can be saved; if not, `errors` says why."""
        self.check()
        return not self.errors

    def every(self) -> Iterator[EntryList[E]]:
        """Yield the lists of the record, and those inside their entries."""
        for one in self.lists:
            yield from one.every()

    def entries(self) -> Iterator[E]:
        """Yield every entry, each followed by those inside it."""
        for one in self.lists:
            yield from walk_entries(one.entries)

    def find_code(self) -> str:
        """Return the code of the currency of the record's amounts; "" if it is not known."""
        return find_record_currency(self.tenant, self.table, self.base).code

    def find(self, section: str) -> EntryList[E] | None:
        return next((one for one in self.every() if one.section == section), None)

    def place(self, path: str) -> tuple[EntryList[E], E | None, str] | None:
        """Return the innermost list, entry and typed member that a vendor's path names; None if it names no list.

        Its positions count the entries that were sent.
        """
        name, *steps = path.split("-")
        found, entry = next((one for one in self.lists if one.section == name), None), None
        while found and steps and steps[0].isdigit() and int(steps[0]) < len(found.kept):
            entry, steps = found.kept[int(steps[0])], steps[1:]
            inside = next((one for one in entry.lists if [one.field.name] == steps[:1]), None)
            if inside is None:
                break
            found, steps = inside, steps[1:]
        if found is None:
            return None
        is_own = entry in found.entries and steps and steps[0] in {f.name for f in found.field.shape.typed}
        return found, entry, steps[0] if is_own else ""

    def read(self) -> None:
        """Set the value and the errors of each entry."""
        for one in self.lists:
            for entry in one.entries:
                self._read_entry(entry)

    def _read_entry(self, entry: E) -> None:
        for inside in entry.inside if entry.lists else ():
            self._read_entry(inside)
        if entry.is_untouched:
            return
        entry.errors.clear()
        entry.value = entry.start
        if self._is_ours(entry) and not entry.is_dropped:
            values = self._parse(entry)
            self.settle(entry, values)
            entry.value = entry.value.replace(**values)
        if entry.lists:
            entry.value = entry.value.replace(**{one.field.name: one.edited for one in entry.lists})
        self.finish(entry)

    def _is_ours(self, entry: E) -> bool:
        """Return whether the form's inputs are for the entry stored here, and for members that it has."""
        known = {f.name for f in entry.shape.typed}
        if entry.typed is None or entry.typed.get(ID) != entry.key:
            entry.refuse("", self.moved)
        elif strange := entry.typed.keys() - self.travels_along - known:
            entry.refuse("", self.no_member.format(", ".join(sorted(strange))))
        elif entry.field.why_closed and (entry.base is None or entry.is_gone):
            entry.refuse("", entry.field.why_closed)
        return not entry.errors

    def _parse(self, entry: E) -> dict[str, Value]:
        values: dict[str, Value] = {}
        typed = entry.typed if entry.typed is not None else {}
        for f in entry.shape.typed:
            try:
                values[f.name] = self._find_below(f, entry, values) or self._parse_value(
                    f, typed.get(f.name), entry.value[f.name]
                )
            except ValidationError as error:
                entry.refuse(f.name, " ".join(error.messages))
                continue
            if f.kind is FieldKind.DATE and f.name in typed:
                typed[f.name] = format_typed(f, values[f.name])
            if f.required and entry.base is None and is_blank(values[f.name]):
                entry.refuse(f.name, f"{f.label} is required.")
        return values

    def _find_below(self, f: Field, entry: E, values: dict[str, Value]) -> Reference | None:
        """Return the entry of the typed name that is below the one picked for `f.under`, as names need not be unique.

        None for a field without such a member, and where neither of the two was typed over.
        """
        text, above = (entry.typed or {}).get(f.name, ""), values.get(f.under) if f.under else None
        if above is None or not text.strip():
            return None
        is_stored = above == entry.value[f.under] and text == format_typed(f, entry.value[f.name])
        return None if is_stored else pickers.find_below(self.tenant, f.options, text, above.id)

    def _parse_value(self, f: Field, text: str | None, was: Value) -> Value:
        """Return the value that was typed. A name that occurs in many entries is looked up once."""
        if text is None:
            return was
        if (
            f.kind is not FieldKind.REFERENCE
            or not text.strip()
            or text == format_typed(f, was)
            or (isinstance(was, Reference) and text == was.id)
        ):
            return parse_value(f, text, was, self.tenant, self.find_code)
        if (f.options, text) not in self.found:
            try:
                self.found[f.options, text] = parse_value(f, text, None, self.tenant)
            except ValidationError as error:
                self.found[f.options, text] = error
        known = self.found[f.options, text]
        if isinstance(known, ValidationError):
            raise known
        return known

    def _build(
        self, f: Field, section: str, base: Sequence[Content], posted: PostedLines, outer_key: str = ""
    ) -> EntryList[E]:
        """Return one list: the stored entries in their positions, then the new ones."""
        travelled, inside = posted.take(section), f.shape.lists
        entries = [self.entry(f, section, n, one, travelled.pop(n, None), outer_key) for n, one in enumerate(base)]
        entries += [self.entry(f, section, n, None, typed, outer_key) for n, typed in travelled.items()]
        for number, entry in enumerate(entries, 1):
            entry.number = number
        if inside:
            for entry in entries:
                entry.lists = [
                    self._build(m, f"{entry.prefix}-{m.name}", entry.value[m.name], posted, entry.key) for m in inside
                ]
        return EntryList(f, section, tuple(base), entries)

    def _count_stored(self, section: str) -> int:
        return len(find_list(self.base, section)[1])

    def _list_stored(self, place: InputPlace) -> tuple[str, Inputs] | None:
        f, stored = find_list(self.base, place.section)
        if f is None or place.index >= len(stored):
            return None
        return str(stored[place.index][f.key]), list_inputs(stored[place.index])
