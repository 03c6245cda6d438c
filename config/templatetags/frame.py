"""The tags of the top bar and of the places at a page's foot, `{% bar %}` and `{% tabs %}`, which most pages have.

They are drawn by Jinja2 templates, in half the time of the same in Django's language, which was a seventh of a list of
a hundred rows.
"""

from typing import Any
from urllib.parse import quote

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from .page_help import guide_url, name_page
from .ui import draw, find_section, places

register = template.Library()


@register.simple_tag(takes_context=True)
def bar(context: Context) -> SafeString:
    """Draw the bar of the request's page; without a company where it is not about one."""
    request, member, user = (context.get(name) for name in ("request", "member", "user"))
    path = request.path if request else ""
    drawn: dict[str, Any] = {"member": member, "user": user, "section": ""}
    if member:
        word, found = _call(context.get("connection_word", "")), places(member, path)
        drawn |= {"section": find_section(found), "places": found, "kinds": context.get("kinds", ()), "word": word}
    if user and user.is_authenticated:
        drawn |= {"count": _call(context.get("inbox_count", 0)), "zone": timezone.get_current_timezone_name()}
        drawn |= {
            "address": quote(request.get_full_path(), safe="") if request else "",
            "is_inbox": name_page(context) == "inbox",
            "csrf_token": context.get("csrf_token", ""),
        }
    return draw("components/bar", guide=guide_url(context), **drawn)


@register.simple_tag(takes_context=True)
def tabs(context: Context) -> SafeString:
    """Draw the places of the company, which stand at the foot on phones."""
    request = context.get("request")
    found = places(context["member"], request.path if request else "")
    return draw(
        "components/foot_places", found, context.get("kinds", ()), _call(context.get("connection_warns", False))
    )


def _call(value: Any) -> Any:
    """Return a value of a context, where a function stands for what only some pages ask for."""
    return value() if callable(value) else value
