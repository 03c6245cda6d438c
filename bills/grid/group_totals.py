"""What the item groups in a form will come to, as the page shows it: figures where they can be known, else words."""

from collections.abc import Iterator

from record_forms.form_data import ID
from records.formatting import money

from .item_groups import kit_of
from .line_parser import Line
from .lines import Lines

NOT_KNOWN = "not known"


def figure(line: Line) -> str:
    """What stands as the amount of an open group. The script adds up its lines itself, except where QuickBooks will
    make them anew: that is marked."""
    if line.is_unknown:
        return f"<span data-works>{NOT_KNOWN}</span>"
    if line.foreseen is not None:
        return f"<span data-works>{money(line.foreseen)}</span>"
    return money(line.amount)


class Forecast:
    """Of the groups of one bill's form."""

    def __init__(self, lines: Lines) -> None:
        self.bill = lines.base[ID]
        section = next((s for s in lines.sections if kit_of(s.field.shape)), None)
        self.section = section.name if section else ""
        self.groups = section.kept if section else []

    @property
    def unknown(self) -> list[str]:
        """The names of those that only QuickBooks works out."""
        return [_named(line) for line in self.groups if line.is_unknown]

    @property
    def is_needed(self) -> bool:
        """Whether QuickBooks will make any of them anew."""
        return any(line.is_unknown or line.foreseen is not None for line in self.groups)

    @property
    def figures(self) -> Iterator[tuple[str, str]]:
        """Prefix and figure of each that stands open."""
        return ((line.prefix, figure(line)) for line in self.groups if line.is_open)


def _named(line: Line) -> str:
    kit = kit_of(line.shape)
    return str(line.value[kit.name]) if kit else ""
