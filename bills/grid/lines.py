"""The form of a bill's lines: all three sections at once. Only the touched lines are sent.

Made without Django's forms, since a bill may have a thousand lines.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.http import QueryDict

from books import registry
from books.mirror.currencies import find_record_currency
from books.providers.update_body import describe_closed_list
from record_forms.form_data import ID, SPLIT, InputPlace, Inputs, PostedLines
from record_forms.lists.list_form import ListForm
from record_forms.lists.members import find_list
from record_forms.registry import ErrorLink
from records.amounts import PLACES
from records.changes import NEW_LINE
from records.content import Content, Value
from records.fields import Table
from records.formatting import lower_first
from tenants.models import Tenant

from .columns import find_inner_list, has_amounts, walk_lines
from .items.discounts import find_discounted
from .line_parser import LineRules, ParsedLine, sum_lines
from .split_amounts import InvalidSplit
from .split_line import split_line_inputs

NONE_LEFT = "A bill needs at least one line. Add one before you remove the last."

# As in static/js/lines.js.
AT_END = "A line cannot be added between saved lines. This one is below them."


class BillLines(ListForm[ParsedLine]):
    """The lines of one bill: `base` as the person saw it, `edited` as they want it."""

    entry = ParsedLine
    moved = "This line has moved since the page was opened. Open the bill again; you can copy what you typed from here."
    no_member = "A line has no {} to fill in. Open the bill again."
    no_place = "This page has no line for {}. Open the bill again."

    def __init__(self, tenant: Tenant, table: Table, base: Content, data: QueryDict | None = None) -> None:
        self.rules = LineRules(tenant, min(PLACES, find_record_currency(tenant, table, base).places))
        self.unsplit: dict[str, str] = {}
        super().__init__(tenant, table, base, data)
        self.read()
        if any(self.pressed):
            self._clear_errors()
        for line in self.entries() if self.at_end else ():
            if line.prefix in self.at_end:
                line.asked.append(AT_END)

    def _clear_errors(self) -> None:
        """Remove all errors after a button that only arranges lines, except for a line that cannot be split."""
        for line in self.entries():
            line.errors.clear()
            if line.prefix in self.unsplit:
                line.refuse(SPLIT, self.unsplit[line.prefix])

    def describe_full(self, posted: PostedLines, button: str, value: str) -> str:
        count = count_lines(self.base)
        count += sum(1 for lines in posted.sections.values() for typed in lines.values() if typed.get(ID) == NEW_LINE)
        is_full = button in ("add", "below", "copy", "split") and count >= settings.MAX_BILL_LINES
        return describe_too_many_new(count + 1, self._books) if is_full else ""

    def split(self, place: InputPlace, typed: Inputs) -> list[Inputs]:
        """Return the parts of a line. If it cannot be split so, return none and record why."""
        f, _ = find_list(self.base, place.section)
        by, places = typed.get(SPLIT, ""), self.rules.places
        try:
            return split_line_inputs(self.tenant, f.shape, typed, by, self.find_code, places) if f else []
        except InvalidSplit as error:
            self.unsplit[f"{place.section}-{place.index}"] = str(error)
            return []

    def settle(self, entry: ParsedLine, values: dict[str, Value]) -> None:
        self.rules.settle(entry, values, lambda: self._find_discounted(entry))

    def _find_discounted(self, entry: ParsedLine) -> Decimal | None:
        """Return the amount of which a discount on this line takes its part; those above it are read already."""
        found = self.find(entry.section)
        above = [] if found is None else found.entries[: found.entries.index(entry)]
        return find_discounted(
            [(self.rules.find_kind(one), one.value["amount"]) for one in above if not one.is_dropped]
        )

    def finish(self, entry: ParsedLine) -> None:
        """Require a line in each group, and calculate the total of a group that was typed into."""
        for one in entry.lists:
            if one.base and not one.kept and not entry.is_dropped:
                entry.refuse("", "A group needs at least one line. Remove the whole group instead.")
        if entry.typed is not None and not entry.is_dropped:
            self.rules.foresee(entry)

    def check(self) -> None:
        count = sum(1 for lines in self.edited.values() for _ in walk_lines(lines))
        if is_too_long(count):
            self._refuse(describe_too_many_new(count, self._books))
        if count == 0 and any(section.base for section in self.lists):
            self._refuse(NONE_LEFT)
        edited = self.edited
        changed = {section.section for section in self.lists if edited[section.section] != section.base}
        for section in self.lists:
            touched = {section.section, *section.field.sent_with} & changed
            if not touched or not section.base:
                continue
            if why := describe_closed_list(section.field, section.base, edited, self._books):
                section.refuse(why)

    @property
    def _books(self) -> str:
        return registry.get_description(self.tenant).name

    @property
    def total(self) -> Decimal:
        return sum((sum_lines(section.kept) for section in self.lists), Decimal(0))

    @property
    def total_was(self) -> Decimal:
        return sum((sum_stored(section.base) for section in self.lists), Decimal(0))

    @property
    def shows_total(self) -> bool:
        """Whether its author may see the amounts that the total is made of."""
        return has_amounts(self.base.shape)

    @property
    def changed_names(self) -> list[str]:
        return [section.field.label for section in self.lists if section.edited != section.base]

    @property
    def error_links(self) -> list[ErrorLink]:
        """The lists with problems, and the inputs with errors; the messages of a line that has no such input."""
        found = [ErrorLink(one.field.label, one.section) for one in self.every() if one.problems]
        for line in filter(lambda one: one.errors, self.entries()):
            typed = {f.name: f.label for f in line.shape.typed} if line.is_open else {}
            name = f"{line.field.label}, line {line.number}"
            for member in line.errors:
                if member in typed:
                    found.append(ErrorLink(f"{name}, {lower_first(typed[member])}", f"{line.prefix}-{member}"))
                else:
                    found.append(ErrorLink(name, f"{line.prefix}-errors"))
        return list(dict.fromkeys(found))

    def refuse(self, path: str, message: str) -> bool:
        """Show a message beside the input at `path`, whose positions count the lines sent; False if there is none."""
        if (found := self.place(path)) is None:
            return False
        section, line, member = found
        if line is None:
            section.refuse(message)
        else:
            line.refuse(member, message)
        return True

    def warn(self, spot: str, message: str, *, refuses: bool) -> None:
        """Show a message under the line at this path, or under the stored line with this id, if there is one."""
        _, at, _ = self.place(spot) or (None, None, "")
        for line in self.entries():
            if line is at or (line.base is not None and line.key == spot):
                (line.errors.setdefault("", []) if refuses else line.asked).append(message)

    def _refuse(self, message: str) -> None:
        if message not in self.problems:
            self.problems.append(message)


def get_line_amount(line: Content) -> Decimal:
    """Return a stored line's part of its bill's total."""
    within = find_inner_list(line.shape)
    if within and line[within.name]:
        return sum_stored(line[within.name])
    return line.get("amount") or line.get("total_amount") or Decimal(0)


def sum_stored(lines: Iterable[Content]) -> Decimal:
    return sum((get_line_amount(line) for line in lines), Decimal(0))


def count_lines(bill: Content) -> int:
    """Return the number of lines of a bill, including those inside groups."""
    return sum(1 for f in bill.shape.lists for _ in walk_lines(bill[f.name]))


def is_too_long(count: int) -> bool:
    """Return whether a bill of so many lines cannot be edited here."""
    return count > settings.MAX_BILL_LINES


def describe_too_many(count: int, books: str) -> str:
    """Return why a bill of so many lines cannot be edited here; `books` is the accounting system's name."""
    return f"Bills over {settings.MAX_BILL_LINES:,} lines can only be edited in {books}. This one has {count:,} lines."


def describe_too_many_new(count: int, books: str) -> str:
    """Return why a bill cannot be given so many lines here."""
    most = f"{settings.MAX_BILL_LINES:,}"
    return f"A bill can have up to {most} lines here; this one would have {count:,}. Enter the other lines in {books}."


def describe_refusal(tenant: Tenant, bill: Content) -> str:
    """Return why the lines of this bill cannot be edited here, or "" if they can."""
    count = count_lines(bill)
    return describe_too_many(count, registry.get_description(tenant).name) if is_too_long(count) else ""
