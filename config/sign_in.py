"""The sign-in page in the place of another page, with the form that it carries on; or a notice beside an open form.

Asks the database nothing.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.cache import add_never_cache_headers


def sign_in_page(request: HttpRequest, back: str, text: str, status: int = 401) -> HttpResponse:
    """The sign-in page as its own view draws it, with a form that is carried on to the page at `back`."""
    page = resolve(reverse(settings.LOGIN_URL))
    request.method = "GET"
    request.GET = QueryDict(urlencode({"next": back}))
    request.POST = QueryDict()
    request.carried = text  # type: ignore[attr-defined]  # kept.carried reads it, for the template
    response: HttpResponse = page.func(request, *page.args, **page.kwargs)
    if hasattr(response, "render"):
        response.render()
    response.status_code = status
    add_never_cache_headers(response)
    return response


def sign_in_beside() -> str:
    """The address of a sign-in in a tab of its own, which ends at a page that says so."""
    return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': reverse('signed_in')})}"


def is_htmx(request: HttpRequest) -> bool:
    """Whether the answer is for a part of a page, also where no middleware has looked yet."""
    return request.headers.get("HX-Request") == "true"


def is_behind_a_page(request: HttpRequest) -> bool:
    """Whether a page's script asks: what it is answered must not take the page away."""
    return is_htmx(request) or request.headers.get("Sec-Fetch-Dest") == "empty"


def notice_beside(request: HttpRequest) -> HttpResponse:
    """401 for a fragment: a notice whose link signs in beside the page, which stays as it is."""
    response = render(request, "errors/signed_out.html", {"url": sign_in_beside()}, status=401)
    response["Cache-Control"] = "no-store"
    return response
