"""Nobody without a sign-in sees more than the public pages, and nothing of a company stays behind in a browser."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from edits.editor import session_rescue

from .bodies import PUBLIC
from .errors import too_long_to_carry
from .sign_in import is_behind_a_page, notice_beside, sign_in_page


class SignInRequired:
    """Ask whoever is not signed in to sign in, and never lose, store or show to others what they typed."""

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
    """Nothing is at an address that holds a NUL, on any database; also where a page would not look it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404("No address holds a NUL.")
        return self.get_response(request)


class NothingKept:
    """Have no browser keep a page of a company: after sign-out its Back button would show it to whoever comes next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "member") and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The answer to a request that needs a person and has none."""
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
