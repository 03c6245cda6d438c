"""The response while the database is unavailable, rendered without session, user, company or database.

Typed values are not lost: an alert leaves the page as it is, a form posted without script comes back as a button.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string

from books.sync.outage import get_first_line, is_away

RETRY_SECONDS = 5
TITLE = "Ledgerdesk cannot reach its database"
# Forms with a password in them have to be typed again.
NOT_CARRIED = "/accounts/"


def page(request: HttpRequest) -> HttpResponse:
    """503: a page that retries by itself, a form that the person sends again, or an alert for htmx."""
    asked, fields = request.method in ("GET", "HEAD"), _typed(request)
    words = {"title": TITLE, "error_message": "This usually passes within a minute."}
    if "HX-Request" in request.headers:
        words["next_step"] = "Everything you typed is still here. Try again in a moment; nothing is saved twice."
    elif fields:
        words["kept"] = "Everything you typed is on this page."
        words["next_step"] = "Wait a moment, then send it again. Nothing is saved twice."
    elif asked:
        words["next_step"] = "You do not have to do anything: this page tries again every few seconds."
    else:
        words["next_step"] = "Go back, wait a moment, then try again. Nothing is saved twice."
    response = draw_without_frame(request, 503, words, fields)
    response["Retry-After"] = str(RETRY_SECONDS)
    if request.method == "GET" and "HX-Request" not in request.headers:
        response["Refresh"] = str(RETRY_SECONDS)
    return response


def draw_without_frame(
    request: HttpRequest, status: int, words: dict[str, Any], fields: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """Return an error page, or an alert for htmx, that nothing of the person or the company is needed for."""
    if "HX-Request" in request.headers:
        text = render_to_string("errors/alert.html", words)
    else:
        again = {"status": status, "fields": fields, "path": request.get_full_path()}
        text = render_to_string("errors/unavailable.html", {**words, **again})
    response = HttpResponse(text, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a posted form, so that it can be sent again."""
    if request.method != "POST" or request.path.startswith(NOT_CARRIED):
        return []
    try:
        return [(name, str(value)) for name, values in request.POST.lists() for value in values]
    except (BadRequest, RequestDataTooBig, TooManyFieldsSent, UnreadablePostError):
        return []


class OneLineAnOutage(logging.Filter):
    """Omits the traceback of errors caused by an unavailable database: every request would log one."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_away(error):
            record.msg, record.args = f"{record.getMessage()} ({get_first_line(error)})", ()
            record.exc_info = record.exc_text = None
        return True
