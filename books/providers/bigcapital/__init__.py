"""Bigcapital, reached through its HTTP API: customers, so far."""

from books.providers.base import Description

from .customers import CUSTOMERS

DESCRIPTION = Description(
    name="Bigcapital",
    tables={CUSTOMERS.kind: CUSTOMERS},
    pickers={},
    only={},
    tells_changes=False,
)
