"""The totals of the item groups in a form as the page shows them: amounts if they can be known, otherwise words."""

from collections.abc import Iterator
from typing import NamedTuple

from record_forms.form_data import ID
from records.formatting import format_money

from .item_groups import find_group_member
from .line_parser import ParsedLine
from .lines import BillLines

NOT_KNOWN = "not known"


class GroupFigure(NamedTuple):
    """The amount of an open group as text.

    The script adds up the lines of a group itself unless QuickBooks will replace them: then `is_foreseen` is set.
    """

    text: str
    is_foreseen: bool


def format_group_total(line: ParsedLine) -> GroupFigure:
    is_foreseen = line.is_unknown or line.foreseen is not None
    return GroupFigure(NOT_KNOWN if line.is_unknown else format_money(line.amount), is_foreseen)


class GroupTotals:
    """The totals of the groups of one bill's form."""

    def __init__(self, lines: BillLines) -> None:
        self.bill = lines.base[ID]
        section = next((s for s in lines.lists if find_group_member(s.field.shape)), None)
        self.section = section.section if section else ""
        self.groups = section.kept if section else []

    @property
    def unknown(self) -> list[str]:
        """The names of the groups whose totals only QuickBooks can calculate."""
        return [_name_group(line) for line in self.groups if line.is_unknown]

    @property
    def is_needed(self) -> bool:
        """Whether QuickBooks will replace the lines of any group."""
        return any(line.is_unknown or line.foreseen is not None for line in self.groups)

    @property
    def figures(self) -> Iterator[tuple[str, GroupFigure]]:
        """The prefix and total of each open group."""
        return ((line.prefix, format_group_total(line)) for line in self.groups if line.is_open)


def _name_group(line: ParsedLine) -> str:
    kit = find_group_member(line.shape)
    return str(line.value[kit.name]) if kit else ""
