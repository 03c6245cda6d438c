"""What an edit asked for, as content: the version its author saw, and that version with their changes.

Without a `shape` all of it, for a save; with that of a reduced table, what a member may see of it.

What an edit asks for is relative to its base with what its author's edits ahead of it ask for: `find_sides` says what
that is once some of those are saved.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from books import registry
from books.mirror import lookup
from books.mirror.currencies import use_amounts_of
from books.models import Record, Version
from edits.models.edit import UNDER_WAY, Edit, State
from records.changes import list_changed_fields
from records.content import Content, Value
from records.decoder import decode_value
from records.diff import Change, diff_records
from records.fields import FieldKind, Shape
from records.json_text import parse_json
from records.merge.applied import match_lines
from records.merge.parts import is_alike


class Sides(NamedTuple):
    """What an author saw, and what they made of it, both with what is `saved` of their edits ahead.

    `is_told` is False if a list has new lines of which nobody can tell whether an edit ahead has added them.
    """

    was: Content
    mine: Content
    saved: Sequence[Edit] = ()
    is_told: bool = True


def get_requested(edit: Edit, shape: Shape | None = None) -> Content:
    """Return the content that the person asked for: the base with their changes."""
    return get_base(edit, shape).replace(**get_changes(edit, shape))


def get_base(edit: Edit, shape: Shape | None = None) -> Content:
    """Return the content that the person saw; a blank one if it is no longer stored."""
    shape = shape or registry.get_table(edit.tenant, edit.kind).shape
    return lookup.decode_shape(shape, edit.base) if edit.base else Content(shape, {})


def get_changes(edit: Edit, shape: Shape | None = None) -> dict[str, Value]:
    """Return the value asked for of each changed field, by field name."""
    shape = shape or registry.get_table(edit.tenant, edit.kind).shape
    return {name: decode_value(shape[name], raw) for name, raw in parse_json(edit.wanted).items() if name in shape}


def list_differences(record: Record, was: Content, now: Content) -> list[Change]:
    """Return what differs between two contents of a record, in the words that its history keeps."""
    with use_amounts_of(record.tenant, registry.get_table(record.tenant, record.kind), now):
        return diff_records(was, now)


def add_changes(was: Content, edits: Iterable[Edit]) -> Content:
    """Return the content `was` with what these edits ask for, one after the other."""
    for edit in edits:
        was = was.replace(**get_changes(edit, was.shape))
    return was


def list_ahead(edit: Edit) -> Iterator[Edit]:
    """Yield the edits that the form of an edit showed as if they were saved, the newest first."""
    while edit.behind is not None:
        edit = edit.behind
        yield edit


def list_shown(edit: Edit) -> list[Edit]:
    """Return the edits ahead that are under way or saved, and that the edit's base does not hold yet, oldest first.

    The base is a later one once the edit was merged into the record to be sent.
    """
    found = [one for one in list_ahead(edit) if one.state in UNDER_WAY or is_saved_since(one, edit.base_id)]
    return found[::-1]


def is_saved_since(one: Edit, seen: int | None) -> bool:
    """Return whether an edit is saved and the version `seen` does not hold it.

    What is as it was before has the version that it had then, where the vendor numbers none: a result may be an older
    version than that which was seen.
    """
    if one.state != State.SAVED or seen is None:
        return False
    return one.result_id is None or one.result_id > seen or (one.base_id is not None and one.base_id >= seen)


def has_written(edit: Edit) -> bool:
    """Return whether a saved edit was sent: one that found its values in the books has made no version."""
    return [state for state, _ in edit.state_log][-2:] != [State.QUEUED, State.SAVED]


def find_sides(edit: Edit, shape: Shape | None = None) -> Sides:
    """Return what the author of an edit saw and what they made of it."""
    saved = [one for one in list_shown(edit) if one.state == State.SAVED]
    return _find_sides(get_base(edit, shape), edit.base_id, get_changes(edit, shape), saved)


def find_sides_of_form(seen: Version, mine: Content, shown: Iterable[Edit]) -> Sides:
    """Return the same of a form over the version `seen` that shows these edits, the oldest first, and now `mine`.

    What is still under way is part of what the form asks for.
    """
    was, saved = lookup.decode_shape(mine.shape, seen), [one for one in shown if is_saved_since(one, seen.pk)]
    changed = list_changed_fields(add_changes(was, saved), mine)
    return _find_sides(was, seen.pk, {f.name: mine[f.name] for f in changed}, saved)


def _find_sides(was: Content, seen: int | None, changes: dict[str, Value], saved: Sequence[Edit]) -> Sides:
    if not saved or (version := saved[-1].result) is None:
        shown = add_changes(was, saved)
        return Sides(was, shown.replace(**changes))
    result, shown = lookup.decode_shape(was.shape, version), add_changes(was, saved)
    if _follow_directly(seen, saved):
        return Sides(result, match_lines(was, result.replace(**changes), result), saved)
    theirs = {name for one in saved for name in one.fields.split() if name in was.shape}
    lists = [name for name in theirs & changes.keys() if was.shape[name].kind is FieldKind.LIST]
    matched = match_lines(was, shown, result)
    known = [f for f in was.shape.fields if f.name in theirs and f.kind is not FieldKind.LIST]
    kept = [f.name for f in known if f.kind is not FieldKind.GROUP or is_alike((f,), shown, result)]
    with_saved = was.replace(**{name: matched[name] for name in lists}, **{name: result[name] for name in kept})
    return Sides(with_saved, match_lines(was, with_saved.replace(**changes), with_saved), saved, is_told=not lists)


def _follow_directly(seen: int | None, saved: Iterable[Edit]) -> bool:
    """Return whether the saved edits, the oldest first, alone made the record of the version that the author saw."""
    made = seen
    for one in saved:
        was_sent = any(state == State.SENDING for state, _ in one.state_log)
        if one.base_id != made or one.uncertain_until is not None or not was_sent:
            return False
        made = one.result_id
    return True
