"""The guide for bookkeepers, docs/using.md, as a page, and what `?` shows on every page, with a link to its section."""

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from books import registry
from tenants.models import Provider

from .help import EVERYWHERE, Key, get_help

GUIDE = settings.BASE_DIR / "docs" / "using.md"
DAY_SECONDS = 24 * 3600
SOMEWHERE = "the accounting system"  # the books' name outside a company
UNNAMED = re.compile(r"[^\w\s-]")


class Guide(NamedTuple):
    """The guide without its title and its own table of contents, its headings with their anchors, and its pictures."""

    html: SafeString
    headings: list[tuple[str, str]]
    pictures: set[str]


@never_cache
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the guide. It is about no company, so whoever has signed in may read it."""
    return render(request, "overview/guide.html", {"guide": read_guide()})


@cache_control(max_age=DAY_SECONDS, private=True)
@require_safe
def guide_picture(request: HttpRequest, name: str) -> HttpResponse:
    """Return a picture of the guide, which stands beside it in `docs`. Raises Http404 for any other file."""
    if f"{name}.png" not in read_guide().pictures:
        raise Http404
    return HttpResponse((GUIDE.parent / f"{name}.png").read_bytes(), content_type="image/png")


@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Return the help of the `page` of that name, under the accounting system `books`; `edits` is 0 for viewers.

    It is the same for all companies, so it asks about none. It is part of a page: whoever opens its address alone is
    sent to the guide, which has more.
    """
    asked = request.GET
    if request.headers.get("Sec-Fetch-Dest") == "document":
        return redirect(make_guide_url(asked.get("page", "")))
    provider = asked.get("books", "")
    books = registry.get_provider(provider).name if provider in Provider.values else SOMEWHERE
    return HttpResponse(draw_keys(asked.get("page", ""), books, may_edit=asked.get("edits") != "0"))


@lru_cache(maxsize=256)
def draw_keys(page: str, books: str = SOMEWHERE, *, may_edit: bool = True) -> SafeString:
    """Draw the help of a page that is named like its URL."""
    found = get_help(page)

    def choose(keys: tuple[Key, ...]) -> list[Key]:
        return [key._replace(does=key.does.format(books=books)) for key in keys if may_edit or not key.edits]

    words = {"what": found.what.format(books=books), "keys": choose(found.keys), "everywhere": choose(EVERYWHERE)}
    return render_to_string("components/keys.html", {**words, "more": make_guide_url(page)})


def make_guide_url(page: str) -> str:
    """Return where the guide has more about the page of this name."""
    return f"{reverse('guide')}#{get_help(page).section}"


@cache
def read_guide() -> Guide:
    """Return the guide as HTML. Raw HTML in it is shown as text."""
    from markdown_it import MarkdownIt  # hardly anybody reads the guide, and every start would wait for it

    _, _, text = GUIDE.read_text().partition("\n## ")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(f"## {text}")
    headings, pictures = [], set()
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            anchor = make_anchor(inside.content)
            opening.attrSet("id", anchor)
            headings.append((anchor, inside.content))
        elif opening.type == "table_open":
            opening.attrSet("class", "plain")
        pictures |= {str(one.attrGet("src")) for one in inside.children or () if one.type == "image"}
    return Guide(SafeString(markdown.renderer.render(tokens, markdown.options, {})), headings, pictures)


def make_anchor(heading: str) -> str:
    """Return the anchor of a heading, as the sites that show the document make it: bill-lines."""
    return UNNAMED.sub("", heading.lower()).replace(" ", "-")
