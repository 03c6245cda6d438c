"""Turns every exception that a view raises into a page, or for htmx into an alert that leaves the form unchanged."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from books.mirror.unreadable import KeptAside
from books.providers.errors import BooksError, NotMirrored
from books.sync.outage import is_away
from edits.editor import session_rescue
from edits.lifecycle.form_token import InvalidToken, NotYours, check_author
from records.formatting import format_moment
from records.json_text import NotReadable
from tenants.access import CompanyArchived, CompanyMoved, SecondFactorNeeded

from . import unavailable
from .sign_in import is_behind_a_page, is_htmx, sign_in_beside, sign_in_page

log = logging.getLogger(__name__)
TYPED = "Everything you typed is still here."
IN_BROWSER = "Your browser may still have what you typed: go back one page."
HIDDEN = ("csrfmiddlewaretoken", "base", "theirs", "token", "follows", "save", "confirm", "draft", "drop")


class ErrorPages:
    """Answer Ledgerdesk's own errors with a message; unexpected ones are left to Django's 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method in ("GET", "HEAD"):
            allowed = response["Allow"]
            response = answer(request, 405, **FORM_ONLY)
            response["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, BooksError):
            log.warning("%s %s request=%s", type(error).__name__, error.code, error.request_id)
            return answer(request, error.status, **_get_words(error))
        if isinstance(error, NotYours):
            return not_yours(request, error)
        if isinstance(error, SecondFactorNeeded):
            return lead_to_second_factor(request)
        if isinstance(error, CompanyMoved):
            return _lead_on(request, error)
        if isinstance(error, CompanyArchived):
            return answer(request, 410, **ARCHIVED, title=f"{error.tenant.name} is archived")
        for kind, (status, words) in _WORDS.items():
            if isinstance(error, kind):
                return answer(request, status, **{**words, **_explain_error(error)})
        return None


def _lead_on(request: HttpRequest, error: CompanyMoved) -> HttpResponse:
    """Lead to the same page at the company's present address; what was posted is posted there."""
    _, _, rest = request.get_full_path().removeprefix("/t/").partition("/")
    return HttpResponse(status=307, headers={"Location": f"/t/{error.slug}/{rest}", "Cache-Control": "no-store"})


def _get_words(error: BooksError) -> dict[str, Any]:
    return {
        "title": error.title,
        "error_message": error.more,
        "kept": error.kept,
        "next_step": error.next_step,
        "request_id": error.request_id,
    }


def _explain_error(error: Exception) -> dict[str, Any]:
    words = {}
    if isinstance(error, PermissionDenied | NotMirrored | NotReadable | BadRequest) and str(error):
        words["error_message"] = str(error)
    if type(error) is NotMirrored:  # a kind of it has a title of its own
        words["title"] = f"{error.noun.capitalize()} not found"
        words |= {"next_step": error.next_step} if error.next_step else {}
    return words


ARCHIVED = {
    "error_message": "Nothing is read from its accounting software and nothing is sent there. "
    "Its records and its history are kept.",
    "next_step": "Choose another company, or ask your Ledgerdesk administrator to bring this one back.",
}
TOO_MUCH = {
    "title": "This form is too large",
    "error_message": "The form has more fields or text than Ledgerdesk accepts at once. Nothing was saved.",
    "kept": TYPED,
    "next_step": "Change fewer lines at a time and save in between, or edit this record in your accounting software.",
}
FILE_TOO_LARGE = {
    "title": "This file is too large",
    "error_message": f"A file can have up to {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MB. Nothing was changed.",
    "next_step": "Save it as an Excel workbook (.xlsx), which is smaller than CSV. Or delete the rows and columns in "
    "which nothing has changed, or export the list in parts.",
}
OTHER_HOST = {
    "title": "Ledgerdesk does not answer at this address",
    "error_message": "It is not set up for the name in your browser's address bar.",
    "next_step": "Use the address that you were given. If it is this one, tell your Ledgerdesk administrator that "
    "ALLOWED_HOSTS does not have it.",
    "is_elsewhere": True,
}
FORM_ONLY = {
    "title": "This address does not open a page",
    "error_message": "It only takes what a button sends. Nothing was changed.",
    "next_step": "Go back to the page with the button and use it there.",
}
FAULT = {
    "title": "Something went wrong in Ledgerdesk",
    "error_message": "This is our mistake, not yours. It has been logged.",
    "kept": "If you were saving a change, look under History: a change that was sent is listed there with its "
    "result. If it is not listed, nothing was saved.",
}
_WORDS: dict[type[Exception], tuple[int, dict[str, Any]]] = {
    InvalidToken: (
        400,
        {
            "title": "This page is out of date",
            "error_message": "Nothing was saved.",
            "kept": TYPED,
            "next_step": "Open the record again and apply your changes.",
        },
    ),
    TooManyFieldsSent: (400, TOO_MUCH),
    RequestDataTooBig: (413, TOO_MUCH),
    KeptAside: (
        502,
        {
            "title": "This record cannot be shown",
            "error_message": "The data received for it cannot be read, and there is no earlier version.",
            "next_step": "Correct it in your accounting software. The connection page has the details.",
        },
    ),
    NotReadable: (
        502,
        {
            "title": "This record cannot be shown",
            "error_message": "Part of Ledgerdesk's data for it cannot be read.",
            "kept": "Nothing was changed.",
            "next_step": "Choose Refresh now on the connection page. If that does not help, tell your administrator.",
        },
    ),
    NotMirrored: (
        404,
        {
            "title": "Record not found",
            "error_message": "It may have been deleted, or not loaded yet.",
            "next_step": "Search the list. It is updated every few minutes.",
        },
    ),
    Http404: (
        404,
        {
            "title": "Page not found",
            "error_message": "There is no page at this address, or you do not have access to it.",
            "next_step": "Check the address. If it is a page of a company, ask an administrator of that company "
            "whether you are a member.",
        },
    ),
    PermissionDenied: (
        403,
        {
            "title": "Your access does not allow this",
            "error_message": "Nothing was changed.",
            "next_step": "Ask an administrator of this company for access.",
        },
    ),
    BadRequest: (400, {"title": "This request was not understood", "next_step": "Go back and try again."}),
}


def answer(request: HttpRequest, status: int, **words: Any) -> HttpResponse:
    """Render the message as a page, or as a fragment for the alert region."""
    template = "errors/alert.html" if is_htmx(request) else "errors/error.html"
    context = {"status": status, "typed": _collect_typed(request), **words}
    if context.get("kept") == TYPED and not (context["typed"] or is_htmx(request)):
        context["kept"] = IN_BROWSER  # the page that it was typed on is gone
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def too_long_to_carry(request: HttpRequest) -> HttpResponse:
    """413: a form without a session that is too long for the sign-in page to carry."""
    return answer(
        request,
        413,
        title="You are signed out",
        error_message="This form is too long to keep while you sign in. Nothing was saved.",
        kept=TYPED,
        next_step="Sign in in a new tab, then go back to the form and save again.",
        actions=[(sign_in_beside(), "Sign in")],
    )


def lead_to_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to the page on which a person sets up a second factor; a form that was posted is not taken away by that."""
    if request.method in ("GET", "HEAD") and not is_behind_a_page(request):
        return redirect("mfa_index")
    return answer(
        request,
        403,
        title="Set up a second factor first",
        error_message="This company is open only to people whose sign-in has a second step. Nothing was saved.",
        kept=TYPED if request.method == "POST" else "",
        next_step="Set it up in a new tab, then go back to this page and try again.",
        actions=[(reverse("mfa_index"), "Set up a second factor")],
    )


def not_yours(request: HttpRequest, error: NotYours) -> HttpResponse:
    """403: somebody else has opened this form. The answer does not contain what they typed."""
    name = session_rescue.name_of(error.author)
    response = answer(
        request,
        403,
        title="This is not your form",
        error_message=f"It was opened by {name}, and you are signed in as {request.user.get_username()}. "
        f"Nothing was saved. Nothing that {name} typed was used.",
        typed="",
        next_step="To make a change of your own, open the record again.",
    )
    if is_htmx(request):
        response["HX-Trigger"] = "desk:not-yours"  # static/js/session.js hides the page
    return response


def _collect_typed(request: HttpRequest) -> str:
    """Return the values typed into a company's form that is answered by an error page, so that they can be copied."""
    user = getattr(request, "user", None)
    if request.method != "POST" or not request.path.startswith("/t/") or not (user and user.is_authenticated):
        return ""
    try:
        shown = [(name, values) for name, values in request.POST.lists() if name not in HIDDEN]
    except (TooManyFieldsSent, RequestDataTooBig, UnreadablePostError, BadRequest):
        return ""
    return "\n".join(f"{name}: {value}" for name, values in shown for value in values if value)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a form whose CSRF token has expired to its author again, with everything typed; others get a message."""
    get_token(request)  # a browser that has lost the cookie gets one, so that the next attempt succeeds
    if not request.user.is_authenticated and (text := session_rescue.carried(request)):
        return sign_in_page(request, request.POST.get("next", "/"), text, 403)
    try:
        check_author(request.POST, request.user.pk or 0)
        if not is_htmx(request) and session_rescue.keep_typing(request):
            response = redirect(request.get_full_path())
            response.status_code = 303
            return response
    except NotYours as error:
        return not_yours(request, error)
    except session_rescue.FormTooLong:
        log.info("A form with an expired CSRF token is too long to be shown again.")
    return answer(
        request,
        403,
        typed="",  # it may come from a foreign page
        title="This page had expired",
        error_message="You signed in again after it was opened, or your browser keeps no cookies. Nothing was saved.",
        kept=TYPED,
        next_step="Save again. If that does not help, open the record again in a new tab."
        if is_htmx(request)
        else "Go back, reload the page and try again.",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: Django itself refused the request before a view ran, or a session could not be stored."""
    if is_away(exception):
        return unavailable.page(request)
    if isinstance(exception, DisallowedHost):
        return answer(request, 400, **OTHER_HOST)
    words = TOO_MUCH if isinstance(exception, TooManyFieldsSent | RequestDataTooBig) else _WORDS[BadRequest][1]
    return answer(request, 400, **words)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer(request, 403, **{**_WORDS[PermissionDenied][1], **_explain_error(exception)})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return answer(request, 404, **_WORDS[Http404][1])


def fault(request: HttpRequest) -> HttpResponse:
    """500: a defect of Ledgerdesk; or 503 if the database is unavailable. Also handles exceptions of middleware."""
    if is_away(sys.exception()):
        return unavailable.page(request)
    again = "Go back and try again. If it happens again, tell your Ledgerdesk administrator the time"
    words = {**FAULT, "next_step": f"{again}: {format_moment(timezone.now())}."}
    try:
        return answer(request, 500, **words)
    except Exception as error:  # the frame of a page asks for the person and the company: it may be what fails
        if is_away(error):
            return unavailable.page(request)
        log.exception("The page that says so could not be drawn either.")
        return unavailable.draw_without_frame(request, 500, words)
