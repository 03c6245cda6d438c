"""The tags of the help that `?` opens: `{% page_help %}` for the page of the request, and `{% guide_url %}`."""

from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from overview.guide import draw_keys, make_guide_url

from .ui import draw

register = template.Library()


@register.simple_tag(takes_context=True)
def page_help(context: Context, page: str = "") -> SafeString:
    """Draw the frame of the help of a page, named like its URL; without a name that of the request.

    What is in it comes when it is opened, except for people who have not signed in.
    """
    member, user = (context.get(name) for name in ("member", "user"))
    asked = {"page": page or name_page(context)}
    if member:
        asked |= {"books": member.tenant.provider, "edits": "1" if member.may_edit else "0"}
    is_signed_in = user and user.is_authenticated
    inside = {"url": f"{reverse('keys')}?{urlencode(asked)}"} if is_signed_in else {"text": draw_keys(asked["page"])}
    return draw("components/help_frame", **inside)


@register.simple_tag(takes_context=True)
def guide_url(context: Context) -> str:
    """Return where the guide has more about the page of the request."""
    return make_guide_url(name_page(context))


def name_page(context: Context) -> str:
    """Return the name of the URL of the page of the request, "" for one that is not found."""
    found = getattr(context.get("request"), "resolver_match", None)
    return found.url_name or "" if found else ""
