"""A site is no bin, and a bin is one of its site."""

from typing import Any

import pytest
from django.http import QueryDict

from bills.grid.lines import BillLines
from books import registry
from books.mirror import lookup
from books.models import Record
from records.content import Reference
from tenants.models import Tenant
from tests.bills.factories import list_titles, store_bill, store_lists

MAIN, ANNEX = Reference("S1", "Main"), Reference("S2", "Annex")
IN_MAIN, IN_ANNEX, B = Reference("N1", "Shelf A"), Reference("N2", "Shelf A"), Reference("N3", "Shelf B")


@pytest.fixture
def record(larch: Tenant) -> Record:
    store_lists(larch)
    return store_bill(larch)


@pytest.mark.parametrize(
    ("site", "within", "said"),
    [
        (MAIN, IN_MAIN, []),
        (MAIN, None, []),
        (ANNEX, IN_ANNEX, []),
        (MAIN, B, ["The bin Shelf B is in Annex, not in Main."]),
        (MAIN, IN_ANNEX, ["The bin Shelf A is in Annex, not in Main."]),
        (None, B, ["The bin Shelf B is in Annex."]),
        (B, None, ["Shelf B is a bin of Annex, not a site."]),
        (B, MAIN, ["Shelf B is a bin of Annex, not a site."]),
        (MAIN, ANNEX, ["Annex is a site, not a bin."]),
        (Reference("X9", "Never read"), Reference("X8", "Never read"), []),
    ],
)
def test_a_bin_has_to_be_one_of_the_site(record, site, within, said):
    line = lookup.get_content(record)["item_lines"][0]
    changed = line.replace(inventory_site=site, inventory_site_location=within)
    assert list_titles(record, item_lines=(changed,)) == said


def typed(record: Record, tenant: Tenant, **texts: str) -> Any:
    """The bin of the stored line after these texts were typed into it."""
    data = QueryDict(mutable=True)
    for name, text in {"id": "I1", **texts}.items():
        data[f"item_lines-0-{name}"] = text
    lines = BillLines(tenant, registry.get_table(tenant, "bills"), lookup.get_content(record), data)
    return lines.errors or lines.edited["item_lines"][0]["inventory_site_location"]


@pytest.mark.parametrize(("site", "found"), [("Main", IN_MAIN), ("annex", IN_ANNEX)])
def test_a_name_that_two_sites_give_to_a_bin_means_the_one_of_the_site(record, larch, site, found):
    assert typed(record, larch, inventory_site=site, inventory_site_location="shelf a") == found


def test_another_site_takes_its_own_bin_of_the_same_name(larch):
    store_lists(larch)
    where = {
        "inventorySite": {"id": "S1", "fullName": "Main"},
        "inventorySiteLocation": {"id": "N1", "fullName": "Shelf A"},
    }
    record = store_bill(larch, itemLines=[{"id": "I1", "amount": "1.00", **where}])
    assert typed(record, larch, inventory_site="Annex", inventory_site_location="Shelf A") == IN_ANNEX
    assert typed(record, larch, inventory_site="Main", inventory_site_location="Shelf A") == IN_MAIN
