"""The response while the database is unavailable, rendered without session, user, company or database.

Typed values are not lost: an alert leaves the page as it is, a form posted without script comes back as a button.
"""

import logging

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
    words = {"title": TITLE, "error_message": "This usually passes within a minute."}
    if "HX-Request" in request.headers:
        next_step = "Everything you typed is still here. Try again in a moment; nothing is saved twice."
        text = render_to_string("errors/alert.html", {**words, "next_step": next_step})
    else:
        fields = _typed(request)
        again = {"fields": fields, "path": request.get_full_path(), "asked": request.method in ("GET", "HEAD")}
        text = render_to_string("errors/unavailable.html", {**words, **again})
    response = HttpResponse(text, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    if request.method == "GET" and "HX-Request" not in request.headers:
        response["Refresh"] = str(RETRY_SECONDS)
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
