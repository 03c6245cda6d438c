"""The guide for bookkeepers, docs/using.md, as a page: `?` on every page leads to the section about it."""

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

GUIDE = settings.BASE_DIR / "docs" / "using.md"
DAY_SECONDS = 24 * 3600
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
