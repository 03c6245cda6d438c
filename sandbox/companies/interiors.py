"""Juniper Grove Interiors: the demo's organization in Bigcapital, whose first customers are one special case each."""

from itertools import islice

from sandbox.bigcapital.contacts import COLUMNS, TRANSACTIONS
from sandbox.bigcapital.organizations import Organization
from sandbox.store import Store

from .organization_builder import Roll, address
from .words import SPECIAL, firm_names

_ACTIVE, _INACTIVE = 260, 30
_TEXTS = ("salutation", "first_name", "last_name", "company_name", "email", "work_phone", "personal_phone", "website")
_VENDOR_EVERY = 24


def add_interiors(store: Store, organization: Organization) -> None:
    """Writes the whole organization."""
    roll = Roll(organization, 20_263)
    active = _add_odd(roll)
    names = firm_names(roll.chance, set())
    inactive = set(roll.chance.sample(range(_ACTIVE + _INACTIVE - active), _INACTIVE))
    wanted = (*SPECIAL, *islice(names, _ACTIVE + _INACTIVE - active - len(SPECIAL)))
    for number, name in enumerate(wanted):
        if number % _VENDOR_EVERY == _VENDOR_EVERY - 1:
            roll.add_vendor(next(names))
        roll.add_likely(name, active=int(number not in inactive))
    roll.finish(store)


def _add_odd(roll: Roll) -> int:
    """Adds the customers 1 to 13, with vendors at 4 and 12; returns how many of them are active."""
    known = {
        "salutation": "Ms.",
        "first_name": "Ada",
        "last_name": "Lindqvist",
        "company_name": "Alder & Finch Studio",
        "email": "ada@alderfinch.example",
        "work_phone": "(212) 555-0142",
        "personal_phone": "(212) 555-0143",
        "website": "https://alderfinch.example",
        "note": "Pays by bank transfer on the 15th.",
        **address(roll.chance, "billing"),
        **address(roll.chance, "shipping"),
    }
    opening = {"opening_balance": 123.45, "opening_balance_at": "2026-01-15"}
    roll.add("Alder & Finch Studio", **known, **opening, balance=1623.45, **{TRANSACTIONS: 2})
    roll.add("Jonas Falk", contact_type="individual", first_name="Jonas", last_name="Falk", balance=80)
    roll.add("Jonas Falk", contact_type="individual", email="jonas.falk@falkjoinery.example")
    roll.add_vendor("Paper Mill Lane Supplies")
    roll.add("Mossbank Flooring")
    empty = (*_TEXTS, "note", *(name for name in COLUMNS if "_address" in name and not name.endswith("_postcode")))
    roll.add("Quist Holdings", **dict.fromkeys(empty, ""))
    roll.add("Cliffwater Press", website="javascript:alert(document.domain)")
    roll.add("Nobody's Customer", active=None)
    roll.add("Beaconfield Realty", balance=-1234.5, **{TRANSACTIONS: 1})
    roll.add("Copperford Tiles", balance=0.1 + 0.2, **{TRANSACTIONS: 2})
    roll.add("  Hollowgate Café  ", contact_type="martian", note="<b>Ring twice</b> & wait.")
    roll.add_vendor("Kilnbrook Glass")
    foreign = {"currency_code": "EUR", "opening_balance_exchange_rate": 1.09, "opening_balance_at": "2026-07-01"}
    roll.add("Atelier Fontaine", opening_balance=1000.005, balance=1000.005, **foreign)
    return 10
