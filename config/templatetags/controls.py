"""How a field of a form stands, and its input: filters and a function for the Jinja2 templates that draw forms."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def opened_with(field: BoundField) -> str:
    """Return the value of a field's control when the form was opened, as the control writes it."""
    value = field.field.widget.format_value(field.field.prepare_value(field.initial))
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


@register.filter
def is_changed(field: BoundField) -> bool:
    """Whether the posted value of a field differs from the one it was opened with."""
    return field.form.is_bound and not field.field.disabled and field.field.has_changed(field.initial, field.data)


@register.filter
def states(field: BoundField) -> str:
    """The classes that say how a field of a posted form is."""
    return (" is-bad" if field.errors else "") + (" is-changed" if is_changed(field) else "")


@register.filter
def warned(field: BoundField) -> list[Any]:
    """Return the checks against the change of a field, from its form."""
    found: list[Any] = getattr(field.form, "warned", {}).get(field.name, [])
    return found


def control(field: BoundField, described_by: str = "", **attrs: Any) -> SafeString:
    """Render the input of `field` with its opening value for comparison in the browser; `a_b` in `attrs` becomes `a-b`.

    `described_by` is read out beside the input's own hint and errors.
    """
    if described_by:
        attrs["aria_describedby"] = " ".join(filter(None, (field.aria_describedby, described_by)))
    extra = {name.replace("_", "-"): value for name, value in attrs.items() if value not in (None, "")}
    if count := len(warned(field)):
        said = [field.aria_describedby, *(f"{field.auto_id}_warned{number}" for number in range(1, count + 1))]
        extra["aria-describedby"] = " ".join(filter(None, said))
    return field.as_widget(attrs={"data-was": opened_with(field), **extra})
