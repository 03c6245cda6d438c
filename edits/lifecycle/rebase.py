"""An edit merged into the current record.

If an earlier save of the same may have been carried out, the vendor may have its new lines already; they are found by
their values.
"""

import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import replace

from books.models import Record, Version
from edits.models.edit import UNANSWERED, Edit, EditQuerySet, parse_pk
from records.changes import list_changed_fields
from records.content import Content
from records.fields import FieldKind
from records.merge.applied import match_lines
from records.merge.parts import MergePart, Side, index_lines
from records.merge.three_way import ThreeWayMerge, merge_three_way

from . import requested

_REOPENS = re.compile(r"from-(\d+)-[0-9a-f]+")  # the token of a form that opens an earlier edit again


def make_reopened_token(earlier: Edit) -> str:
    """Return the token of a form that opens an edit again. It names that: another tab may go on with the same."""
    return f"from-{earlier.pk}-{uuid.uuid4().hex[:12]}"


def rebase_edit(edit: Edit, now: Content) -> ThreeWayMerge:
    """Return the edit merged into the record `now`, as far as that shows it.

    Without its base every difference is a clash.
    """
    if edit.base is None:
        return merge_three_way(None, now.replace(**requested.get_changes(edit, now.shape)), now)
    return merge_sides(edit, requested.find_sides(edit, now.shape), now)


def merge_sides(edit: Edit, sides: requested.Sides, now: Content) -> ThreeWayMerge:
    """Return what the author of an edit saw and made of it, merged into the record `now`."""
    own = Edit.objects.filter(tenant=edit.tenant_id, kind=edit.kind, remote_id=edit.remote_id)
    pks = {edit.pk, *(one.pk for one in requested.list_ahead(edit))}
    return _merge_sides(sides, now, own, {edit.form}, pks, edit.base_id)


def rebase_form(
    record: Record,
    seen: Version,
    mine: Content,
    now: Content,
    *,
    form: str,
    follows: str = "",
    over: Iterable[Edit] = (),
) -> ThreeWayMerge:
    """Return a form's data `mine`, over the version `seen`, merged into the record `now`.

    `form` is its token, `follows` the number of the edit that it continues, `over` are the author's edits that it has
    shown as if they were saved, or made itself.
    """
    own = Edit.objects.filter(tenant=record.tenant, kind=record.kind, remote_id=record.remote_id)
    shown = {one.pk: one for one in over}
    sides = requested.find_sides_of_form(seen, mine, sorted(shown.values(), key=lambda one: (one.sent_at, one.pk)))
    return _merge_sides(sides, now, own, {form}, {parse_pk(follows), *shown}, seen.pk)


def _merge_sides(
    sides: requested.Sides,
    now: Content,
    own: EditQuerySet,
    forms: Collection[str],
    pks: Collection[int],
    seen: int | None,
) -> ThreeWayMerge:
    has_lines = any(f.kind is FieldKind.LIST for f in list_changed_fields(sides.was, sides.mine))
    known = {one.pk for one in sides.saved}
    if not has_lines or not any(_may_be_there(one, seen, known) for one in _list_chain(own, {*forms}, {*pks})):
        return merge_three_way(sides.was, sides.mine, now)
    merge = merge_three_way(sides.was, match_lines(sides.was, sides.mine, now), now)
    return replace(merge, parts=tuple(_list_doubted(merge, part) for part in merge.parts))


def _may_be_there(one: Edit, seen: int | None, known: Collection[int]) -> bool:
    """Return whether an edit may have been carried out since the version `seen`, other than as is `known` already."""
    if one.uncertain_until is not None or one.state in UNANSWERED:
        return True
    return requested.is_saved_since(one, seen) and one.pk not in known


def _list_chain(own: EditQuerySet, forms: set[str], pks: set[int]) -> list[Edit]:
    """Return the edits that these forms have made, those with these numbers, and all that replace any or are replaced.

    A form may have been saved more than once, and an edit may replace others that were made by other forms, or by
    somebody else before it was handed over. Several forms may have opened the same edit again, and one has replaced it.
    """
    rest, chain = list(own.only("form", "resolved_by", "uncertain_until", "state", "base", "result")), list[Edit]()
    while found := [e for e in rest if (e.form and e.form in forms) or pks & {e.pk, *_list_linked(e)}]:
        chain += found
        forms |= {edit.form for edit in found}
        pks |= {pk for edit in found for pk in (edit.pk, *_list_linked(edit))}
        rest = [edit for edit in rest if edit not in found]
    return chain


def _list_linked(edit: Edit) -> list[int]:
    """Return the numbers of the edits that an edit names: the one that replaced it, the one that its form reopened."""
    reopened = _REOPENS.fullmatch(edit.form)
    return [pk for pk in (edit.resolved_by_id, reopened and parse_pk(reopened[1])) if pk]


def _list_doubted(merge: ThreeWayMerge, part: MergePart) -> MergePart:
    """Make a new line of mine a clash if the record has an unknown new line in the same list: it may be the same.

    An entry that is known by the name that was typed cannot be one of another name.
    """
    is_my_new = part.side is Side.MINE and not part.fields and part.was is None and part.theirs is None
    if is_my_new and _is_known_by_name(part):
        return part
    return replace(part, side=Side.CLASH) if is_my_new and _has_unknown(merge, part) else part


def _is_known_by_name(part: MergePart) -> bool:
    f = part.places[-1].field
    return f.shape[f.key].writable


def _has_unknown(merge: ThreeWayMerge, part: MergePart) -> bool:
    sides = [merge.base, merge.mine, merge.theirs]
    for place in part.places[:-1]:
        found = [index_lines(place.field, side[place.field.name]) if side else {} for side in sides]
        sides = [lines[place.key][1] if place.key in lines else None for lines in found]
    f = part.places[-1].field
    base, mine, theirs = ({line[f.key] for line in side[f.name]} if side else set() for side in sides)
    return bool(theirs - base - mine)
