"""An edit merged into the current record.

If the answer to an earlier save was lost, the vendor may have its new lines already; they are found by their values.
"""

from dataclasses import replace

from books.models import Record
from edits.models.edit import Edit, EditQuerySet, parse_pk
from records.content import Content
from records.merge.applied import match_lines
from records.merge.parts import MergePart, Side, index_lines
from records.merge.three_way import ThreeWayMerge, merge_three_way
from tenants.access import Member

from . import requested


def rebase_edit(edit: Edit, now: Content) -> ThreeWayMerge:
    """Return the edit merged into the record `now`, as far as that shows it.

    Without its base every difference is a clash.
    """
    if edit.base is None:
        return merge_three_way(None, now.replace(**requested.get_changes(edit, now.shape)), now)
    own = Edit.objects.filter(tenant=edit.tenant_id, kind=edit.kind, remote_id=edit.remote_id)
    was_lost = _find_lost(own, {edit.form}, {edit.pk})
    return _merge_change(
        requested.get_base(edit, now.shape), requested.get_requested(edit, now.shape), now, was_lost=was_lost
    )


def rebase_form(
    member: Member, record: Record, form: str, follows: str, was: Content, mine: Content, now: Content
) -> ThreeWayMerge:
    """Return a form's data merged into the record `now`; `form` is its token, `follows` the edit that it continues."""
    own = Edit.objects.filter(tenant=member.tenant, kind=record.kind, remote_id=record.remote_id)
    return _merge_change(was, mine, now, was_lost=_find_lost(own, {form}, {parse_pk(follows)}))


def _merge_change(base: Content, mine: Content, now: Content, *, was_lost: bool) -> ThreeWayMerge:
    if not was_lost:
        return merge_three_way(base, mine, now)
    merge = merge_three_way(base, match_lines(base, mine, now), now)
    return replace(merge, parts=tuple(_list_doubted(merge, part) for part in merge.parts))


def _find_lost(own: EditQuerySet, forms: set[str], pks: set[int]) -> bool:
    """Return whether any save behind these forms and edits ever had an unknown outcome.

    A form may have been saved more than once, and an edit may replace others that were made by other forms, or by
    somebody else before it was handed over.
    """
    rest = list(own.only("form", "resolved_by", "uncertain_until"))
    while found := [e for e in rest if e.pk in pks or e.resolved_by_id in pks or (e.form and e.form in forms)]:
        if any(edit.uncertain_until for edit in found):
            return True
        pks, forms = pks | {edit.pk for edit in found}, forms | {edit.form for edit in found}
        rest = [edit for edit in rest if edit not in found]
    return False


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
