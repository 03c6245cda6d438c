"""Typing that outlives a sign-in: a form posted after the session or its token had ended waits in the new session."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

KEY = "kept"
AT_MOST = 4
LARGEST = 3 * 1024 * 1024


def keep(request: HttpRequest) -> bool:
    """Put a posted form of a company's page aside, to be offered again at its address. False when it is not ours.

    Only what this site's own pages posted is kept: a foreign page must not plant text in somebody's form.
    """
    if request.method != "POST" or not request.path.startswith("/t/") or not _own(request):
        return False
    body = request.POST.urlencode()
    if len(body) > LARGEST:
        return False
    waiting = dict(request.session.get(KEY, {}))
    waiting.pop(request.path, None)
    waiting[request.path] = body
    request.session[KEY] = dict(list(waiting.items())[-AT_MOST:])
    return True


def take(request: HttpRequest) -> QueryDict | None:
    """What was typed at this address before the session ended, once."""
    waiting = dict(request.session.get(KEY, {}))
    body = waiting.pop(request.path, None)
    if body is None:
        return None
    request.session[KEY] = waiting
    return QueryDict(body)


def _own(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()
