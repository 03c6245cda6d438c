"""Restricts requests without a signed-in person to the public pages, and keeps company data out of browser caches."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from books.providers.serving import serving_page
from edits.editor import session_rescue

from .bodies import PUBLIC
from .errors import too_long_to_carry
from .sign_in import is_behind_a_page, notice_beside, sign_in_page


class PagesCallNoVendor:
    """Let every call to a vendor fail as a mistake of ours until the response is there; the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with serving_page():
            return self.get_response(request)


class SignInRequired:
    """Ask for a sign-in when there is none, and never lose, store or show to others what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_public = request.path.startswith(PUBLIC)
        if not (request.user.is_authenticated or is_public):
            return ask_to_sign_in(request)
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
