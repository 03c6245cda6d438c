"""What holds for every request: who must sign in, what browsers keep, and that no page calls a vendor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from books.providers.serving import serving_page
from edits.editor import session_rescue
from records.formatting import date_style
from tenants.access import get_settings

from .bodies import PUBLIC
from .errors import too_long_to_carry
from .sign_in import is_behind_a_page, notice_beside, sign_in_beside, sign_in_page

# What a page asks behind an open form, by the id of the element that asks: its polls, and the autosave of a draft.
BEHIND = {"live": "Not updated", "age": "Not updated", "edit-news": "Not updated", "draft-kept": "Draft not saved"}
BEHIND["save-look"] = "Not known yet"
WHY = {
    401: "you are signed out",
    403: "your access does not allow this",
    404: "it is no longer there, or no longer yours to see",
    503: "Ledgerdesk cannot reach its database",
}
LEAVING = ("Location", "HX-Redirect", "HX-Refresh", "HX-Location")


class PagesCallNoVendor:
    """Let every call to a vendor fail as a mistake of ours until the response is there; the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with serving_page():
            return self.get_response(request)


class SayInOwnSpot:
    """Let a request behind a page that failed say so where it would have shown its answer, and never leave the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        title = BEHIND.get(request.headers.get("HX-Trigger", ""))
        if title is None or response.streaming or not (_has_failed(response) or _would_replace_page(response)):
            return response
        return _say_briefly(response, title)


class SignInRequired:
    """Ask for a sign-in when there is none, and never lose, store or show to others what was typed.

    Whoever is signed in sees dates and moments as they have chosen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_public = request.path.startswith(PUBLIC)
        if not (request.user.is_authenticated or is_public):
            return ask_to_sign_in(request)
        if isinstance(request.user, User):
            activate_settings(request.user)
        if is_public and request.method == "POST" and request.user.is_authenticated:
            # They have signed in in another tab meanwhile, and this one still carries a form.
            back = session_rescue.hand_over(request, request.user, request.POST.get(session_rescue.CARRIED, ""))
            if back:
                return redirect(back)
        return self.get_response(request)


class NoNulInAddresses:
    """Answer 404 to a URL that contains a NUL, on any database, even if the view would not look it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404("No address holds a NUL.")
        return self.get_response(request)


class NothingKept:
    """Forbid browsers to store a company's page: after sign-out, Back would show it to the next person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "member") and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


def activate_settings(person: User) -> None:
    """Let this request draw dates and moments as the person has chosen, until it has been answered."""
    own = get_settings(person)
    date_style.set(own.date_style)
    if own.zone:
        timezone.activate(own.zone)
    else:
        timezone.deactivate()


@receiver(request_finished)
def forget_settings(**sent: Any) -> None:
    """Forget them only when the last byte has left: a streamed answer is drawn after all middleware has returned."""
    date_style.set("")
    timezone.deactivate()


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer a request that needs a signed-in person and has none."""
    if is_behind_a_page(request):
        return notice_beside(request)
    try:
        text = session_rescue.packed(request)
    except session_rescue.FormTooLong:
        return too_long_to_carry(request)
    if text:
        return sign_in_page(request, request.path, text)
    found = redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
    if request.method == "POST":
        found.status_code = 303
    return found


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
    response["Content-Length"] = str(len(response.content))
    response["HX-Retarget"], response["HX-Reswap"] = "this", "innerHTML"
    return response
