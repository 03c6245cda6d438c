"""Columns that a person may add to a list: every field of the record that its own columns do not show; their widths.

Knows no kind of record. Made from a table as its reader may see it, so nothing hidden is among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from books.mirror.lists.unlisted import JOINT
from books.mirror.projection import is_kept
from records.fields import Field, FieldKind, Table

from .list_table import MORE, SIZES, Column

NUMBERS = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)
KEPT = "text keeps-room"  # the look of a text column that other columns do not squeeze
CELLS = {FieldKind.MONEY: "amount", FieldKind.DATE: "day", FieldKind.MOMENT: "day"}


@lru_cache(maxsize=256)
def list_field_columns(table: Table, own: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the further columns of a list that declares its `own`, in the order of the record's page."""
    shown = {table.columns.get(name, name) for column in own for name in column.needs}
    return tuple(column for f in table.shape.fields for column in _make_columns(table, f, shown))


def _make_columns(table: Table, f: Field, shown: set[str]) -> Iterator[Column]:
    if f.kind is FieldKind.GROUP:
        for member in f.shape.fields:
            if member.members is None:
                yield _make_column(member, f"{f.name}{JOINT}{member.name}", f"{f.label}: {member.label}", unlisted=True)
    elif f.kind is not FieldKind.LIST and not shown & {f.name, f"{f.name}.name"}:
        yield _make_column(f, f.name, f.label, unlisted=iskeyword(f.name) or not is_kept(table.kind, f.name))


def _make_column(f: Field, name: str, label: str, *, unlisted: bool) -> Column:
    look = "num muted" if f.kind in (*NUMBERS, *CELLS) else "text w-20 muted"
    sort = "" if unlisted else None  # what is in no column cannot be sorted by
    cell = "home_amount" if f.in_home else CELLS.get(f.kind, "text")
    return Column(name, label, cell, sort=sort, look=look, unlisted=unlisted)


def choose_asked(asked: str, usual: Sequence[Column], more: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns that an address names, separated by commas, in its order; the usual ones if it names none.

    The column that leads to the record is always there, and no window is too narrow for what is chosen. A name that
    says nothing here is left out: a view that is shared may name what its reader does not see.
    """
    named = {column.name: column for column in (*usual, *more)}
    found = [named[name] for name in dict.fromkeys(asked.split(",")) if name in named]
    if not found:
        return tuple(usual)
    link = next(column for column in usual if column.is_link)
    return _show_everywhere(found if link in found else [link, *found])


def _show_everywhere(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns that a person has chosen: narrow windows leave none out and squeeze no text; phones show all.

    The last of several columns in one place on a phone has it, the others are below.
    """
    last = {column.phone: column.name for column in columns}
    return tuple(
        replace(
            column,
            look=" ".join(KEPT if one == "text" else one for one in column.look.split() if one != "low-priority"),
            phone=column.phone if column.phone and last[column.phone] == column.name else MORE,
        )
        for column in columns
    )


def set_widths(columns: tuple[Column, ...], widths: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns with the widths that a person has given some of them, by name."""
    if not any(widths.get(column.name) in SIZES for column in columns):
        return columns
    return tuple(
        replace(column, look=f"{column.look} size-{size}".strip())
        if (size := widths.get(column.name)) in SIZES
        else column
        for column in columns
    )
