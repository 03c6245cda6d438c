"""What holds for every request: who must sign in, what browsers keep, how pages travel; that no page calls a vendor."""

import gzip
import secrets
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from books.providers.serving import serving_page
from edits.editor import session_rescue
from records.formatting import amount_places, date_style, home_places
from records.numbers import USUAL_PLACES
from tenants.access import get_settings, is_second_factor_due
from tenants.sessions import note_seen

from .bodies import PUBLIC
from .errors import lead_to_second_factor, too_long_to_carry
from .sign_in import is_behind_a_page, notice_beside, sign_in_beside, sign_in_page

# What a page asks behind an open form, by the id of the element that asks: its polls, and the autosave of a draft.
BEHIND = {"live": "Not updated", "age": "Not updated", "edit-news": "Not updated", "draft-kept": "Draft not saved"}
BEHIND["save-look"] = "Not known yet"
BEHIND["inbox-count"] = ""  # a number that stays as it is
WHY = {
    401: "you are signed out",
    403: "your access does not allow this",
    404: "it is no longer there, or no longer yours to see",
    410: "the company is archived",
    503: "Ledgerdesk cannot reach its database",
}
PACKED = ("text/html", "application/json")
LEAST_PACKED = 1000  # bytes; a shorter answer fits into one packet anyway
# A list of 100 rows (90 kB) takes 0.3 ms and becomes 13.6 kB; at level 6 it takes 0.9 ms and becomes 12.2 kB. Of a
# bill of 500 lines (237 kB) level 3 leaves 37 kB in 1.2 ms, level 8 31.8 kB in 5 ms: it is worth a tenth of its page.
LEVEL, LEVEL_OF_LONG = 3, 8
LONG = 150_000
PADDING = 100  # most bytes by which an answer is longer at random, in a part of the header that nobody reads
OWN = ("same-origin", "none")  # who has made the browser ask: our own page, or the person by an address or a bookmark
LEAVING = ("Location", "HX-Redirect", "HX-Refresh", "HX-Location")


class PagesCallNoVendor:
    """Let every call to a vendor fail as a mistake of ours until the response is there; the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with serving_page():
            return self.get_response(request)


class SamePolicy(CSPMiddleware):
    """Send the policy of the settings with every page. Django-csp composes it anew for each, which may have its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header; the pages with which Django explains a mistake to a developer have none."""
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response.headers.setdefault(HEADER, self.policy)
        return response


class CompressedPages:
    """Compress pages and fragments for browsers, without making what is in them guessable (BREACH).

    A compressed page is the shorter the more it repeats. Somebody who can make a person's browser ask for a page with
    words of their choice, again and again, and sees how long each answer is, could so guess what else is on it. So an
    answer is not compressed if another site has made the browser ask, and the length of any other varies at random.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or len(response.content) < LEAST_PACKED or response.has_header("Content-Encoding"):
            return response
        if response.get("Content-Type", "").partition(";")[0] not in PACKED:
            return response
        patch_vary_headers(response, ["Accept-Encoding", "Sec-Fetch-Site"])
        if takes_gzip(request) and is_asked_by_own_page(request):
            _compress(response)
        return response


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

    Also ask for a second factor where everybody has to have one. Whoever is signed in sees dates and moments as they
    have chosen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_public = request.path.startswith(PUBLIC)
        if not (request.user.is_authenticated or is_public):
            return ask_to_sign_in(request)
        if isinstance(request.user, User):
            activate_settings(request.user)
            if request.method != "GET" or not is_behind_a_page(request):  # that a page asks by itself says nothing
                note_seen(request)
            if not is_public and is_second_factor_due(request.user):
                return lead_to_second_factor(request)
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
    amount_places.set(USUAL_PLACES)
    home_places.set(USUAL_PLACES)
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
        return sign_in_page(request, request.get_full_path(), text)
    found = redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
    if request.method == "POST":
        found.status_code = 303
    return found


def _has_failed(response: HttpResponse) -> bool:
    return response.status_code >= 400 and response.status_code != 422  # what cannot be read as typed is an answer


def _would_replace_page(response: HttpResponse) -> bool:
    """Whether it leads elsewhere, or is a whole page: a request behind a page has asked for neither."""
    if response.status_code == 307:
        return False  # the browser asks the same at another address
    is_page = response.content[:100].lstrip()[:9].lower() == b"<!doctype"
    return is_page or any(response.has_header(name) for name in LEAVING)


def _say_briefly(response: HttpResponse, title: str) -> HttpResponse:
    """Return the response with one line in place of its content, for the element that has sent the request.

    Without a title nothing is said there.
    """
    for name in LEAVING:
        del response[name]
    response.status_code = response.status_code if response.status_code >= 400 else 500
    words = {"title": title, "why": WHY.get(response.status_code, "something went wrong in Ledgerdesk")}
    words["url"] = sign_in_beside() if response.status_code == 401 else ""
    response.content = render_to_string("errors/background.html", words).encode() if title else b""
    response["Content-Type"] = "text/html; charset=utf-8"
    response["Content-Length"] = str(len(response.content))
    response["HX-Retarget"], response["HX-Reswap"] = "this", "innerHTML" if title else "none"
    return response


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the browser has named gzip among what it takes, and not as what it refuses."""
    for entry in request.headers.get("Accept-Encoding", "").split(","):
        name, _, rest = entry.strip().partition(";")
        if name.strip().lower() in ("gzip", "x-gzip"):
            return rest.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_asked_by_own_page(request: HttpRequest) -> bool:
    """Whether no other site has made the browser ask. Without HTTPS it does not say: then anybody reads all anyway."""
    return request.headers.get("Sec-Fetch-Site", OWN[0]) in OWN


def _compress(response: HttpResponse) -> None:
    content = response.content
    level = LEVEL_OF_LONG if len(content) > LONG else LEVEL
    response.content = _pad(gzip.compress(content, compresslevel=level, mtime=0))
    response["Content-Encoding"] = "gzip"
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    etag = response.get("ETag", "")
    if etag.startswith('"'):
        response["ETag"] = f"W/{etag}"  # the bytes differ each time, what they mean does not


def _pad(compressed: bytes) -> bytes:
    """Return the same with a file name of random length in its header, as Django's own middleware does."""
    header = bytearray(compressed[:10])
    header[3] = gzip.FNAME
    return bytes(header) + b"a" * secrets.randbelow(PADDING + 1) + b"\0" + compressed[10:]
