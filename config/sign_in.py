"""The sign-in page in the place of another page: it carries a posted form on to its author.

Asks the database nothing.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
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
