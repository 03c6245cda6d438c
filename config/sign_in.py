"""The sign-in page shown instead of another page, with the form that it carries; or a notice beside an open form.

Makes no database query.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.cache import add_never_cache_headers


def sign_in_page(request: HttpRequest, back: str, text: str, status: int = 401) -> HttpResponse:
    """Render the sign-in page like its own view, with a form that is carried to the page at `back`."""
    page = resolve(reverse(settings.LOGIN_URL))
    request.method = "GET"
    request.GET = QueryDict(urlencode({"next": back}))
    request.POST = QueryDict()
    request.carried = text  # type: ignore[attr-defined]  # session_rescue.carried reads it, for the template
    response: HttpResponse = page.func(request, *page.args, **page.kwargs)
    if hasattr(response, "render"):
        response.render()
    response.status_code = status
    add_never_cache_headers(response)
    return response


def sign_in_beside() -> str:
    """Return the URL of a sign-in in its own tab, which ends at a page that says so."""
    return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': reverse('signed_in')})}"


def is_htmx(request: HttpRequest) -> bool:
    """Whether the answer is for a part of a page, even if no middleware has run yet."""
    return request.headers.get("HX-Request") == "true"


def is_behind_a_page(request: HttpRequest) -> bool:
    """Whether a page's script sent the request: the answer must not replace the page."""
    return is_htmx(request) or request.headers.get("Sec-Fetch-Dest") == "empty"


def notice_beside(request: HttpRequest) -> HttpResponse:
    """401 for a fragment: a notice whose link opens the sign-in in a new tab, and leaves the page as it is."""
    response = render(request, "errors/signed_out.html", {"url": sign_in_beside()}, status=401)
    response["Cache-Control"] = "no-store"
    return response
