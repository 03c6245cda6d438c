"""The tags of the help that `?` opens: `{% page_help %}` for the page of the request, and `{% guide_url %}`."""

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from overview.help import EVERYWHERE, Key, get_help

register = template.Library()
SOMEWHERE = "the accounting system"  # the books' name outside a company


@register.simple_tag(takes_context=True)
def page_help(context: Context, page: str = "") -> SafeString:
    """Draw the help of a page, named like its URL; without a name that of the request."""
    member: Any = context.get("member")
    may_edit = member.may_edit if member else True
    return _draw(page or name_page(context), may_edit, context.get("books") or SOMEWHERE)


@register.simple_tag(takes_context=True)
def guide_url(context: Context) -> str:
    """Return where the guide has more about the page of the request."""
    return _make_url(name_page(context))


def name_page(context: Context) -> str:
    """Return the name of the URL of the page of the request, "" for one that is not found."""
    found = getattr(context.get("request"), "resolver_match", None)
    return found.url_name or "" if found else ""


def _make_url(page: str) -> str:
    return f"{reverse('guide')}#{get_help(page).section}"


@lru_cache(maxsize=256)
def _draw(page: str, may_edit: bool, books: str) -> SafeString:
    """Every page has it, and it is the same for all of its kind."""
    found = get_help(page)

    def choose(keys: tuple[Key, ...]) -> list[Key]:
        return [key._replace(does=key.does.format(books=books)) for key in keys if may_edit or not key.edits]

    words = {"what": found.what.format(books=books), "keys": choose(found.keys), "everywhere": choose(EVERYWHERE)}
    return render_to_string("components/keys.html", {**words, "more": _make_url(page)})
