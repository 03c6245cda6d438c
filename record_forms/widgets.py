"""The inputs of a form; what some of them do more than a plain text input needs the script, and they work without."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise

from records.content import Value
from records.fields import Field, FieldKind
from records.text import TEXTS
from tenants.models import Tenant

from .typed.parse import format_typed

AUTO: dict[str, Any] = {"dir": "auto"}  # names and texts may be in a script that runs from right to left
NUMBERS = (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER)


def make_attributes(f: Field) -> dict[str, Any]:
    """The attributes of a plain input for values of this field; `data-day` gives a date its keys."""
    more = {"inputmode": "decimal"} if f.kind in NUMBERS else {"data-day": True} if f.kind is FieldKind.DATE else AUTO
    return {"autocomplete": "off", **more}


class PlainInput(forms.TextInput):
    """An input of one line."""

    template_name = "components/text_input.html"


class Picker(PlainInput):
    """A combobox that posts the entry's full name as it stands in the input.

    `options_url` answers the matching entries as `books/options.html`; it may be set late, when the company is known.
    """

    def __init__(self, options_url: str | Promise = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.options_url = options_url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        given["class"] = f"picker-input {given.get('class', '')}".strip()
        given |= {
            **AUTO,
            "role": "combobox",
            "autocomplete": "off",
            "spellcheck": "false",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": "picker",
            "data-picker": True,
            "data-options-url": self.options_url,
        }
        return context


class SwitchInput(forms.CheckboxInput):
    """A checkbox that always travels: an empty hidden input precedes it, so that "off" differs from "not asked"."""

    template_name = "components/switch.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        if value:
            context["widget"]["attrs"]["checked"] = True
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name)


class InputMap(Mapping[str, forms.Field]):
    """Input name → the input for its field and the value it is opened with, made when it is asked for."""

    def __init__(self, tenant: Tenant, spots: Mapping[str, tuple[Field, Value]]) -> None:
        self._tenant, self._spots = tenant, spots
        self._made: dict[str, forms.Field] = {}

    def __getitem__(self, name: str) -> forms.Field:
        if name not in self._made:
            self._made[name] = _make_input(self._tenant, *self._spots[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spots)

    def __len__(self) -> int:
        return len(self._spots)


def _make_input(tenant: Tenant, f: Field, was: Value) -> forms.Field:
    """An input that hands its text on as it is."""
    text = format_typed(f, was)
    widget = _make_widget(tenant, f, was)
    made = forms.CharField(label=f.label, help_text=f.hint, required=False, strip=False, widget=widget, initial=text)
    made.widget.attrs["data-was"] = text
    if f.limit and f.kind in TEXTS:
        made.widget.attrs["data-limit"] = str(f.limit)
    if f.limit_bytes:
        made.widget.attrs["data-bytes"] = str(f.limit_bytes)
    if f.required:
        made.widget.attrs["aria-required"] = "true"
    return made


def _make_widget(tenant: Tenant, f: Field, was: Value) -> forms.Widget:
    if f.kind is FieldKind.REFERENCE:
        return Picker(options_url=reverse("reference_options", args=[tenant.slug, f.options]))
    if f.kind is FieldKind.CHOICE:
        blank = [] if was and not f.clearable else [("", "")]
        return forms.Select(choices=[*blank, *_list_choices(f, was)])
    if f.kind is FieldKind.BOOLEAN:
        return SwitchInput()
    if f.kind is FieldKind.LONG_TEXT:
        return forms.Textarea(attrs={"rows": 4, **AUTO})
    return PlainInput(attrs=make_attributes(f))


def _list_choices(f: Field, was: Value) -> list[tuple[str, str]]:
    known = dict(f.choices)
    return [*f.choices, *([(was, was)] if was and was not in known else [])]
