"""Bigcapital, reached through its HTTP API: customers, so far."""

from books.providers.base import Description
from books.providers.errors import OtherOrganization

from .customers import CUSTOMERS

DESCRIPTION = Description(
    name="Bigcapital",
    account="Bigcapital account",
    requests={"current": "Connection check"},
    tables={CUSTOMERS.kind: CUSTOMERS},
    pickers={},
    only={},
    tells_changes=False,
    other=OtherOrganization,
)
