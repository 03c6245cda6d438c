"""The units of a line: those of its item's set, or of the set that overrides it on the line."""

from sandbox.conductor.http.errors import quickbooks
from sandbox.conductor.http.resources import ITEMS

from .books import Books
from .records import Record


def check_unit(books: Books, line: Record, item_member: str) -> None:
    """Refuses a unit that is not available for the line's item, or item group (docs/vendors/conductor.md, 8.8)."""
    if line["unitOfMeasure"] and line["unitOfMeasure"].casefold() not in _list_units(books, line, item_member):
        text = f'The unit of measure "{line["unitOfMeasure"]}" is not one of the available units of the item.'
        raise quickbooks("3210", text)


def _list_units(books: Books, line: Record, item_member: str) -> list[str]:
    named = line["overrideUnitOfMeasureSet"] or _find_own_set(books, line[item_member])
    found = books.get("unit-of-measure-sets", named["id"]) if named else None
    if found is None:
        return []
    return [unit["name"].casefold() for unit in (found["baseUnit"], *found["relatedUnits"])]


def _find_own_set(books: Books, reference: Record | None) -> Record | None:
    item = books.find((*ITEMS, "item-groups"), reference["id"]) if reference else None
    own: Record | None = item.get("unitOfMeasureSet") if item else None
    return own
