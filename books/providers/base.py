"""The interface of a provider's package to the rest of `books`, the same for every vendor.

A provider is a description of what it has and a client that speaks to it for one company.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from records.content import Content
from records.fields import Table
from records.json_text import Json

from .company_file import CompanyFile
from .errors import BadAnswer, OtherCompany

Row = Mapping[str, Json]
Filters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Movements:
    """A list that tells which entities' balances have moved since a moment, which their own lists do not.

    `table` has the fields `transaction_id`, `entity` and `updated_at`. `owners` are the kinds of record whose balances
    it moves, each with the column of the mirror that names the entity. With a record move the totals of those above it.
    """

    table: Table
    owners: Mapping[str, str]


class Written(dict[str, Json]):
    """The record with which the vendor answered a write, and the vendor's id of that request."""

    __slots__ = ("request_id",)
    request_id: str


def check_row(row: Row, id: str) -> None:
    """Raise BadAnswer for an answer about a record other than the requested one."""
    if str(row.get("id")) != id:
        raise BadAnswer(
            f"The answer is about {'another record' if 'id' in row else 'no record'}, not about {id}.",
            detail=f"{id}: {str(row.get('id'))[:80]}",
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the vendor's objects and the number left (None if the vendor does not say).

    `rest` are the pieces that have to follow this one, where each page can be requested independently. `is_again`: its
    rows are part of other pages, of which they may have been missing, and do not count.
    """

    rows: list[dict[str, Json]]
    remaining: int | None
    rest: tuple[Filters, ...] = ()
    is_again: bool = False

    @property
    def count(self) -> int:
        """How many of the list's rows it holds."""
        return 0 if self.is_again else len(self.rows)


@dataclass(frozen=True, slots=True)
class Description:
    """What a provider has. What each attribute means is said beside it."""

    name: str  # of the books, for people: "QuickBooks"
    tables: Mapping[str, Table]  # by kind
    # Whether its lists can be asked for what has changed and what was deleted since a moment. Where not, everything is
    # read again, and records that two complete readings in a row have missed count as deleted.
    tells_changes: bool

    pickers: Mapping[str, tuple[str, ...]]  # `Field.options` → the kinds of record that the picker searches
    # Picker → fields and values that an entry must have; True for any value, False for none.
    only: Mapping[str, Mapping[str, str | bool]]
    # Picker without a list of its own → the field of the records searched whose values it offers.
    learned: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""  # in which it stores texts: any other sign becomes a "?"; "" where none does
    account: str = "Account"  # what the company's account with the provider is called
    # What is asked for at the addresses of no table, by the last part of their path.
    requests: Mapping[str, str] = field(default_factory=dict)

    other: type[OtherCompany] = OtherCompany  # the error while another company answers than the one that was set up
    movements: Movements | None = None  # None where a record's own list tells of its balances
    # The kind that holds each currency by its name, its field with the code, and the path of the number of decimals.
    currencies: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What a service says of a company that is being connected, as labels and values for an administrator.

    `has_begun`: whether somebody has begun to connect it, so that it can be asked whether it answers. `account` is the
    id that its key or address leads to, "" where that cannot be another one. `advice` is what to do about its limits.
    """

    has_begun: bool
    known: list[tuple[str, str | datetime | None]]
    account: str = ""
    advice: str = ""


class Client(Protocol):
    """Client for one company. All methods but `pieces`, `cut` and `rest` make requests and may raise BooksError."""

    def pieces(self, since: datetime | None) -> list[Filters]:
        """Return the filters of the pieces in which to read a list: all of it, or the changes `since`."""

    def pages(self, table: Table, **filters: str) -> Iterator[Page]:
        """Read one piece of a list page by page, without a break; a piece that broke off begins again at its `rest`."""

    def cut(self, table: Table, filters: Filters, total: int) -> list[dict[str, str]]:
        """Return the pieces into which to split a piece with `total` rows; none if it needs no splitting."""

    def rest(self, table: Table, filters: Filters, rows: Sequence[Row]) -> Filters:
        """Return what is left of a piece after a page with these rows; the piece itself if it has to begin again."""

    def read_record(self, table: Table, id: str) -> Row:
        """Return the current record. Raises NotFound if it no longer exists."""

    def update_record(self, table: Table, id: str, revision: str, base: Content, edited: Content) -> Row:
        """Send the difference between `base` and `edited` unless the record has moved from `revision`.

        Returns the new record, as a Written if the vendor numbers its requests. Raises Stale, Refused, NotSent or
        NoAnswer; only NoAnswer leaves the outcome unknown. Makes one write and no request after it; the vendor's own
        answer is mapped to errors inside `departure.own_answer()`.
        """

    def deleted(self, tables: Iterable[Table], after: datetime) -> list[tuple[str, str]]:
        """Return (kind, id) of the records deleted since `after`; only for providers with `tells_changes`."""

    def health(self) -> int:
        """Return the milliseconds of a round trip to the vendor."""

    def identify(self) -> CompanyFile | None:
        """Return the identity of the company file or the account that answers; None if there can be but one."""

    def account(self) -> str:
        """Return the id of what the key leads to; "" where the company's own id says that."""

    def about(self) -> list[tuple[str, str | datetime | None]]:
        """Return what the service itself says about this company, as labels and values for an administrator."""

    def survey(self) -> Survey:
        """Return the same for a company that is being connected; whether it answers, `health` tells."""


@runtime_checkable
class BalanceClient(Protocol):
    """What the client of a provider with `movements` can do besides. Every method may raise BooksError."""

    def read_several(self, table: Table, ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        """Return the current records with these ids, and those of the ids that no longer exist."""

    def read_unpaid(self, table: Table, entities: Sequence[str]) -> Iterator[Page]:
        """Read the records of these entities that are not paid in full, page by page."""


@runtime_checkable
class KeyClient(Protocol):
    """What the client of a provider can do besides, if the key alone decides which company answers."""

    def make_access_mark(self) -> str:
        """Return a text that stands for the address and the key, which it does not tell."""

    def expect(self, account: str) -> Client:
        """Return the same client, which asks before each request whether this account answers.

        Such a request raises the provider's OtherCompany if it does not, and then it is not made.
        """
