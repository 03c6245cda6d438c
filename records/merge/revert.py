"""Takes back the changes of a saved edit. Pure: whether they were changed since is decided by the merge."""

from collections.abc import Iterator
from dataclasses import replace

from records.changes import NEW_LINE
from records.content import Content
from records.fields import Field, FieldKind

from .answer import compare_answer
from .applied import Lines
from .parts import Choice, MergePart, Side, can_restore
from .three_way import merge_three_way


def revert_changes(base: Content, wanted: Content, result: Content) -> tuple[Content, list[MergePart]]:
    """Return the result of an edit without its changes to the base, and the parts that cannot be reverted.

    Its changes are reverted from what the vendor answered, even if it answered otherwise than was asked. Values that
    the vendor derived, and changes made in between, are kept as in the result. A line that the edit removed comes back
    as a new line, because its id is gone.
    """
    saved = compare_answer(base, wanted, result).settled
    merge = merge_three_way(saved, base, result)
    back = merge.content({part.key: Choice.MINE for part in merge.clashes})
    steps = merge_three_way(result, _revive_lines(back, result), result)
    stays = [part for part in steps.parts if not can_restore(part.fields, part.mine, part.theirs)]
    held = [replace(part, side=Side.CLASH) if part in stays else part for part in steps.parts]
    return replace(steps, parts=tuple(held)).content({part.key: Choice.THEIRS for part in stays}), stays


def _revive_lines(record: Content, there: Content | None) -> Content:
    """Return the record with the key of a new line on each line that `there` no longer has."""
    lists = [f for f in record.shape.writable if f.kind is FieldKind.LIST and not f.shape[f.key].writable]
    return record.replace(
        **{f.name: tuple(_revert_lines(f, record[f.name], there[f.name] if there else ())) for f in lists}
    )


def _revert_lines(f: Field, lines: Lines, there: Lines) -> Iterator[Content]:
    known = {line[f.key]: line for line in there}
    for line in lines:
        found = known.get(line[f.key])
        alive = _revive_lines(line, found)
        yield alive if found is not None else alive.replace(**{f.key: NEW_LINE})
