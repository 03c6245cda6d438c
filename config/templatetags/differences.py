"""Filters for what a save came to otherwise than asked: the differences that belong to one place of a page."""

from collections.abc import Iterable
from typing import Any

from django import template

from records.merge.answer import Difference

register = template.Library()


@register.filter
def told_at(found: Iterable[Difference] | None, label: str) -> list[Difference]:
    """Return the differences of the value with this label."""
    return [one for one in found or () if one.name == label]


@register.filter
def told_in(found: Iterable[Difference] | None, part: Any) -> list[Difference]:
    """Return those of one section of a record's page that have no value of their own there."""
    labels = {label for label, _ in part.values}
    return [one for one in found or () if one.path[0] in part.section.fields and one.name not in labels]
