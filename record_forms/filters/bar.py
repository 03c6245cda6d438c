"""The filter bar of a list, ready to be drawn: tabs, chips of the filters in force, and the inputs of all others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from books.models import VIEWS, SavedView
from books.pages.seen import note_opened
from records.formatting import lower_first

from .parts import HIDDEN, FilterPart
from .query_form import BESIDE, SIZES
from .saved_views import find_view
from .state import ListState


@dataclass(frozen=True, slots=True)
class Tab:
    """One of a few values that are always in sight."""

    label: str
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class FilterInput:
    """An input of the filter form with what the address has for it."""

    part: FilterPart
    value: str
    label: str = ""

    @property
    def choices(self) -> Iterable[tuple[str, str]]:
        field: Any = self.part.field
        return list(field.choices)


@dataclass(frozen=True, slots=True)
class InputGroup:
    """Inputs under one label."""

    label: str
    name: str
    inputs: list[FilterInput]

    @property
    def is_range(self) -> bool:
        return len(self.inputs) > 1


class FilterBar:
    """The bar of a list's state."""

    def __init__(self, state: ListState) -> None:
        self.state, self.links = state, state.links

    @property
    def kind(self) -> str:
        return self.state.kind

    @property
    def may_edit(self) -> bool:
        return self.state.member.may_edit

    @property
    def words(self) -> str:
        """What is searched, for paper, which has no search box."""
        return str(self.state.form.data.get("q", ""))

    @property
    def ignored(self) -> list[str]:
        return self.state.ignored

    @cached_property
    def query(self) -> str:
        """The query of the list, for the page on which it is set up."""
        return urlencode(self.state.form.list_given(("page",)))

    @cached_property
    def view(self) -> SavedView | None:
        """The saved view that the list was opened with."""
        pk = self.state.asked["view"]
        return find_view(self.state.member, self.kind, pk) if pk else None

    def note_view(self) -> None:
        """Note that the person has opened the list with its view."""
        if self.view:
            note_opened(self.state.member, VIEWS, str(self.view.pk))

    @property
    def is_view_changed(self) -> bool:
        """Whether the list is no longer what its view has; one may search in a view that has no search."""
        kept = dict(parse_qsl(self.view.query)) if self.view else {}
        beside = ("page", "view") if "q" in kept else ("page", "view", "q")
        return self.view is not None and dict(self.state.form.list_given(beside)) != kept

    @property
    def tabs(self) -> list[Tab]:
        return [tab for part in self.state.parts if part.shape == "tabs" for tab in self._make_tabs(part)]

    def _make_tabs(self, part: FilterPart) -> Iterator[Tab]:
        now = self.state.asked[part.name]
        for value, label in FilterInput(part, "").choices:
            yield Tab(label, self.links.change(**{part.name: value}), value == now)

    @cached_property
    def chips(self) -> list[Chip]:
        return [Chip(one.label, one.text, self.links.drop(one.name)) for one in self.state.list_filtered()]

    @property
    def clear_url(self) -> str:
        """The address without the filters that have chips; what is searched and how it is shown stays."""
        return self.links.drop(*(part.name for part in self.state.parts if part.shape != "tabs"))

    @property
    def unsearched_url(self) -> str:
        return self.links.drop("q")

    @property
    def limit(self) -> str:
        """What alone was searched, as a sentence: "Only unpaid bills were searched."; "" if all was."""
        tabs = {part.name: part.everything for part in self.state.parts if part.shape == "tabs"}
        on = [one for one in self.state.conditions if one.name in tabs and self.state.asked[one.name] != tabs[one.name]]
        words = [one.text.lower() for one in on]
        chips = ", ".join(f"{lower_first(chip.label)} {chip.text}".strip() for chip in self.chips)
        if not (words or chips):
            return ""
        which = " ".join([*words, self.kind])
        return f"Only {which} with these filters were searched: {chips}." if chips else f"Only {which} were searched."

    @property
    def all_url(self) -> str:
        """The address of the same search through all records."""
        return self.links.change(**{part.name: part.everything for part in self.state.parts})

    @property
    def inputs(self) -> SafeString:
        """The inputs of all filters but tabs, drawn."""
        data = self.state.form.data
        given = tuple((part.name, data[part.name]) for part in self.state.parts if data.get(part.name))
        return _draw_inputs(self.state.parts, given, self.state.tenant.slug)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form hands on that no input of it has."""
        tabs = {part.name for part in self.state.parts if part.shape in ("tabs", HIDDEN)}
        return [one for one in self.state.form.list_given(("q", "page")) if one[0] in tabs or one[0] in BESIDE]

    @property
    def sizes(self) -> list[Tab]:
        return [Tab(label, self.links.change(size=str(value)), value == self.state.size) for value, label in SIZES]


@lru_cache(maxsize=128)
def _draw_inputs(parts: tuple[FilterPart, ...], given: tuple[tuple[str, str], ...], slug: str) -> SafeString:
    """Draw the inputs of filters with what the address has for them: most lists are asked for without any."""
    values = dict(given)
    made = [FilterInput(part, values.get(part.name, ""), str(part.field.label or part.label)) for part in parts]
    flags = [one for one in made if one.part.shape == "flag"]
    words = {"groups": _group_inputs(made), "flags": flags, "slug": slug}
    return render_to_string("components/filter_inputs.html", words, using="jinja2")


def _group_inputs(made: Iterable[FilterInput]) -> list[InputGroup]:
    """Return the inputs of all filters but tabs, flags and those that only links have; those of one range together."""
    found: dict[str, InputGroup] = {}
    for one in made:
        if one.part.shape not in ("tabs", "flag", HIDDEN):
            group = found.setdefault(one.part.group or one.part.name, InputGroup(one.part.label, one.part.name, []))
            group.inputs.append(one)
    return list(found.values())
