"""The invented companies of the sandbox."""

import gc

from sandbox.bigcapital.organizations import ORGANIZATIONS
from sandbox.store import Store

from .company_builder import Setup
from .contractor import add_contractor
from .example import add_example
from .interiors import add_interiors
from .settings import facts
from .small import add_small
from .tea import add_tea
from .wholesaler import add_wholesaler


def fill(store: Store, customers: int, bills: int, small: int = 0, customers_of_small: int = 20) -> None:
    """Fills an empty store in one transaction.

    The sizes are the wholesaler's, then the number of small companies, and of customers of each of them.
    """
    # Hundreds of thousands of short-lived records would trigger the garbage collector in vain.
    gc.disable()
    with store.transaction():
        add_example(store)
        add_contractor(store)
        add_wholesaler(store, customers, bills)
        never = facts("Quillmark Stationery", "quillmark", "2026-11-02T10:15:00.000Z", "int_conn_neversetup001")
        Setup(store, "end_usr_neversetup001", 0, 1).finish(never, "not_set_up")
        off = facts("Garnet Vale Water", "garnet-vale", "2025-06-30T08:00:00.000Z", "int_conn_pcisoff00001")
        Setup(store, "end_usr_pcisoff00001", 0, 1).finish(off, "not_active", "2026-11-13T17:42:10.021Z")
        add_small(store, small, customers_of_small)
    gc.enable()


def fill_organizations(store: Store) -> None:
    """Adds Bigcapital's organizations, even to a store that was filled by a version without them."""
    interiors, tea, _ = ORGANIZATIONS
    if store.value("SELECT 1 FROM counters WHERE name = ?", f"contacts {interiors.id}"):
        return
    with store.transaction():
        add_interiors(store, interiors)
        add_tea(store, tea)
