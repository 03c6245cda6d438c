"""Pages in an order that is not total: every record is read, whatever order equal names have on each page."""

import random
from typing import Any

import pytest

from books.providers.base import Filters, Page
from books.providers.bigcapital import paging
from books.providers.bigcapital.customers import CUSTOMERS
from records.folding import fold

SEEDS = 300


class Server:
    """A list of customers with few names, in which equal ones have another order for each query."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        names = self.chance.choices(["A", "a", "Á", "B", "b ", "C", "D"][: self.chance.randrange(1, 8)], k=30)
        self.rows: list[dict[str, Any]] = [{"id": id, "display_name": name} for id, name in enumerate(names)]
        self.requests = 0

    def read(self, filters: Filters) -> Page:
        self.requests += 1
        query = paging.compose_query(CUSTOMERS, filters)
        found = [row for row in self.rows if self.is_wanted(row, filters)]
        self.chance.shuffle(found)
        found.sort(key=lambda row: fold(row["display_name"]))
        start, size = (int(query["page"]) - 1) * int(query["pageSize"]), int(query["pageSize"])
        return paging.make_page(CUSTOMERS, filters, found[start : start + size], len(found))

    def is_wanted(self, row: dict[str, Any], filters: Filters) -> bool:
        return paging.NAMED not in filters or fold(row["display_name"]) == fold(filters[paging.NAMED])


@pytest.mark.parametrize("size", [1, 2, 7, 29, 30, 31])
def test_every_record_is_read_and_counted_once(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(paging, "PAGE_ROWS", size)
    for seed in range(SEEDS):
        server, ids, counted = Server(seed), set(), 0
        left: list[Filters] = [{}]
        while left:
            page = server.read(left.pop(0))
            ids |= {row["id"] for row in page.rows}
            counted += page.count
            left = [*page.rest, *left]
        assert (len(ids), counted) == (30, 30), f"seed {seed}"
        assert server.requests <= -(-30 // size) + 7, f"seed {seed}"


def test_what_is_kept_of_a_page_is_not_sent() -> None:
    query = paging.compose_query(CUSTOMERS, {"inactiveMode": "true", "page": "3", paging.AFTER: "A"})
    assert query == {
        "inactiveMode": "true", "page": "3", "pageSize": "2000", "columnSortBy": "display_name", "sortOrder": "asc",
    }  # fmt: skip


@pytest.mark.parametrize("name", [None, 7, "x" * 256, ""])
def test_a_name_that_no_record_can_have_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, name: object) -> None:
    monkeypatch.setattr(paging, "PAGE_ROWS", 1)
    (rest,) = paging.make_page(CUSTOMERS, {}, [{"display_name": name}], 2).rest
    assert paging.make_page(CUSTOMERS, rest, [{"display_name": name}], 2).rest == ()
