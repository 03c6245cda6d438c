"""What the page shows on which a person sets up a list: its columns in their order, the others, and the sort keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from books.pages.list_address import join_repeated
from books.pages.list_table import Column

from .query_form import MOST_KEYS
from .state import ListState


@dataclass(frozen=True, slots=True)
class SortChoice:
    """One of the keys that a list is sorted by: its label, its present value, and what may be chosen."""

    label: str
    value: str
    options: list[tuple[str, str]]


def move_column(asked: QueryDict) -> QueryDict:
    """Return the query of a list in which the column named by `up` or `down` has moved by one place."""
    moved = join_repeated(asked)
    columns = [name for name in moved.get("columns", "").split(",") if name]
    for step, name in ((-1, moved.pop("up", [""])[0]), (1, moved.pop("down", [""])[0])):
        if name in columns:
            at = columns.index(name)
            columns.insert(max(0, at + step), columns.pop(at))
    moved["columns"] = ",".join(columns)
    return moved


class ListSetup:
    """The columns and sort keys of a list's state, ready to be drawn."""

    def __init__(self, state: ListState, asked: QueryDict) -> None:
        self.state = state
        up, down = asked.get("up", ""), asked.get("down", "")
        names = [column.name for column in self.chosen]
        # The button that moved a column is focused again; at an end of the list only the other one is left.
        self.goes_up = names[-1] if down == names[-1] else up
        self.goes_down = names[0] if up == names[0] else down

    @property
    def query(self) -> str:
        """The query of the list, for its address and for a view."""
        return urlencode(self.state.form.list_given(("page",)))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of columns and order hands on."""
        return self.state.form.list_given(("page", "columns", "sort"))

    @property
    def chosen(self) -> tuple[Column, ...]:
        return self.state.columns

    @property
    def others(self) -> list[Column]:
        shown = {column.name for column in self.state.columns}
        return [column for column in (*self.state.usual, *self.state.more) if column.name not in shown]

    @property
    def sort_choices(self) -> Iterator[SortChoice]:
        every = [one for one in (*self.state.usual, *self.state.more) if one.sorted_by]
        options = [
            (f"{sign}{one.sorted_by}", f"{one.label} {arrow}")
            for one in every
            for sign, arrow in (("", "↑"), ("-", "↓"))
        ]
        is_chosen = "sort" in dict(self.state.form.list_given())  # a search ranks while the order is the usual one
        keys = self.state.asked["sort"].split(",") if is_chosen else []
        for number in range(MOST_KEYS):
            label = "Sort by" if number == 0 else "then by"
            yield SortChoice(label, keys[number] if number < len(keys) else "", options)
