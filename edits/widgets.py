"""The inputs of a form; what some of them do more than a plain text input needs the script, and they work without."""

from typing import Any

from django import forms
from django.utils.functional import Promise

from books.fields import Field, Kind

NUMBERS = (Kind.MONEY, Kind.COST, Kind.NUMBER)


def plain(f: Field) -> dict[str, Any]:
    """The attributes of a plain input for values of this field; `data-day` gives a date its keys."""
    more = {"inputmode": "decimal"} if f.kind in NUMBERS else {"data-day": True} if f.kind is Kind.DATE else {}
    return {"autocomplete": "off", **more}


class Picker(forms.TextInput):
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


class Switch(forms.CheckboxInput):
    """A checkbox that always travels: an empty hidden input precedes it, so that "off" differs from "not asked"."""

    template_name = "components/switch.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        if value:
            context["widget"]["attrs"]["checked"] = True
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name)
