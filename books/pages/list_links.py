"""The addresses to which the parts of a list lead: the same list in another order, on another page, otherwise filtered.

Knows no list.
"""

from collections.abc import Container
from urllib.parse import urlencode

from django.http import QueryDict

TOTALS = "totals"  # asks for the sums of very many, which are added up when their page is shown already
OF_PAGE = ("page", TOTALS)  # what an address says of one page alone


class ListLinks:
    """The addresses of a list in another order, on another page or with another filter; the rest is kept.

    `large_first` are the sort keys of amounts: the first click on one sorts the largest first. `bare` is the query of
    the list that asks for nothing (`list_address.name_bare`).
    """

    def __init__(self, asked: QueryDict, order: str = "", large_first: Container[str] = (), bare: str = "") -> None:
        self._pairs = [(key, values[-1]) for key, values in asked.lists() if key not in OF_PAGE and values[-1]]
        self.keys = [key for key in order.split(",") if key]
        self._large_first, self._bare = large_first, bare

    def sort(self, key: str) -> str:
        """Return the address of the list sorted by this column alone, the other way if it is sorted by it already."""
        return self.change(sort=self._turn(key, self.keys[0] if len(self.keys) == 1 else ""))

    def sort_also(self, key: str) -> str:
        """Return the address of the list sorted by this column as well, after the others."""
        others = [one for one in self.keys if one.removeprefix("-") != key]
        now = next((one for one in self.keys if one.removeprefix("-") == key), "")
        turned = self._turn(key, now)
        return self.change(
            sort=",".join([turned if one == now else one for one in self.keys] if now else [*others, turned])
        )

    def place(self, key: str) -> tuple[str, int]:
        """Return the arrow of a sorted column, and its place among several; "" and 0 for none."""
        for number, one in enumerate(self.keys, 1):
            if one.removeprefix("-") == key:
                return "↓" if one.startswith("-") else "↑", number if len(self.keys) > 1 else 0
        return "", 0

    def page(self, number: int) -> str:
        return self.change(page=str(number))

    def change(self, **changes: str) -> str:
        """Return the address with other values of these parameters; "" takes one away."""
        kept = [pair for pair in self._pairs if pair[0] not in changes]
        return "?" + (urlencode([*kept, *((name, value) for name, value in changes.items() if value)]) or self._bare)

    def drop(self, *names: str) -> str:
        return self.change(**dict.fromkeys(names, ""))

    def _turn(self, key: str, now: str) -> str:
        first, other = (f"-{key}", key) if key in self._large_first else (key, f"-{key}")
        return other if now == first else first
