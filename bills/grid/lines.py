"""The form of a bill's lines: all three sections at once, of which only the touched lines travel.

A line that did not travel comes from the base. `expense_lines-0-amount` is the amount of the first expense; behind the
stored lines of a section stand the new ones. Made without Django's forms, since a bill may have a thousand lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.http import QueryDict

from books import registry
from books.providers.update_body import describe_emptied_list
from record_forms.form_data import ID, SPLIT, InputPlace, Inputs, PostedLines, arrange_lines, get_button
from record_forms.lists.parse import find_list
from records.content import Content
from records.fields import Field, Table
from tenants.models import Tenant

from .columns import find_inner_list, list_sections, list_typed_members, walk_lines
from .inputs import list_inputs
from .line_parser import LineParser, ParsedLine
from .split_amounts import InvalidSplit
from .split_line import split_line_inputs

NONE_LEFT = "A bill needs at least one line. Add one before you remove the last."


@dataclass(frozen=True, slots=True)
class LineSection:
    """One kind of line of the bill, with its lines as the form shows them."""

    field: Field
    base: tuple[Content, ...]
    lines: list[ParsedLine]

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def kept(self) -> list[ParsedLine]:
        """The lines that remain, in the order in which they are sent."""
        return [line for line in self.lines if not line.is_dropped]

    @property
    def edited(self) -> tuple[Content, ...]:
        return tuple(line.value for line in self.kept)

    @property
    def sum(self) -> Decimal:
        return sum((line.amount for line in self.kept), Decimal(0))

    @property
    def was(self) -> Decimal:
        return sum((get_line_amount(line) for line in self.base), Decimal(0))


class BillLines:
    """The lines of one bill: `base` as the person saw it, `edited` as they want it."""

    def __init__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> None:
        self.tenant, self.base = tenant, base
        self.fields = list_sections(table.shape)
        self.problems: dict[str, list[str]] = {}
        self.unsplit: dict[str, str] = {}
        posted = PostedLines(data, (f.name for f in self.fields))
        button, value = get_button(data)
        self.pressed = bool(button)
        if button and not self._is_full(posted, button):
            arrange_lines(posted, button, value, self._stored, self._typed, self._split)
        self.sections = [
            LineSection(f, base[f.name], build_lines(f, f.name, base[f.name], posted)) for f in self.fields
        ]
        if strange := posted.untaken():
            self._refuse("", f"This page has no line for {strange[0]}. Open the bill again.")
        self._read()

    def is_valid(self) -> bool:
        """Whether all that was typed can be saved; `errors` then says why not."""
        self._check()
        return not self.errors

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by input name, by line, by section, or under "" for the bill."""
        found = dict(self.problems)
        for line in self.every():
            found |= {f"{line.prefix}-{name}" if name else line.prefix: said for name, said in line.errors.items()}
        return found

    @property
    def edited(self) -> dict[str, tuple[Content, ...]]:
        """Each section whole: the stored lines that remain in their order, then the new ones."""
        return {section.name: section.edited for section in self.sections}

    @property
    def total(self) -> Decimal:
        return sum((section.sum for section in self.sections), Decimal(0))

    @property
    def total_was(self) -> Decimal:
        return sum((section.was for section in self.sections), Decimal(0))

    @property
    def changed_names(self) -> list[str]:
        return [s.field.label for s in self.sections if s.edited != s.base]

    def refuse(self, path: str, message: str) -> bool:
        """Put a message beside the input at `path`, whose positions count the lines that were sent. False: not ours."""
        name, *steps = path.split("-")
        section = next((s for s in self.sections if s.name == name), None)
        if section is None:
            return False
        found, kept = None, section.kept
        while steps and steps[0].isdigit() and int(steps[0]) < len(kept):
            found = kept[int(steps[0])]
            within = find_inner_list(found.shape)
            steps, kept = (steps[2:], found.kept) if within and steps[1:2] == [within.name] else (steps[1:], [])
        if found is None:
            self._refuse(name, message)
        else:
            found.refuse(_get_member(found, steps[0] if steps else ""), message)
        return True

    def warn(self, key: str, message: str, *, refuses: bool) -> None:
        """Put a message under the stored line with this id, where there is one."""
        for line in self.every():
            if line.base is not None and line.key == key:
                (line.errors.setdefault("", []) if refuses else line.asked).append(message)

    def every(self) -> Iterator[ParsedLine]:
        """Every line of the form, those inside groups behind their group."""
        for section in self.sections:
            for line in section.lines:
                yield line
                yield from line.inside

    def _read(self) -> None:
        """The values; a form that only arranges its lines says nothing of errors yet."""
        reader = LineParser(self.tenant)
        for section in self.sections:
            for line in section.lines:
                reader.read(line)
        if self.pressed:
            for line in self.every():
                line.errors.clear()
                if line.prefix in self.unsplit:
                    line.refuse(SPLIT, self.unsplit[line.prefix])

    def _check(self) -> None:
        count = sum(1 for section in self.sections for _ in walk_lines(section.edited))
        if count > settings.MAX_BILL_LINES:
            self._refuse("", describe_too_many(count, self._books))
        if count == 0 and any(section.base for section in self.sections):
            self._refuse("", NONE_LEFT)
        edited = self.edited
        changed = {section.name for section in self.sections if edited[section.name] != section.base}
        for section in self.sections:
            touched = {section.name, *section.field.sent_with} & changed
            if touched and section.base and (why := describe_emptied_list(section.field, edited, self._books)):
                self._refuse(section.name, why)

    @property
    def _books(self) -> str:
        return registry.get_description(self.tenant).name

    def _is_full(self, posted: PostedLines, button: str) -> bool:
        count = count_lines(self.base)
        count += sum(1 for lines in posted.sections.values() for inputs in lines.values() if inputs.get(ID) == "-1")
        full = button in ("add", "copy", "split") and count >= settings.MAX_BILL_LINES
        if full:
            self._refuse("", describe_too_many(count + 1, self._books))
        return full

    def _refuse(self, name: str, message: str) -> None:
        said = self.problems.setdefault(name, [])
        if message not in said:
            said.append(message)

    def _stored(self, section: str) -> int:
        return len(find_list(self.base, section)[1])

    def _split(self, place: InputPlace, typed: Inputs) -> list[Inputs]:
        """The parts of a line; none, and why, where it cannot be split so."""
        f, _ = find_list(self.base, place.section)
        try:
            return split_line_inputs(self.tenant, f.shape, typed, typed.get(SPLIT, "")) if f else []
        except InvalidSplit as error:
            self.unsplit[f"{place.section}-{place.index}"] = str(error)
            return []

    def _typed(self, place: InputPlace) -> tuple[str, Inputs] | None:
        _, lines = find_list(self.base, place.section)
        return (lines[place.index][ID], list_inputs(lines[place.index])) if place.index < len(lines) else None


def build_lines(
    f: Field, section: str, base: Sequence[Content], posted: PostedLines, outer: str = ""
) -> list[ParsedLine]:
    """The lines of one section: the stored ones in place, then the new ones. `outer` is the id of their group."""
    travelled = posted.take(section)
    lines = [
        ParsedLine(section, index, f.shape, line, travelled.pop(index, None), outer) for index, line in enumerate(base)
    ]
    lines += [ParsedLine(section, index, f.shape, None, travelled[index], outer) for index in sorted(travelled)]
    if within := find_inner_list(f.shape):
        for line in lines:
            stored = line.base[within.name] if line.base is not None else ()
            line.inside = build_lines(within, f"{line.prefix}-{within.name}", stored, posted, line.key)
    return lines


def get_line_amount(line: Content) -> Decimal:
    """What a stored line adds to its bill."""
    within = find_inner_list(line.shape)
    if within and line[within.name]:
        return sum((get_line_amount(one) for one in line[within.name]), Decimal(0))
    return line.get("amount") or line.get("total_amount") or Decimal(0)


def count_lines(bill: Content) -> int:
    """How many lines a bill has, those inside groups included."""
    return sum(1 for f in list_sections(bill.shape) for _ in walk_lines(bill[f.name]))


def describe_too_many(count: int, books: str) -> str:
    """Why a bill of so many lines is not edited here, and what to do; `books` is the accounting system's name."""
    most = settings.MAX_BILL_LINES
    return f"Bills over {most:,} lines can only be edited in {books}. This one has {count:,} lines."


def describe_refusal(tenant: Tenant, bill: Content) -> str:
    """Why the lines of this bill are not edited here, or "" where they are."""
    count = count_lines(bill)
    books = registry.get_description(tenant).name
    return describe_too_many(count, books) if count > settings.MAX_BILL_LINES else ""


def _get_member(line: ParsedLine, name: str) -> str:
    return name if name in {f.name for f in list_typed_members(line.shape)} else ""
