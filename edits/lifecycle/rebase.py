"""What an edit wanted, merged into the record as it stands now.

Where a save of it was once lost, its new lines may stand in the books already; they are then told by what was typed.
"""

from dataclasses import replace

from books.models import Record
from edits.models.edit import Edit, EditQuerySet, pk_of
from records.content import Content
from records.merge.applied import matched
from records.merge.parts import Part, Side, by_key
from records.merge.three_way import Merge, three_way
from tenants.access import Member

from . import requested


def met(edit: Edit, now: Content) -> Merge:
    """The edit over the record as it is `now`; without its base every difference is a clash."""
    if edit.base is None:
        return three_way(None, now.replace(**requested.changes(edit)), now)
    own = Edit.objects.filter(tenant=edit.tenant_id, person=edit.person_id, kind=edit.kind, remote_id=edit.remote_id)
    was_lost = _was_lost(own, {edit.form}, {edit.pk})
    return _merged(requested.base(edit), requested.wanted(edit), now, was_lost=was_lost)


def brought_in(
    member: Member, record: Record, form: str, follows: str, was: Content, mine: Content, now: Content
) -> Merge:
    """What is typed in a form over the record as it is `now`; `form` is its token, `follows` the edit it takes up."""
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, kind=record.kind, remote_id=record.remote_id)
    return _merged(was, mine, now, was_lost=_was_lost(own, {form}, {pk_of(follows)}))


def _merged(base: Content, mine: Content, now: Content, *, was_lost: bool) -> Merge:
    if not was_lost:
        return three_way(base, mine, now)
    merge = three_way(base, matched(base, mine, now), now)
    return replace(merge, parts=tuple(_doubted(merge, part) for part in merge.parts))


def _was_lost(own: EditQuerySet, forms: set[str], pks: set[int]) -> bool:
    """Whether the outcome of any save was unknown once that these forms and edits of a person go back to.

    A form may have been saved more than once, and an edit may stand for others, which were made of other forms.
    """
    rest = list(own.only("form", "resolved_by", "may_land_until"))
    while found := [e for e in rest if e.pk in pks or e.resolved_by_id in pks or (e.form and e.form in forms)]:
        if any(edit.may_land_until for edit in found):
            return True
        pks, forms = pks | {edit.pk for edit in found}, forms | {edit.form for edit in found}
        rest = [edit for edit in rest if edit not in found]
    return False


def _doubted(merge: Merge, part: Part) -> Part:
    """A new line of mine is asked about where a line that nobody knows has come up beside it: it may be that one."""
    is_my_new = part.side is Side.MINE and not part.fields and part.was is None and part.theirs is None
    return replace(part, side=Side.CLASH) if is_my_new and _has_unknown(merge, part) else part


def _has_unknown(merge: Merge, part: Part) -> bool:
    sides = [merge.base, merge.mine, merge.theirs]
    for place in part.places[:-1]:
        found = [by_key(place.field, side[place.field.name]) if side else {} for side in sides]
        sides = [lines[place.key][1] if place.key in lines else None for lines in found]
    f = part.places[-1].field
    base, mine, theirs = ({line[f.key] for line in side[f.name]} if side else set() for side in sides)
    return bool(theirs - base - mine)
