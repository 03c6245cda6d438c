"""Builds an organization's contacts: allocates ids, which customers and vendors share, and writes the rows."""

import random
from typing import Any

from sandbox.bigcapital import contacts
from sandbox.bigcapital.contacts import TRANSACTIONS, Contact
from sandbox.bigcapital.organizations import Organization
from sandbox.store import Store

from .words import CITIES, FIRST, LAST, NOTES, STREETS, email, phone

_DAYS = ("2024-11-30", "2025-03-31", "2025-06-30", "2025-12-31", "2026-01-15", "2026-07-01")


class Roll:
    """Collects the contacts of one organization."""

    def __init__(self, organization: Organization, seed: int) -> None:
        self.organization = organization
        self.chance = random.Random(seed)
        self._contacts: list[Contact] = []

    def add(self, name: str, **known: Any) -> Contact:
        """Adds a customer with only these values."""
        return self._add("customer", name, {"contact_type": "business", **known})

    def add_vendor(self, name: str) -> Contact:
        """Adds a vendor, whose id is not used for a customer; vendors have no type."""
        return self._add("vendor", name, {"company_name": name})

    def add_likely(self, name: str, **known: Any) -> Contact:
        """Adds a customer with the values that a bookkeeper is likely to enter."""
        chance = self.chance
        likely: dict[str, Any] = {"work_phone": phone(chance) if chance.random() < 0.8 else None}
        if chance.random() < 0.85:
            first, last = chance.choice(FIRST), chance.choice(LAST)
            likely.update(first_name=first, last_name=last, email=email(name), salutation=chance.choice(("Ms.", None)))
            likely.update(address(chance, "billing"))
        if chance.random() < 0.4:
            likely.update(address(chance, "shipping"))
        if chance.random() < 0.3:
            likely.update(note=chance.choice(NOTES), website=f"https://{email(name).partition('@')[2]}")
        person = "," in name
        kind = {"contact_type": "individual"} if person else {"company_name": name}
        return self.add(name, **likely, **kind, **self._money(), **known)

    def finish(self, store: Store) -> None:
        """Writes the contacts."""
        store.fill(contacts.to_row(self.organization, contact) for contact in self._contacts)
        last = len(self._contacts)
        store.execute("INSERT INTO counters VALUES (?, ?)", f"contacts {self.organization.id}", last)

    def _add(self, service: str, name: str, known: dict[str, Any]) -> Contact:
        plain = contacts.blank(len(self._contacts) + 1, service, name, self.organization.base_currency)
        contact = {**plain, **known}
        self._contacts.append(contact)
        return contact

    def _money(self) -> dict[str, Any]:
        """An opening balance for one in three; totals in floating point, like the server's."""
        chance = self.chance
        opening = self._amount() if chance.random() < 0.33 else 0
        invoices = chance.choice((0, 0, 1, 2, 3))
        balance = float(opening)
        for _ in range(invoices):
            balance += self._amount()
        day = chance.choice(_DAYS) if opening else None
        amounts = {"opening_balance": opening, "opening_balance_at": day, "balance": contacts.plain(balance)}
        return {**amounts, TRANSACTIONS: invoices}

    def _amount(self) -> float:
        cents = self.chance.randrange(2_000, 900_000)
        return cents if self.organization.base_currency == "JPY" else cents / 100


def address(chance: random.Random, kind: str) -> dict[str, str]:
    """A postal address, as members of a customer."""
    city, state, code = chance.choice(CITIES)
    street = f"{chance.randrange(1, 980)} {chance.choice(STREETS)}"
    parts = {"1": street, "_city": city, "_state": state, "_postcode": code, "_country": "United States"}
    return {f"{kind}_address{part}": value for part, value in parts.items()}
