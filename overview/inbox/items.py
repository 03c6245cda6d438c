"""What a source of "Needs you" gives: items with their next steps, for one reader and their companies.

Knows no source and no page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.contrib.auth.models import User
from django.http import Http404

from edits.next_steps import StepResult
from tenants.access import Member, list_members
from tenants.joined import Part
from tenants.models import Tenant


@dataclass(frozen=True)
class Reader:
    """A person as a member of the companies that are looked through, by their number.

    `everywhere` are all of their companies in which they may edit, looked through or not.
    """

    person: User
    members: Mapping[int, Member]
    everywhere: Sequence[int]

    @cached_property
    def companies(self) -> list[int]:
        return sorted(self.members)

    @cached_property
    def editing(self) -> list[int]:
        """The companies in which the person may change something."""
        return [pk for pk in self.companies if self.members[pk].may_edit]

    def only(self, slug: str) -> "Reader":
        """Return the reader of one of these companies. Raises Http404 if it is none of them."""
        own = {pk: member for pk, member in self.members.items() if member.tenant.slug == slug}
        if not own:
            raise Http404("You have no company at this address.")
        return replace(self, members=own)


def make_reader(person: User) -> Reader:
    """Return a person with all of their companies."""
    found = {member.tenant.pk: member for member in list_members(person)}
    return Reader(person, found, sorted(pk for pk, member in found.items() if member.may_edit))


class NextStep(NamedTuple):
    """Something that a person can do about an item: a link to `url`, or a button.

    `key` presses it on the item's row; `label` is a verb; `asks` is the question before what cannot be taken back.
    """

    name: str
    label: str
    key: str
    url: str = ""
    asks: str = ""


OPEN = "open"  # the step that shows more, which Enter takes as well


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One thing that needs a person: `number` is what its steps are about, `at` since when it does.

    `is_counted` is whether they can settle it here. The rest is for them to know. `is_of_day` if it does since its day
    began, of which no time is shown.
    """

    source: str
    tenant: Tenant
    number: int
    badge: tuple[str, str]  # its colour, and what it is in a word
    title: str
    why: str
    url: str
    at: datetime | None
    steps: Sequence[NextStep] = ()
    is_counted: bool = True
    is_new: bool = False
    is_of_day: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of what needs a person. `find` makes at most a fixed number of queries, however many the companies.

    `count` is a statement that gives the number of each company and how many of its items are counted, as every page
    shows them. `steps` are what its buttons do, by their names, for a member and the number of an item.
    """

    name: str
    find: Callable[[Reader], Iterable[InboxItem]]
    count: Callable[[Reader], Part] | None = None
    steps: Mapping[str, Callable[[Member, int], StepResult]] = field(default_factory=dict)


def mark(values: Sequence[object]) -> str:
    """Return the placeholders of these values in a statement; of none, what equals nothing."""
    return ", ".join(["%s"] * len(values)) or "NULL"
