"""What the folder of a provider offers to the rest of the books, whichever vendor stands behind it."""

from dataclasses import dataclass

from .records import Json


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the vendor's objects and how many are still to come (None where it does not say)."""

    rows: list[dict[str, Json]]
    remaining: int | None
