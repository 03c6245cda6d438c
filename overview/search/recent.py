"""What a person has opened lately: records, companies and views. One query, however many companies."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from books.models import COMPANIES, VIEWS, list_recently_seen

READ = 300  # of what was opened last
RECORDS = 30  # of it that count as recent
FAR = READ  # the place of what is not among it


class Recent(NamedTuple):
    """Company, kind and id of records, the newest first; by number, the places of companies and views among others."""

    records: Sequence[tuple[int, str, str]]
    companies: Mapping[int, int]
    views: Mapping[int, int]

    def place_company(self, pk: int) -> int:
        return self.companies.get(pk, FAR)

    def place_view(self, pk: int) -> int:
        return self.views.get(pk, FAR)


def load_recent(person_pk: int, companies: Sequence[int]) -> Recent:
    """Return what a person has opened lately in these companies."""
    records: list[tuple[int, str, str]] = []
    opened: dict[int, int] = {}
    views: dict[int, int] = {}
    for place, (company, kind, what) in enumerate(list_recently_seen(person_pk, companies, READ)):
        opened.setdefault(company, place)
        if kind == VIEWS:
            views[int(what)] = place
        elif kind != COMPANIES and len(records) < RECORDS:
            records.append((company, kind, what))
    return Recent(records, opened, views)
