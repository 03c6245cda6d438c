"""The guide for bookkeepers, docs/using.md, as a page: `?` on every page leads to the section about it."""

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

GUIDE = settings.BASE_DIR / "docs" / "using.md"
UNNAMED = re.compile(r"[^\w\s-]")


class Guide(NamedTuple):
    """The guide without its title and its own table of contents, and its headings with their anchors."""

    html: SafeString
    headings: list[tuple[str, str]]


@never_cache
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the guide. It is about no company, so whoever has signed in may read it."""
    return render(request, "overview/guide.html", {"guide": read_guide()})


@cache
def read_guide() -> Guide:
    """Return the guide as HTML. Raw HTML in it is shown as text."""
    _, _, text = GUIDE.read_text().partition("\n## ")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(f"## {text}")
    headings = []
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            anchor = make_anchor(inside.content)
            opening.attrSet("id", anchor)
            headings.append((anchor, inside.content))
        elif opening.type == "table_open":
            opening.attrSet("class", "plain")
    return Guide(SafeString(markdown.renderer.render(tokens, markdown.options, {})), headings)


def make_anchor(heading: str) -> str:
    """Return the anchor of a heading, as the sites that show the document make it: bill-lines."""
    return UNNAMED.sub("", heading.lower()).replace(" ", "-")
