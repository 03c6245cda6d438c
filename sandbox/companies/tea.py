"""Kawara Tea Trading: a small organization whose server runs in Tokyo, where a day begins the day before in UTC."""

from itertools import islice

from sandbox.bigcapital.organizations import Organization
from sandbox.store import Store

from .organization_builder import Roll
from .words import firm_names

_CUSTOMERS = 20


def add_tea(store: Store, organization: Organization) -> None:
    """Writes the whole organization."""
    roll = Roll(organization, 20_264)
    home = {
        "billing_address_city": "京都市",
        "billing_address_country": "Japan",
        "billing_address_postcode": "600-8216",
    }
    opening = {"opening_balance": 150_000, "opening_balance_at": "2026-01-15", "balance": 150_000}
    roll.add("北京茶馆", company_name="北京茶馆", **home, **opening)
    roll.add_vendor("Uji Leaf Growers")
    for number, name in enumerate(islice(firm_names(roll.chance, set()), _CUSTOMERS - 1)):
        roll.add_likely(name, active=int(number not in (5, 11)))
    roll.finish(store)
