"""The form of a bill's lines: all three sections at once, of which only the touched lines travel.

A line that did not travel comes from the base. `expense_lines-0-amount` is the amount of the first expense; behind the
stored lines of a section stand the new ones. Made without Django's forms, since a bill may have a thousand lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.http import QueryDict

from books.providers.update_body import not_emptied
from record_forms.form_data import ID, SPLIT, Inputs, Place, Posted, arrange, pressed
from record_forms.lists.parse import list_at
from records.content import Content
from records.fields import Field, Table
from tenants.models import Tenant

from .columns import every_line, inner, sections_of, typeable
from .inputs import inputs_of
from .line_parser import Line, Reader
from .split_amounts import NoSplit
from .split_line import split_line

NONE_LEFT = "A bill keeps at least one line. Add one before you remove the last."


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of line of the bill, with its lines as the form shows them."""

    field: Field
    base: tuple[Content, ...]
    lines: list[Line]

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def kept(self) -> list[Line]:
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
        return sum((amount_of(line) for line in self.base), Decimal(0))


class Lines:
    """The lines of one bill: `base` as the person saw it, `edited` as they want it."""

    def __init__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> None:
        self.tenant, self.base = tenant, base
        self.fields = sections_of(table.shape)
        self.problems: dict[str, list[str]] = {}
        self.unsplit: dict[str, str] = {}
        posted = Posted(data, (f.name for f in self.fields))
        button, value = pressed(data)
        self.pressed = bool(button)
        if button and not self._is_full(posted, button):
            arrange(posted, button, value, self._stored, self._typed, self._split)
        self.sections = [Section(f, base[f.name], build(f, f.name, base[f.name], posted)) for f in self.fields]
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
            within = inner(found.shape)
            steps, kept = (steps[2:], found.kept) if within and steps[1:2] == [within.name] else (steps[1:], [])
        if found is None:
            self._refuse(name, message)
        else:
            found.refuse(_member(found, steps[0] if steps else ""), message)
        return True

    def warn(self, key: str, message: str, *, refuses: bool) -> None:
        """Put a message under the stored line with this id, where there is one."""
        for line in self.every():
            if line.base is not None and line.key == key:
                (line.errors.setdefault("", []) if refuses else line.asked).append(message)

    def every(self) -> Iterator[Line]:
        """Every line of the form, those inside groups behind their group."""
        for section in self.sections:
            for line in section.lines:
                yield line
                yield from line.inside

    def _read(self) -> None:
        """The values; a form that only arranges its lines says nothing of errors yet."""
        reader = Reader(self.tenant)
        for section in self.sections:
            for line in section.lines:
                reader.read(line)
        if self.pressed:
            for line in self.every():
                line.errors.clear()
                if line.prefix in self.unsplit:
                    line.refuse(SPLIT, self.unsplit[line.prefix])

    def _check(self) -> None:
        count = sum(1 for section in self.sections for _ in every_line(section.edited))
        if count > settings.MAX_BILL_LINES:
            self._refuse("", too_many(count))
        if count == 0 and any(section.base for section in self.sections):
            self._refuse("", NONE_LEFT)
        edited = self.edited
        changed = {section.name for section in self.sections if edited[section.name] != section.base}
        for section in self.sections:
            touched = {section.name, *section.field.sent_with} & changed
            if touched and section.base and (why := not_emptied(section.field, edited)):
                self._refuse(section.name, why)

    def _is_full(self, posted: Posted, button: str) -> bool:
        count = count_lines(self.base)
        count += sum(1 for lines in posted.sections.values() for inputs in lines.values() if inputs.get(ID) == "-1")
        full = button in ("add", "copy", "split") and count >= settings.MAX_BILL_LINES
        if full:
            self._refuse("", too_many(count + 1))
        return full

    def _refuse(self, name: str, message: str) -> None:
        said = self.problems.setdefault(name, [])
        if message not in said:
            said.append(message)

    def _stored(self, section: str) -> int:
        return len(list_at(self.base, section)[1])

    def _split(self, place: Place, typed: Inputs) -> list[Inputs]:
        """The parts of a line; none, and why, where it cannot be split so."""
        f, _ = list_at(self.base, place.section)
        try:
            return split_line(self.tenant, f.shape, typed, typed.get(SPLIT, "")) if f else []
        except NoSplit as error:
            self.unsplit[f"{place.section}-{place.index}"] = str(error)
            return []

    def _typed(self, place: Place) -> tuple[str, Inputs] | None:
        _, lines = list_at(self.base, place.section)
        return (lines[place.index][ID], inputs_of(lines[place.index])) if place.index < len(lines) else None


def build(f: Field, section: str, base: Sequence[Content], posted: Posted, outer: str = "") -> list[Line]:
    """The lines of one section: the stored ones in place, then the new ones. `outer` is the id of their group."""
    travelled = posted.take(section)
    lines = [Line(section, index, f.shape, line, travelled.pop(index, None), outer) for index, line in enumerate(base)]
    lines += [Line(section, index, f.shape, None, travelled[index], outer) for index in sorted(travelled)]
    if within := inner(f.shape):
        for line in lines:
            stored = line.base[within.name] if line.base is not None else ()
            line.inside = build(within, f"{line.prefix}-{within.name}", stored, posted, line.key)
    return lines


def amount_of(line: Content) -> Decimal:
    """What a stored line adds to its bill."""
    within = inner(line.shape)
    if within and line[within.name]:
        return sum((amount_of(one) for one in line[within.name]), Decimal(0))
    return line.get("amount") or line.get("total_amount") or Decimal(0)


def count_lines(bill: Content) -> int:
    """How many lines a bill has, those inside groups included."""
    return sum(1 for f in sections_of(bill.shape) for _ in every_line(bill[f.name]))


def too_many(count: int) -> str:
    """Why a bill of so many lines is not edited here, and what to do."""
    return (
        f"A bill of {count:,} lines is too long to be edited here: at most {settings.MAX_BILL_LINES:,} lines travel "
        "safely in one save. Nothing was changed. Edit it in QuickBooks, or split it into several bills there."
    )


def refusal(bill: Content) -> str:
    """Why the lines of this bill are not edited here, or "" where they are."""
    count = count_lines(bill)
    return too_many(count) if count > settings.MAX_BILL_LINES else ""


def _member(line: Line, name: str) -> str:
    return name if name in {f.name for f in typeable(line.shape)} else ""
