"""Where an answer leads its person next: to another page, as a whole page also from a fragment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect


def lead(request: HttpRequest, url: str) -> HttpResponse:
    """To another page after a post: 303 for a form, a whole new page for htmx."""
    if getattr(request, "htmx", False):  # a request that a test makes by itself has met no middleware
        return HttpResponseClientRedirect(url)
    answer = redirect(url)
    answer.status_code = 303
    return answer
