"""The columns of a bill's lines: which member of each kind of line is shown in which column of the one table.

A member without a column of its own gets one if the bill has a value for it; otherwise an open line shows it in its
second row. Members are found through the field table, so a new one appears automatically. A pasted sheet may call the
columns by the names of other programs.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from record_forms.typed.currency import list_marks
from records.content import Content, get_at_path, is_blank
from records.fields import Field, FieldKind, Shape
from records.folding import fold

MORE = 112  # pixels: a column that few bills need


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: its class in the style sheet, its head, the names of the members that it may show, its least width."""

    css: str
    label: str
    names: tuple[str, ...]
    width: int = MORE

    @property
    def key(self) -> str:
        """The name under which a person hides it."""
        return self.css.removeprefix("c-") if self in COLUMNS else self.names[0]

    def member(self, shape: Shape) -> Field | None:
        """Return the member of this kind of line that the column shows, if any."""
        return next((shape[name] for name in self.names if name in shape), None)


# In pixels: what a window of 1280 leaves for the table, the columns of line numbers and of buttons, and what the
# columns get on top of their least width in a table that scrolls anyway: so little that the usual ones, up to Billable,
# are seen before it is scrolled. static/css/lines.css has the same widths.
FRAME, NUMBERS, BUTTONS, ROOM = 1230, 48, 72, 40
COLUMNS = (
    GridColumn("c-item", "Account or item", ("account", "item", "item_group"), 150),
    GridColumn("c-text", "Description, memo", ("memo", "description"), 160),
    GridColumn("c-qty", "Quantity", ("quantity",), 80),
    GridColumn("c-unit", "Unit", ("unit_of_measure",), 64),
    GridColumn("c-cost", "Cost", ("cost",), 88),
    GridColumn("c-amount", "Amount", ("amount", "total_amount"), 104),
    GridColumn("c-job", "Customer:job", ("payee", "customer"), 140),
    GridColumn("c-class", "Class", ("class",), 100),
    GridColumn("c-bill", "Billable", ("billing_status",), 100),
)
FIXED = ("c-item", "c-text", "c-amount")  # needed to tell lines apart
USUAL = frozenset(name for column in COLUMNS for name in column.names)
# Heads in a pasted sheet, by member: those of other programs, and QuickBooks' own.
OTHER_HEADS = {
    "item": "product|product/service|products/services|product or service|item name|product name",
    "account": "category|expense account|gl account|g/l account|account name",
    "description": "desc|item description|product description|memo|memo/description",
    "memo": "desc|memo/description",
    "quantity": "qty|q'ty",
    "unit_of_measure": "u/m|um|uom|unit of measure",
    "cost": "rate|price|unit price|unit cost|unit rate|price each|cost each|price per unit|cost per unit",
    "amount": "amt|total|line total|line amount|total amount|total price|total cost|extended|extended amount|"
    "extended cost|extended price|ext|ext amount|ext amt|ext cost|ext price",
    "payee": "customer|job|customer/job|customer job|project|customer/project",
    "customer": "customer|job|customer/job|customer job|project|customer/project",
    "inventory_site": "inventory site",
    "serial_number": "serial no|serial numbers",
    "lot_number": "lot no|lot",
    "expiration_date": "expiration date|expiry date|exp date",
}
NOTE = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]$")  # Amount (USD), Qty (pcs)
MARKED = re.compile(r"[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}")
AROUND = " \n:?*"
MONEY = (FieldKind.MONEY, FieldKind.COST)


def find_inner_list(shape: Shape) -> Field | None:
    """Return the list of lines inside a line of this shape, if it has one (an item group)."""
    return shape.lists[0] if shape.lists else None


def has_amounts(shape: Shape) -> bool:
    """Whether a bill's total can be shown: whether the amounts of all its lines are, those inside groups included."""
    lists = [f for f in shape.declared if f.kind is FieldKind.LIST and f.writable]
    amounts = [f for f in shape.declared if f.name in ("amount", "total_amount")]
    return all(f.name in shape for f in (*lists, *amounts)) and all(has_amounts(f.shape) for f in lists)


def walk_lines(lines: Iterable[Content]) -> Iterator[Content]:
    """Yield each line, followed by those inside it."""
    for line in lines:
        yield line
        if within := find_inner_list(line.shape):
            yield from line[within.name]


def list_unneeded(shape: Shape, preferences: Content | None) -> frozenset[str]:
    """Return the members that need a preference which the company has off; none if its preferences are unknown."""
    if preferences is None:
        return frozenset()
    return frozenset(f.name for f in shape.writable if f.needs and get_at_path(preferences, f.needs[0]) != f.needs[1])


def filter_shown(
    columns: Iterable[GridColumn], lines: Sequence[Content], off: frozenset[str], hidden: Collection[str]
) -> tuple[GridColumn, ...]:
    """Return the columns without those that a person has hidden, or that are off and blank in every line."""
    needed = {name for line in walk_lines(lines) for name in off if name in line and not is_blank(line[name])}
    return tuple(
        column
        for column in columns
        if column.css in FIXED or (column.key not in hidden and not off - needed >= {*column.names})
    )


def style_table(columns: Collection[GridColumn]) -> str:
    """Return the classes of a table with these columns."""
    absent = [f"no-{column.key}" for column in COLUMNS if column not in columns]
    scrolled = measure_scrolled(columns)
    more = ["has-more"] if set(columns) - set(COLUMNS) else []
    return " ".join([*absent, *more, *(["is-wide", f"w-{scrolled}"] if scrolled else [])])


def measure_scrolled(columns: Collection[GridColumn]) -> int:
    """Return the width of a table with these columns, in hundreds of pixels; 0 if a screen shows all of it at once."""
    buttons = BUTTONS if set(columns) <= set(COLUMNS) else MORE  # all of them are one size
    least = NUMBERS + sum(column.width for column in columns) + buttons
    return -(-(least + ROOM) // 100) if least > FRAME else 0


def choose_columns(lines: Iterable[Content]) -> tuple[GridColumn, ...]:
    """Return the usual columns, and one more for each other member that has a value in any of `lines`."""
    missing: dict[int, list[tuple[int, Field]]] = {}
    found: dict[str, tuple[int, str]] = {}
    for line in walk_lines(lines):
        if id(line.shape) not in missing:
            missing[id(line.shape)] = [(n, f) for n, f in enumerate(line.shape.typed) if f.name not in USUAL]
        for place, f in list(missing[id(line.shape)]):
            if not is_blank(line[f.name]):
                missing[id(line.shape)].remove((place, f))
                found.setdefault(f.name, (place, f.label))
    in_order = sorted(found, key=lambda name: found[name])
    return (*COLUMNS, *(GridColumn("c-more", found[name][1], (name,)) for name in in_order))


def find_named_member(shape: Shape, names: Sequence[str], cell: str, code: str) -> str:
    """Return the member on screen that a head names, in our words or in those of other programs; "" for none.

    Amounts in another currency than the bill's, whose code is `code`, are none of its members.
    """
    head = fold_head(cell, code)
    found = next((name for name in names if head and head in _list_heads(shape, name)), "")
    note = NOTE.search(cell.strip(AROUND))
    is_other = code and note and MARKED.fullmatch(note[1]) and note[1] not in list_marks(code)
    return "" if is_other and found and shape[found].kind in MONEY else found


def _list_heads(shape: Shape, name: str) -> list[str]:
    column = next((one for one in COLUMNS if name in one.names), None)
    ours = [shape[name].label, *([column.label, *re.split(r", | or ", column.label)] if column else ())]
    return [*map(str.casefold, ours), *OTHER_HEADS.get(name, "").split("|")]


def fold_head(cell: str, code: str) -> str:
    """Return a head as it is compared: “Qty. (pcs)” as qty, and “Amount USD” as amount on a bill in dollars."""
    text = cell.strip(AROUND)
    words = fold(NOTE.sub("", text)).replace(".", "").strip(AROUND)
    marks = "|".join(re.escape(fold(mark)) for mark in list_marks(code))
    return re.sub(rf" (?:in )?(?:{marks})$", "", re.sub(" ?: ?", ":", words))
