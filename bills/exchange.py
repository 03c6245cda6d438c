"""A bill in another currency than the company's own: its total in both, by the exchange rate.

Source: docs/vendors/conductor.md, section 9.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from records.content import Content, Reference
from records.numbers import count_places, round_to_places


@dataclass(frozen=True, slots=True)
class HomeTotal:
    """The total of a bill in its own currency and in the company's."""

    total: Decimal
    currency: Reference
    home_total: Decimal
    home: Reference

    @property
    def is_whole_at_home(self) -> bool:
        """Whether amounts in the company's currency are shown without decimals if they have none."""
        return count_places(self.home.name or "") == 0


def compute_home_total(
    bill: Content,
    total: Decimal,
    rate: Decimal | None,
    preferences: Content | None,
    find_places: Callable[[str], int] = count_places,
) -> HomeTotal | None:
    """Both totals at `rate`, home currency for one of the bill's; None where there is one currency, or no telling.

    `find_places` tells how many decimals the amounts of a currency have, by its name.
    """
    currency = bill["currency"]
    home = preferences["multi_currency"]["home_currency"] if preferences else None
    if not rate or not currency or not home or currency.id == home.id:
        return None
    return HomeTotal(total, currency, round_to_places(total * rate, find_places(home.name or "")), home)
