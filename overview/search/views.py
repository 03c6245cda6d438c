"""The search over all companies of a person: a page, and the palette that Ctrl+K opens over any page."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from edits.history.search import search_companies
from overview.inbox.items import Reader, make_reader
from records.formatting import format_moment
from records.searching import explain_too_long
from tenants.access import Member

from .actions import find_actions, list_actions
from .hits import Hit, HitGroup, Needle, cut, order_groups
from .places import find_companies, find_pages, find_views, list_others, list_pages, make_company_hit
from .recent import load_recent
from .records import find_by_ids, find_records, make_hit

IN_PALETTE, ON_PAGE = 6, 25  # hits of a group
LONGEST = 4_000  # letters of the page where the person is
TITLES = {"customers": "Customers", "vendors": "Vendors", "bills": "Bills"}


class SearchForm(forms.Form):
    """The query: what is searched, the company, the section and the page where the person is, and if by the palette."""

    q = forms.CharField(required=False)
    now = forms.SlugField(required=False)
    at = forms.CharField(required=False)
    page = forms.CharField(required=False, max_length=LONGEST)
    palette = forms.BooleanField(required=False)

    def read(self) -> Mapping[str, str]:
        """Return the valid parts of the query, a blank for others."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


@require_safe
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Search the companies, pages, records and changes that the signed-in person may see.

    Without words, show what they have seen lately and where they can go. htmx asks for the groups alone, and for the
    frame of the palette.
    """
    person, asked = cast(User, request.user), SearchForm(request.GET).read()
    reader, q = make_reader(person), asked["q"]
    members = reader.members
    is_short = bool(asked["palette"])
    most = IN_PALETTE if is_short else ON_PAGE
    groups = _search(reader, asked, most) if q.strip() else _suggest(reader, asked, most)
    if q.strip() and not is_short:
        groups = [*groups, *_search_changes(members, q, most)]
    count = sum(len(group.hits) for group in groups)
    context = {**asked, "groups": groups, "count": count, "too_long": explain_too_long(q), "all_url": _link_all(asked)}
    part = ("#found" if "q" in request.GET else "#palette") if is_short else ""
    answer = render(request, f"overview/search.html{part}", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _search(reader: Reader, asked: Mapping[str, str], most: int) -> list[HitGroup]:
    needle, here = Needle(asked["q"]), asked["now"]
    members, person = reader.members, reader.person
    if not needle.terms:
        return []
    recent = load_recent(person.pk, list(members))
    records = find_records(members, needle, here, find_by_ids(members, recent.records), most)
    return order_groups(
        [
            cut("companies", "Companies", find_companies(members, needle, asked["at"], recent), most),
            cut("pages", "Pages", find_pages(members, person, needle, here, most), most),
            cut("actions", "Actions", find_actions(reader, needle, here, asked["page"], most), most),
            *(
                cut(kind, title, [make_hit(one) for one in records.get(kind, [])[: most + 1]], most)
                for kind, title in TITLES.items()
            ),
            cut("views", "Views", find_views(members, person, needle, recent), most),
        ]
    )


def _suggest(reader: Reader, asked: Mapping[str, str], most: int) -> list[HitGroup]:
    """Return what a person has seen lately, what they can do where they are, its pages, and their other companies."""
    members, person = reader.members, reader.person
    recent = load_recent(person.pk, list(members))
    seen = find_by_ids(members, recent.records[:most])
    here = next((one for one in members.values() if one.tenant.slug == asked["now"]), None)
    others = [make_company_hit(one, asked["at"]) for one in list_others(list(members.values()), asked["now"], recent)]
    groups = [
        HitGroup("recent", "Recently seen", [make_hit(one) for one in seen]),
        HitGroup("actions", "Actions", list_actions(reader, asked["now"], asked["page"])),
        HitGroup("pages", here.tenant.name if here else "", list_pages(here) if here else []),
        cut("companies", "Companies", others, most),
    ]
    return [group for group in groups if group.hits]


def _search_changes(members: Mapping[int, Member], q: str, most: int) -> list[HitGroup]:
    found = [] if explain_too_long(q) else search_companies(members, q, most + 1)
    hits: Sequence[Hit] = [
        Hit(
            entry.record_name,
            entry.url,
            aside=f"{entry.who or 'in the books'}, {format_moment(entry.at)}: "
            f"{', '.join(change.label for change in entry.first)}",
            company=own.tenant.name,
        )
        for own, entry in found
    ]
    return [cut("history", "History", hits, most)] if hits else []


def _link_all(asked: Mapping[str, str]) -> str:
    query = {name: asked[name] for name in ("q", "now", "at", "page") if asked[name]}
    return f"{reverse('search')}?{urlencode(query)}" if query else reverse("search")
