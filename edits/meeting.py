"""What an edit wanted, merged into the record as it stands now.

Where a save of it was once lost, its new lines may stand in the books already; they are then told by what was typed.
"""

from dataclasses import replace

from django.db.models import Q

from books.records import Content

from . import wishes
from .landed import matched
from .merge import Merge, three_way
from .models import Edit
from .parts import Part, Side, by_key


def met(edit: Edit, now: Content) -> Merge:
    """The edit over the record as it is `now`; without its base every difference is a clash."""
    if edit.base is None:
        return three_way(None, now.replace(**wishes.changes(edit)), now)
    base, mine = wishes.base(edit), wishes.wanted(edit)
    if not _may_have_landed(edit):
        return three_way(base, mine, now)
    merge = three_way(base, matched(base, mine, now), now)
    return replace(merge, parts=tuple(_doubted(merge, part) for part in merge.parts))


def _may_have_landed(edit: Edit) -> bool:
    """Whether the outcome of this save was unknown once, or that of an earlier one of the same form."""
    same = Q(pk=edit.pk) | Q(resolved_by=edit)
    if edit.form:
        same |= Q(tenant=edit.tenant_id, person=edit.person_id, form=edit.form)
    return Edit.objects.filter(same, may_land_until__isnull=False).exists()


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
