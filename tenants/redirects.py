"""Redirects after a request: always to a whole page, even from a fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect after a post: 303 for a form, a full page load for htmx."""
    if getattr(request, "htmx", False):  # a request that a test creates itself has passed no middleware
        return HttpResponseClientRedirect(url)
    answer = redirect(url)
    answer.status_code = 303
    return answer


def is_own_page(request: HttpRequest, url: str) -> bool:
    """Whether a URL from a request, as a path or absolute, is on the requested host."""
    own = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return own and url.startswith(("/", "http://", "https://"))  # not the name of a view, nor a relative path
