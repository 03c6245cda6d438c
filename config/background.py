"""Answers that failed of requests behind a page: one line in the spot that asked, which never replaces what is open.

A page marks such requests by the header `Desk-Background`: its polls, and the autosave of a draft.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from .sign_in import sign_in_beside

MARK = "Desk-Background"
TITLES = {"draft": "Draft not saved"}  # by the header's value
WHY = {
    401: "you are signed out",
    403: "your access does not allow this",
    404: "it is no longer there, or no longer yours to see",
    503: "Ledgerdesk cannot reach its database",
}
LEAVING = ("Location", "HX-Redirect", "HX-Refresh", "HX-Location")


class SayInOwnSpot:
    """Let a request behind a page that failed say so where it would have shown its answer, and never leave the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if MARK not in request.headers or not (_has_failed(response) or _would_replace_page(response)):
            return response
        return _say_briefly(response, TITLES.get(request.headers[MARK], "Not updated"))


def _has_failed(response: HttpResponse) -> bool:
    return response.status_code >= 400 and response.status_code != 422  # what cannot be read as typed is an answer


def _would_replace_page(response: HttpResponse) -> bool:
    """Whether it leads elsewhere, or is a whole page: a request behind a page has asked for neither."""
    is_page = response.content[:100].lstrip()[:9].lower() == b"<!doctype"
    return is_page or any(response.has_header(name) for name in LEAVING)


def _say_briefly(response: HttpResponse, title: str) -> HttpResponse:
    """Return the response with one line in place of its content, for the element that has sent the request."""
    for name in LEAVING:
        del response[name]
    response.status_code = response.status_code if response.status_code >= 400 else 500
    words = {"title": title, "why": WHY.get(response.status_code, "something went wrong in Ledgerdesk")}
    words["url"] = sign_in_beside() if response.status_code == 401 else ""
    response.content = render_to_string("errors/background.html", words).encode()
    response["Content-Type"] = "text/html; charset=utf-8"
    response["HX-Retarget"], response["HX-Reswap"] = "this", "innerHTML"
    return response
