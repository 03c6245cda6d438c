"""What the folder of a provider offers to the rest of the books, whichever vendor stands behind it.

A provider is a description of what it has and a client that speaks to it for one company.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from records.content import Content, Json
from records.fields import Table

from .errors import BadAnswer

Row = Mapping[str, Json]
Filters = Mapping[str, str]


class Written(dict[str, Json]):
    """The record that a write was answered with, and the vendor's id of that request."""

    __slots__ = ("request_id",)
    request_id: str


def of_record(row: Row, id: str) -> None:
    """Raise BadAnswer for an answer that is not about the record that was asked for."""
    if str(row.get("id")) != id:
        raise BadAnswer(
            f"It was asked for the record {id} and answered with {'another' if 'id' in row else 'none'}.",
            detail=f"{id}: {str(row.get('id'))[:80]}",
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the vendor's objects and how many are still to come (None where it does not say).

    `rest` are the pieces that have to follow this one, where the vendor's pages can be asked for one by one.
    """

    rows: list[dict[str, Json]]
    remaining: int | None
    rest: tuple[Filters, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What a provider has: its name, its tables by kind, what each picker searches, which fields an entry must hold.

    `tells_changes` says whether its lists can be asked for what has changed and what was deleted since a moment;
    where not, everything is read again, and what is missing is asked after one by one. A picker that is `learned` has
    no list of its own: it offers what the records that it searches hold in that field already. `account` is what the
    company's account with the provider is called.
    """

    name: str
    tables: Mapping[str, Table]
    pickers: Mapping[str, tuple[str, ...]]
    only: Mapping[str, Mapping[str, str]]
    tells_changes: bool
    learned: Mapping[str, str] = field(default_factory=dict)
    account: str = "Account"


class Client(Protocol):
    """A company's books, at whichever provider. Every method but `pieces` and `cut` asks them and raises BooksError."""

    def pieces(self, since: datetime | None) -> list[Filters]:
        """The filters of the pieces in which to read a list: all of it, or what has changed `since`."""

    def pages(self, table: Table, **filters: str) -> Iterator[Page]:
        """A piece of a list page by page, in one go; a piece that broke off must be begun anew."""

    def cut(self, table: Table, filters: Filters, total: int) -> list[dict[str, str]]:
        """The pieces in which to read a piece that has `total` rows; none where it is fine whole."""

    def read_record(self, table: Table, id: str) -> Row:
        """The record as it stands now. Raises NotFound when it is no longer there."""

    def update_record(self, table: Table, id: str, revision: str, base: Content, edited: Content) -> Row:
        """Send what differs between `base` and `edited`, unless the record has moved from `revision`; the new record.

        It is a Written where the vendor numbers its requests.
        Raises Stale, Refused, NotSent or NoAnswer; only after NoAnswer is the outcome open.
        """

    def deleted(self, tables: Iterable[Table], after: datetime) -> list[tuple[str, str]]:
        """(kind, id) of what was deleted since `after`; only where changes are told."""

    def health(self) -> int:
        """Milliseconds of a round trip to the books."""

    def about(self) -> list[tuple[str, str | datetime | None]]:
        """What the service itself says of this company, as labels and values for an admin."""
