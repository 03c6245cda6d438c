"""“Enter another” on a conflict page: inputs for the values to decide, and the record with what was typed into them.

The record's own form reads and checks them, so that dates, names and amounts are read as everywhere else.
Names no field.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from record_forms.form_data import ID
from record_forms.registry import KINDS
from record_forms.typed.parse import format_full, format_typed
from record_forms.widgets import InputMap
from records.content import Content, Value
from records.fields import Field, FieldKind, Table
from records.merge.parts import Choice, MergePart, index_lines
from records.merge.three_way import ThreeWayMerge, UndecidedClash
from tenants.models import Tenant

PREFIX = "typed-"


class InvalidInput(ValueError):
    """A typed value cannot be read or saved; the inputs have the errors."""


class CustomInput(NamedTuple):
    """One input: its name on this page and within its line on the record's form, its field and its initial value."""

    name: str
    member: str
    field: Field
    value: Value


class FormPlace(NamedTuple):
    """The place of a part on the record's form: the prefix of its inputs, and the inputs of the lines around it."""

    prefix: str
    ids: Mapping[str, str]
    holder: Content


class CustomValues:
    """The values that can be typed for the clashes of a merge; `posted` are all inputs of the page."""

    def __init__(self, tenant: Tenant, table: Table, merge: ThreeWayMerge, posted: Mapping[str, str]) -> None:
        self.tenant, self.table, self.merge = tenant, table, merge
        self.problems: list[str] = []
        self.spots = {part.key: list(list_inputs(part)) for part in merge.clashes}
        every = {spot.name: spot for found in self.spots.values() for spot in found}
        self.texts = {name: self._text(spot, posted) for name, spot in every.items()}
        self.form = _Form(self.texts)
        self.form.fields = InputMap(tenant, {name: (spot.field, spot.value) for name, spot in every.items()})  # type: ignore[assignment]  # a form only reads it as a Mapping

    def inputs(self, part: MergePart) -> list[BoundField]:
        """Return the inputs of one clash: all values decided together, initially those of my side."""
        return [self.form[spot.name] for spot in self.spots[part.key]]

    def content(self, choices: Mapping[str, str]) -> Content:
        """Return the merged record with the typed values. Raises UndecidedClash, or InvalidInput with errors shown."""
        missing = self.merge.undecided(choices)
        # Typed values are read even while other parts are open, so that all errors are shown at once.
        merged = self.merge.content({**choices, **dict.fromkeys(missing, Choice.THEIRS)})
        chosen = [part for part in self.merge.clashes if choices.get(part.key) == Choice.OTHER]
        if chosen:
            merged = self._typed(chosen, merged)
        if missing:
            raise UndecidedClash(missing)
        return merged

    def _typed(self, parts: list[MergePart], merged: Content) -> Content:
        data, names = self.on_form(parts, merged)
        form = KINDS[self.table.kind].form(self.tenant, self.table, merged, data)
        if form.is_valid():
            self._show_derived(parts, form.edited)
            return form.edited
        for name, said in form.errors.items():
            self._refuse(names.get(name), [str(one) for one in said])
        raise InvalidInput

    def _show_derived(self, parts: list[MergePart], edited: Content) -> None:
        """Show the values of parts that have a calculated one, such as an amount, in their inputs."""
        for part in parts:
            place = locate_part(part, edited) if any(f.follows for f in part.fields) else None
            for spot in list_inputs(part, place.holder) if place else ():
                self.texts[spot.name] = format_typed(spot.field, spot.value)

    def on_form(self, parts: list[MergePart], over: Content) -> tuple[QueryDict, dict[str, str]]:
        """Return the typed values as inputs of the record's form, and the input names here by the names there."""
        data, names = QueryDict(mutable=True), {}
        for part in parts:
            place = locate_part(part, over)
            assert place is not None, "what is decided of a line that both sides have, they still have"
            for name, text in place.ids.items():
                data[name] = text
            for spot in self.spots[part.key]:
                data[place.prefix + spot.member] = self.texts[spot.name]
                names[place.prefix + spot.member] = spot.name
        return data, names

    def _text(self, spot: CustomInput, posted: Mapping[str, str]) -> str:
        text = str(posted.get(spot.name, format_typed(spot.field, spot.value)))
        return format_full(spot.field, text, spot.value, self.tenant) if spot.field.kind is FieldKind.DATE else text

    def _refuse(self, name: str | None, said: list[str]) -> None:
        if name is None:
            self.problems += said
        else:
            for one in said:
                self.form.add_error(name, one)


class _Form(forms.Form):
    """Inputs that `CustomValues.content` reads."""

    def _clean_fields(self) -> None:
        """Do nothing: see `CustomValues.content`."""


def list_inputs(part: MergePart, holder: Content | None = None) -> Iterator[CustomInput]:
    """Yield an input for each value of a part, from my side or from `holder`; none for a whole line."""
    start = f"{PREFIX}{quote(part.key, safe=':+/')}-"
    for f in part.fields:
        found = holder or part.mine
        assert found is not None, "both sides have a line of which a field clashes"
        value = found[f.name]
        if f.kind is FieldKind.GROUP:
            for m in f.shape.writable:
                yield CustomInput(f"{start}{f.name}-{m.name}", f"{f.name}-{m.name}", m, value[m.name])
        else:
            yield CustomInput(start + f.name, f.name, f, value)


def locate_part(part: MergePart, content: Content) -> FormPlace | None:
    """Return the place of a part on the form over `content`; None if that has no such line."""
    prefix, ids = "", {}
    for place in part.places:
        number, found = index_lines(place.field, content[place.field.name]).get(place.key, (0, None))
        if found is None:
            return None
        prefix, content = f"{prefix}{place.field.name}-{number - 1}-", found
        ids[f"{prefix}{ID}"] = str(content[place.field.key])
    return FormPlace(prefix, ids, content)
