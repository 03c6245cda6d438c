"""Nobody without a sign-in sees more than the public pages, and nothing of a company stays behind in a browser."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from edits import kept

PUBLIC = ("/accounts/", "/static/", "/demo/")


class SignInRequired:
    """Send whoever is not signed in to the sign-in page, as a whole page also from a fragment; keep what they typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.path.startswith(PUBLIC):
            return self.get_response(request)
        htmx = getattr(request, "htmx", None)
        kept.keep(request)
        back = htmx.current_url_abs_path if htmx and htmx.current_url_abs_path else request.get_full_path()
        answer = redirect_to_login(back, reverse("account_login"))
        if request.method == "POST":
            answer.status_code = 303
        return HttpResponseClientRedirect(answer["Location"]) if htmx else answer


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
