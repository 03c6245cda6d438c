"""The state of a list as its address has it: filters, order, columns and page, and the rows that it asks for.

A list declares itself as a `ListKind`; pages, the way from record to record and files all go by a `ListState`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from books import registry
from books.mirror.currencies import find_main, get_code, list_codes, list_places
from books.mirror.lists.unlisted import add_unlisted
from books.mirror.order import is_amount, make_order, rank_matches, select_columns
from books.mirror.projection import hide_cells
from books.mirror.query import filter_records
from books.models import Record
from books.pages.field_columns import choose_asked, list_field_columns, set_widths
from books.pages.list_address import join_repeated, name_bare
from books.pages.list_links import ListLinks
from books.pages.list_table import (
    Column,
    choose_columns,
    is_shown,
    list_heads,
    list_needs,
    list_sorts,
    read_cells,
)
from records.formatting import AmountPlaces
from records.searching import explain_too_long
from records.visible import list_searched
from tenants.access import Member
from tenants.list_settings import get_list_settings

from .conditions import join_matches
from .declare import Filter, list_parts
from .parts import Condition, FilterPart, Matches, Scope
from .query_form import BESIDE, QueryForm

AT_ONCE = 500  # rows that a file reads at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """What the list of a kind of record declares. `sorts` are its orders, of which the first that is shown is usual.

    `reads` are columns that every row needs, `named` the column by which hits of a search are ranked, `number` another.
    `marks` are what a cell of the page has beside its value: a file has a column for each that marks any row.
    """

    kind: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    sorts: tuple[str, ...]
    reads: tuple[str, ...]
    named: str = "full_name_key"
    number: str = ""
    marks: tuple[Column, ...] = ()


class ListState:
    """What a member asks of a list by its query string."""

    def __init__(self, member: Member, data: QueryDict, declared: ListKind) -> None:
        self.member, self.tenant, self.declared = member, member.tenant, declared
        self.table = registry.get_visible_table(member, declared.kind)
        self.usual = choose_columns(member, self.table, declared.columns)
        self.query = asked = join_repeated(data)
        self.settings = get_list_settings(member, declared.kind)
        named = str(asked.get("columns", ""))
        columns = choose_asked(named, self.usual, self.more) if named else self.usual
        self.columns = set_widths(self._name_currencies(columns), self.settings.get("widths", {}))
        self.scope = Scope(member, self.table, timezone.localdate())
        parts = list_parts(declared.filters, self.scope)
        usual = next(name for name in declared.sorts if is_shown(member, self.table, name.removeprefix("-")))
        sorts = list_sorts(self.usual if not asked.get("sort") else (*self.usual, *self.more))
        self.form = QueryForm(asked, parts, sorts, usual)

    def _name_currencies(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Return the columns with the short codes of currencies in place of their names, as beside amounts."""
        name = self.table.columns.get("currency", "currency").partition(".")[0]
        return tuple(
            replace(column, words=tuple(list_codes(self.tenant).items())) if column.name == name else column
            for column in columns
        )

    @property
    def density(self) -> str:
        """How high the rows of this list are; "" for what the person has chosen for all lists."""
        return str(self.settings.get("density", ""))

    @property
    def kind(self) -> str:
        return self.declared.kind

    @cached_property
    def ignored(self) -> list[str]:
        """The labels of filters that the address names and that this person or provider does not have."""
        offered = {name for part in self.parts for name in (part.name, part.group)}
        given = {name for name in self.form.data if self.form.data[name]} - offered
        return [
            one.label or one.name.capitalize() for one in self.declared.filters if not given.isdisjoint(one.parameters)
        ]

    @cached_property
    def more(self) -> tuple[Column, ...]:
        """The columns that may be added."""
        return list_field_columns(self.table, self.usual)

    @property
    def parts(self) -> tuple[FilterPart, ...]:
        return self.form.parts

    @cached_property
    def asked(self) -> dict[str, Any]:
        return self.form.asked

    @cached_property
    def conditions(self) -> list[Condition]:
        return self.form.list_conditions(self.asked, self.scope)

    @cached_property
    def matches(self) -> Matches:
        return join_matches(self.conditions)

    @property
    def page(self) -> int:
        return int(self.asked["page"])

    @property
    def size(self) -> int:
        return int(self.asked["size"])

    @property
    def searched(self) -> list[int] | None:
        return list_searched(self.table)

    @cached_property
    def main(self) -> str | None:
        """The currency whose amounts come first; None where no amount decides the order."""
        keys = (self.asked["sort"] or self.asked["then"]).split(",")
        by_amount = any(is_amount(key.removeprefix("-"), self.table) for key in keys)
        return find_main(self.tenant, self.declared.kind) if by_amount else None

    @property
    def bare(self) -> str:
        return name_bare(self.member, self.kind)

    @cached_property
    def links(self) -> ListLinks:
        keys = {*self.form.sorts, *list_sorts(self.columns)}
        amounts = {key for key in keys if key in ("changed_at",) or is_amount(key, self.table)}
        return ListLinks(self.query, self.asked["sort"], amounts, self.bare)

    def list_needed(self) -> list[str]:
        """Return the columns of the mirror that the rows need."""
        return list_needs(self.columns, *self.declared.reads)

    def complete(self, rows: Sequence[Any]) -> list[Any]:
        """Return rows of these columns with what no column holds."""
        return add_unlisted(rows, self.table, [column.name for column in self.columns if column.unlisted])

    def filter(self, without: Sequence[str] = (), *, q: bool = True) -> QuerySet[Record]:
        """Return the records asked for, unordered; `without` the filters of these parameters, or without the search."""
        words = self.asked["q"] if q else ""
        kept = join_matches(one for one in self.conditions if one.name not in without) if without else self.matches
        found = filter_records(self.tenant, self.table.kind, words, kept, lines=self.searched)
        return found.none() if explain_too_long(words) else found

    def tell(self, without: Sequence[str] = ()) -> str:
        """Return what names the records of `filter` without a search; "" if not only the mirror decides."""
        told = [one.told for one in self.conditions if one.name not in without]
        return repr([self.kind, str(self.scope.today), timezone.get_current_timezone_name(), *told]) * all(told)

    def order(self) -> list[Any]:
        """Return the order asked for; the best matches of a search come first."""
        by: list[Any] = make_order(self.asked["sort"] or self.asked["then"], self.table, main=self.main)
        if self.asked["sort"]:
            return by
        number = self.declared.number if self.declared.number in self.table.columns else ""
        return [rank_matches(self.declared.named, self.asked["q"], number=number), *by]

    def annotate(self, found: QuerySet[Record]) -> QuerySet[Record]:
        """Add what the rows of this kind have besides columns."""
        return found

    def find_ids(self, first: int, count: int) -> list[str]:
        found = self.filter().order_by(*self.order())
        return list(found.values_list("remote_id", flat=True)[first : first + count])

    def keep_listed(self, ids: list[str]) -> set[str]:
        return set(self.filter().filter(remote_id__in=ids).values_list("remote_id", flat=True))

    def rows(self) -> Iterator[Any]:
        """Yield all rows asked for, whatever the page, with the values of `columns`; for a file."""
        found = select_columns(self.annotate(self.filter()).order_by(*self.order()), self.list_needed())
        rows = found.iterator(chunk_size=AT_ONCE)
        while some := list(islice(rows, AT_ONCE)):
            yield from self.complete(hide_cells(some, self.table))

    @cached_property
    def codes(self) -> dict[str, str]:
        """The short code of each currency of what is listed, by name; empty if that needs no saying.

        It does where all is of the main currency, or where a column of the list says it. Nothing else in a file does.
        """
        is_hidden = "currency" not in self.table.columns or "currency" in self.table.hidden_columns
        if is_hidden or any(column.name == "currency" for column in self.columns):
            return {}
        names = [name for name in self.filter().order_by().values_list("currency", flat=True).distinct() if name]
        is_usual = set(names) <= {find_main(self.tenant, self.kind)} and not self.tenant.names_every_currency
        return {} if is_usual else {name: get_code(self.tenant, name) for name in names}

    @cached_property
    def marked(self) -> list[Column]:
        """The marks of this kind that a row has and that no column of the list says."""
        shown = {column.name for column in self.columns} | self.table.hidden_columns
        found = [one for one in self.declared.marks if one.name not in shown]
        return [one for one in found if self.filter().filter(**{one.name: False}).exists()]

    def list_heads(self) -> list[str]:
        """Return the heads of a file; with another currency than the main one it says each row's."""
        more = [one.label for one in self.marked]
        return [*list_heads(self.table, self.columns), *more, *["Currency"] * bool(self.codes)]

    def read_cells(self) -> Iterator[list[Any]]:
        """Yield the rows of a file, with all that is listed, whatever the page."""
        columns = (*self.columns, *self.marked)
        if self.codes:
            columns = (*columns, Column("currency", "Currency", export=lambda row: self.codes.get(row.currency, "")))
        find_places = self.find_places
        return read_cells(self.table, columns, self.rows(), lambda row: find_places(getattr(row, "currency", None)))

    @cached_property
    def find_places(self) -> Callable[[str | None], AmountPlaces]:
        """What tells how many decimals the amounts of a record have, by the name of its currency."""
        places = list_places(self.tenant)
        home = places(find_main(self.tenant, self.kind))
        return cache(lambda name: AmountPlaces(places(name or ""), home))

    def list_filtered(self) -> list[Condition]:
        """Return the filters in force that a chip takes off: those that the address names."""
        given = {name for name, _ in self.form.list_given(BESIDE)}
        tabs = {part.name for part in self.parts if part.usual}
        return [one for one in self.conditions if one.name in given - tabs]
