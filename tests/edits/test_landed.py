"""Whether a change stands in what was read again."""

from books.conductor.customers import SHIP_TO
from books.records import Content
from edits.landed import holds

from .examples import CUSTOMER

YARD, DOCK = (Content(SHIP_TO, {"name": name, "city": "Boise"}) for name in ("Yard", "Dock"))
BASE = CUSTOMER.replace(alternate_shipping_addresses=(YARD,))
MINE = BASE.replace(alternate_shipping_addresses=(YARD, DOCK))


def test_entries_known_by_a_typed_name_stand_in_whatever_order_the_books_keep_them():
    ticked = DOCK.replace(is_default_shipping_address=False)  # what the books fill in
    assert holds(BASE.replace(alternate_shipping_addresses=(ticked, YARD)), BASE, MINE)


def test_an_entry_that_is_not_there_or_another_does_not_stand():
    assert not holds(BASE, BASE, MINE)
    assert not holds(BASE.replace(alternate_shipping_addresses=(YARD, DOCK.replace(city="Rome"))), BASE, MINE)
