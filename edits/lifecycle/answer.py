"""The only place where an edit becomes saved: what the vendor answered is compared with what was asked for.

A save, a settled one and one that landed late all come here. Names no field and no provider.
"""

import logging
from collections.abc import Sequence
from typing import Any

from books import registry
from books.mirror import lookup
from books.models import Version
from edits.models.edit import Edit, State
from records.content import Content
from records.fields import Shape
from records.formatting import NONE, format_count, lower_first
from records.merge.answer import (
    ADDED,
    MISSING,
    REMOVED,
    Answer,
    Difference,
    compare_answer,
    dump_differences,
)
from records.visible import is_path_shown, is_shown_whole

from . import requested, transitions

log = logging.getLogger(__name__)

SHOWN = 2  # differences that a message names
LONGEST = 60  # letters of a value in a message


def move_saved(edit: Edit, version: Version, answered: Content | None = None, **facts: Any) -> Edit:
    """Move an edit to SAVED with the version that it made; `answered` is its content, if it is decoded already."""
    differs = _compare(edit, version, answered)
    facts |= {"result": version, "differs": differs, "differs_open": True if differs else None}
    return transitions.move_edit(edit, State.SAVED, **facts)


def _compare(edit: Edit, version: Version, answered: Content | None) -> str:
    try:
        table = registry.get_table(edit.tenant, edit.kind)
        now = answered or lookup.decode_version(table, version)
        return dump_differences(compare_edit(edit, now).differences)
    except Exception:  # of any kind: the vendor has saved it, and no comparison may say otherwise
        log.exception("The answer to edit %s cannot be compared with what it asked for.", edit.pk)
        return ""


def compare_edit(edit: Edit, answered: Content) -> Answer:
    """Compare what an edit asked for with the record that the vendor answered with."""
    return compare_answer(requested.get_base(edit), requested.get_requested(edit), answered)


def list_shown_differences(shape: Shape, found: Sequence[Difference]) -> list[Difference]:
    """Return those of fields that a reduced shape shows; of a line that is partly hidden, without its text."""
    return [_hide_text(shape, one) for one in found if is_path_shown(shape, one.path)]


def _hide_text(shape: Shape, one: Difference) -> Difference:
    if one.label or is_shown_whole(shape, one.path[:1]):
        return one
    asked, answered = (text if text in (MISSING, REMOVED, ADDED) else "" for text in (one.asked, one.answered))
    return one._replace(asked=asked, answered=answered)


def describe_differences(found: Sequence[Difference], books: str) -> str:
    """Return what became of the values asked for: "QuickBooks made the tax code Non"; "" if nothing differs."""
    if not found:
        return ""
    told = [_describe(one) for one in found[:SHOWN]]
    if len(found) > SHOWN:
        told.append(f"changed {format_count(len(found) - SHOWN, 'more value')}")
    return f"{books} {' and '.join(filter(None, (', '.join(told[:-1]), told[-1])))}"


def _describe(one: Difference) -> str:
    place = f"“{one.place}”" if one.place else ""
    if not one.label:
        return f"{_VERBS.get(one.answered) or _VERBS[one.asked]} {place}"
    what = f"the {lower_first(one.label)}{f' in {place}' if place else ''}"
    return f"left {what} empty" if one.answered == NONE else f"made {what} {_cut(one.answered)}"


_VERBS = {MISSING: "left out", REMOVED: "did not remove", ADDED: "added"}


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
