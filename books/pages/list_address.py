"""The address of a list: its query string holds the whole state of the list and nothing else.

Knows no list. A list is described by the form that reads its query string.
"""

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import replace_url

from tenants.access import DeskRequest, Member
from tenants.list_settings import get_opening_view

from .list_links import TOTALS

PAGE = "page"
SEVERAL = ("sort", "columns")  # parameters that may be repeated: a form without script sends one for each input
STANDARD = "view=0"  # the list without a view, also for those who have a default one
LISTED = "list"  # the parameter of a record's address that carries its list


def make_query(form: forms.Form) -> str:
    """Return the query string of a list without what is empty, invalid or none of its filters."""
    form.is_valid()
    return urlencode(
        [(name, form.data[name]) for name in form.fields if form.data.get(name) and name not in form.errors]
    )


def join_repeated(asked: QueryDict) -> QueryDict:
    """Return a query string in which each parameter stands once: several values are separated by commas."""
    joined = QueryDict(mutable=True)
    for name, values in asked.lists():
        joined[name] = ",".join(filter(None, values)) if name in SEVERAL else values[-1]
    return joined


def set_page(query: str, page: int) -> str:
    """Return the query string of a list for another of its pages."""
    asked = QueryDict(query, mutable=True)
    asked.pop(PAGE, None)
    if page > 1:
        asked[PAGE] = str(page)
    return asked.urlencode()


def join_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def name_bare(member: Member, kind: str) -> str:
    """Return the query of a list that asks for nothing: without any, a view may open instead."""
    return STANDARD if get_opening_view(member, kind) else ""


def carry_list(form: forms.Form) -> str:
    """Return what the link of a row adds to its address, so that the list goes with it (`list_position`)."""
    return f"?{urlencode({LISTED: make_query(form)})}"


def find_tidy_address(request: DeskRequest, bare: str = "") -> str:
    """Return the address of a list without what a form without script sends needlessly; "" if it is tidy.

    That are empty parameters, and several of one name. `bare` is the query if nothing is left (`name_bare`).
    """
    if request.htmx or all(len(values) == 1 and values[0] for _, values in request.GET.lists()):
        return ""
    left = [(name, value) for name, value in join_repeated(request.GET).items() if value]
    return join_query(request.path, urlencode(left) or bare)


def render_list(
    request: DeskRequest, template: str, context: dict[str, object], form: forms.Form, bare: str = ""
) -> HttpResponse:
    """Render a list; for htmx its rows alone, and the browser then shows the address of what is listed.

    Sums that were asked for later are the table alone, of which the page takes the foot: another search may be shown.
    """
    is_late = request.htmx and TOTALS in request.GET
    part = f"{template}#rows" if request.htmx else template
    answer = HttpResponse(context["table"]) if is_late else render(request, part, context)
    patch_vary_headers(answer, ["HX-Request"])
    if not request.htmx or is_late:
        return answer
    return replace_url(answer, join_query(request.path, make_query(form) or bare))
