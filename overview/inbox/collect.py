"""Everything that needs a person, by company: those where they can settle something come first, then by name.

Not by how much that is: a row would move away under the hands of who settles one after the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from records.searching import make_sort_key
from tenants.access import Member

from .items import InboxItem, Reader, Source
from .sources import SOURCES

BULK = "again"  # the step that can be taken of all items at once


@dataclass(frozen=True, slots=True)
class CompanyItems:
    """The items of one company: `settle` are those that the person can settle, `look` those to know of."""

    member: Member
    settle: Sequence[InboxItem]
    look: Sequence[InboxItem]

    @property
    def items(self) -> Sequence[InboxItem]:
        return [*self.settle, *self.look]

    @property
    def again(self) -> list[int]:
        """The numbers of those that can be sent again."""
        return [item.number for item in self.settle if any(step.name == BULK for step in item.steps)]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What needs a person in the companies that are looked through."""

    companies: Sequence[CompanyItems]

    @property
    def settle(self) -> int:
        return sum(len(company.settle) for company in self.companies)

    @property
    def look(self) -> int:
        return sum(len(company.look) for company in self.companies)

    @property
    def new(self) -> int:
        return sum(item.is_new for company in self.companies for item in company.items)

    @property
    def again(self) -> list[int]:
        return [number for company in self.companies for number in company.again]


def collect(reader: Reader, new_since: datetime | None, sources: Iterable[Source] = SOURCES) -> Inbox:
    """Collect the items of all sources. New is what began after a moment; nothing at a first visit."""
    by_company: dict[int, list[InboxItem]] = {}
    for source in sources:
        for item in source.find(reader):
            is_new = new_since is not None and item.at is not None and item.at > new_since
            by_company.setdefault(item.tenant.pk, []).append(replace(item, is_new=is_new))
    companies = [_make_company(reader.members[pk], items) for pk, items in by_company.items()]
    return Inbox(sorted(companies, key=lambda one: (not one.settle, make_sort_key(one.member.tenant.name))))


def _make_company(member: Member, items: Sequence[InboxItem]) -> CompanyItems:
    settle = [item for item in items if item.is_counted]
    return CompanyItems(member, settle, [item for item in items if not item.is_counted])
