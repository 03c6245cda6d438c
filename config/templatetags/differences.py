"""Filters for what a save came to otherwise than asked: the differences that belong to one place of a page."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from records.merge.answer import Difference

register = template.Library()


@register.filter
def told_at(saved: Any, label: str) -> SafeString:
    """Return what the save just made asked for in place of the value with this label; "" if nothing else."""
    found = saved.differences if saved else ()
    asked = ((linebreaksbr(one.asked, autoescape=True),) for one in found if one.name == label)
    return format_html_join("", '<p class="hint warn">You asked for: {}</p>', asked)


@register.filter
def told_in(found: Iterable[Difference] | None, part: Any) -> list[Difference]:
    """Return those of one section of a record's page that have no value of their own there."""
    labels = {one.label for one in part.values}
    return [one for one in found or () if one.path[0] in part.section.fields and one.name not in labels]
