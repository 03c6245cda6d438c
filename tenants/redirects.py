"""Where an answer leads its person next: to another page, as a whole page also from a fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """To another page after a post: 303 for a form, a whole new page for htmx."""
    if getattr(request, "htmx", False):  # a request that a test makes by itself has met no middleware
        return HttpResponseClientRedirect(url)
    answer = redirect(url)
    answer.status_code = 303
    return answer


def is_own_page(request: HttpRequest, url: str) -> bool:
    """Tell whether an address that came with a request lies on the very host that was asked, as a path or whole."""
    own = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return own and url.startswith(
        ("/", "http://", "https://")
    )  # not the name of a view, nor a path from wherever one stands
