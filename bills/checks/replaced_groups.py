"""Another item group picked in place of a stored one: the accounting system replaces all lines inside it. Pure."""

from collections.abc import Iterator, Sequence

from bills.grid.columns import find_inner_list
from bills.grid.item_groups import find_group_member
from bills.grid.lines import get_line_amount
from record_forms.checks import Check
from record_forms.form_data import ID
from records.content import Content, get_at_path
from records.formatting import format_count, format_money

from .changed_lines import name_line

LISTED = 10  # lines that a sentence names; of more it gives the number


def check_replaced_groups(base: Content, edited: Content, unknown: Sequence[str], books: str) -> list[Check]:
    """A warning for each stored group with another item group; `unknown` names those that only `books` calculates."""
    return [_make_check(was, now, unknown, books) for was, now in list_replaced_groups(base, edited)]


def list_replaced_groups(base: Content, edited: Content) -> Iterator[tuple[Content, Content]]:
    """Yield each stored group that has another item group now, as it was and as it is to be."""
    for f in base.shape.lists:
        if kit := find_group_member(f.shape):
            stored = {line[ID]: line for line in base[f.name]}
            for now in edited[f.name]:
                was = stored.get(now[ID])
                if was is not None and get_at_path(was, f"{kit.name}.id") != get_at_path(now, f"{kit.name}.id"):
                    yield was, now


def name_group(line: Content) -> str:
    """Return the name of a line's item group; "" for any other line."""
    kit = find_group_member(line.shape)
    return str(line[kit.name] or "") if kit else ""


def _make_check(was: Content, now: Content, unknown: Sequence[str], books: str) -> Check:
    old, new = name_group(was), name_group(now)
    is_known = new not in unknown
    sum_now = f" ({format_money(get_line_amount(now))})" if is_known else ""
    added = _describe(now) if is_known else f"the lines of {new}"
    return Check(
        title=f"{old} ({format_money(get_line_amount(was))}) is replaced by {new}{sum_now}.",
        why=f"{books} removes {_describe(was)} and adds {added}.",
        next_step=f"Check the lines of {new}, or put {old} back.",
        spots=(str(was[ID]),),
    )


def _describe(group: Content) -> str:
    """Return the lines of a group in words: "2 lines (Tape 37.00, Label 195.00)"."""
    within = find_inner_list(group.shape)
    lines = group[within.name] if within else ()
    named = [f"{name_line(line)} {format_money(get_line_amount(line))}" for line in lines[:LISTED]]
    rest = len(lines) - LISTED
    named += [f"and {rest} more"] if rest > 0 else []
    return format_count(len(lines), "line") + (f" ({', '.join(named)})" if named else "")
