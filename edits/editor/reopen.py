"""Reopens an earlier edit in the form of the current record, with its decisions and its open clashes.

An open clash has its author's value in the form. The form token names it, so that every save asks before it replaces
the vendor's value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from edits.conflict.custom_values import CustomValues, FormPlace, list_inputs, locate_part
from edits.conflict.labels import describe_result
from edits.conflict.page import list_choices
from edits.lifecycle.form_token import FormToken, InvalidToken
from edits.lifecycle.rebase import rebase_edit
from edits.models.edit import Edit
from record_forms.checks import Check
from record_forms.form_data import REMOVE
from record_forms.registry import KINDS
from record_forms.typed.parse import format_typed
from records.changes import NEW_LINE
from records.content import Content
from records.fields import Table
from records.merge.parts import Choice, MergePart, is_alike

TAKE_THEIRS = "take-theirs"


@dataclass(frozen=True, slots=True)
class OpenClash:
    """A clash without a decision: the value of each side, and whether a button can take theirs."""

    part: MergePart
    place: FormPlace | None

    @property
    def yours(self) -> str:
        return describe_result(self.part, self.part.mine)

    @property
    def now(self) -> str:
        return describe_result(self.part, self.part.theirs)

    @property
    def is_doubted(self) -> bool:
        """Whether it is a new line of mine that the vendor may already have (see `edits/lifecycle/rebase.py`)."""
        return not self.part.fields and self.part.was is None and self.part.theirs is None

    @property
    def spots(self) -> tuple[str, ...]:
        """The inputs of the form, or the line, that it is about."""
        if self.place is None:
            return ()
        if self.part.places:
            return (self.part.places[-1].key, *self._inputs)
        return self._inputs

    @property
    def _inputs(self) -> tuple[str, ...]:
        assert self.place is not None, "an input has a place"
        return tuple(self.place.prefix + spot.member for spot in list_inputs(self.part))

    def give_way(self, data: QueryDict) -> None:
        """Fill the inputs with the vendor's values; a line that was removed in the form is restored."""
        if self.place is None:
            return
        if not self.part.fields:
            data.pop(self.place.prefix + REMOVE, None)
        for spot in list_inputs(self.part, self.place.holder):
            data[self.place.prefix + spot.member] = format_typed(spot.field, spot.value)


def reopen_edit(
    earlier: Edit, table: Table, theirs: Content, posted: Mapping[str, str]
) -> tuple[QueryDict, tuple[str, ...]]:
    """Return the inputs of the form over `theirs` for an earlier edit, and the keys of its open clashes.

    `posted` are the choices of a conflict page and the values typed there, readable or not.
    """
    merge, choices = rebase_edit(earlier, theirs), list_choices(posted)
    still_open = merge.undecided(choices)
    content = merge.content({**choices, **dict.fromkeys(still_open, Choice.MINE)})
    data = KINDS[table.kind].fill_inputs(table, theirs, content)
    other = [part for part in merge.clashes if choices.get(part.key) == Choice.OTHER]
    for name, text in CustomValues(earlier.tenant, table, merge, posted).on_form(other, theirs)[0].items():
        data[name] = str(text)
    return data, still_open


def list_open_clashes(seal: FormToken, theirs: Content) -> list[OpenClash]:
    """Return the open clashes of the form with this token, over `theirs`. Raises InvalidToken if its edit is gone."""
    if not seal.undecided:
        return []
    earlier = Edit.objects.select_related("tenant", "base").filter(tenant=seal.record.tenant, pk=seal.reopens).first()
    if earlier is None:
        raise InvalidToken("The form does not name the change it continues.")
    return [
        OpenClash(part, locate_part(part, theirs))
        for part in rebase_edit(earlier, theirs).parts
        if part.key in seal.undecided
    ]


def list_checks(found: list[OpenClash], theirs: Content, edited: Content, books: str) -> Iterator[Check]:
    """Yield a check for each open clash in which `edited` would replace the vendor's value."""
    for one in found:
        if _replaces_theirs(one.part, theirs, edited):
            yield _make_check(one, books)


def _make_check(one: OpenClash, books: str) -> Check:
    label = one.part.label or "A line"
    title, why = f"{label}: {books} has {one.now}.", "It was changed there while you were editing"
    if one.is_doubted:
        title, why = f"{label}: it may already be in {books}.", "An earlier save may have added it"
    return Check(
        title=title,
        why=f"{why}, and nobody has decided yet. You had {one.yours}.",
        next_step="Save anyway to replace it with the value in the form.",
        spots=one.spots,
    )


def _replaces_theirs(part: MergePart, theirs: Content, edited: Content) -> bool:
    place = locate_part(part, edited)
    if part.theirs is None:  # mine comes back as a new line, whose key no longer identifies it
        outer = _find_list(part, edited)
        return outer is not None and any(line[part.places[-1].field.key] == NEW_LINE for line in outer)
    if place is None:
        return True
    there = locate_part(part, theirs)
    return bool(part.fields) and there is not None and not is_alike(part.fields, place.holder, there.holder)


def _find_list(part: MergePart, edited: Content) -> tuple[Content, ...] | None:
    """Return the list that holds a part's line."""
    holder: Content | None = edited
    for around in part.places[:-1]:
        lines = holder[around.field.name] if holder is not None else ()
        holder = next((line for line in lines if str(line[around.field.key]) == around.key), None)
    return holder[part.places[-1].field.name] if holder is not None else None
