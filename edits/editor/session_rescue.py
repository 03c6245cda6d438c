"""Form data that outlives a session: the browser carries it through the sign-in page, and its author alone gets it.

Nothing is stored for a request without a session. What is carried is signed here, so no other page can plant it, and
the seal of the form in it says whose it is.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, QueryDict

from edits.lifecycle.form_token import author_of
from edits.models.edit import DRAFTS_KEPT

CARRIED = "carried"  # the hidden input of the sign-in page
SALT = "edits.carried"
KEY = "kept"  # in the session of the person who has signed in
LARGEST = 384 * 1024  # of the packed text; it fits into what a request without a session may post
NOT_CARRIED = ("csrfmiddlewaretoken", "draft")


class FormTooLong(ValueError):
    """The form is longer than what a sign-in page may carry."""


def packed(request: HttpRequest) -> str:
    """A posted form as a signed text; "" where it is no form of a company's page of ours that names its author.

    Raises TooLong.
    """
    if request.method != "POST" or not request.path.startswith("/t/") or not _is_own_origin(request):
        return ""
    if author_of(request.POST) is None:
        return ""
    typed = request.POST.copy()
    for name in NOT_CARRIED:
        typed.pop(name, None)
    text = signing.dumps([request.path, typed.urlencode()], salt=SALT, compress=True)
    if len(text) > LARGEST:
        raise FormTooLong
    return text


def carried(request: HttpRequest) -> str:
    """What the sign-in page carries on: what this request brought to it, or what its last try did; "" for nothing."""
    found = getattr(request, CARRIED, None)
    if found is None and not request.user.is_authenticated and request.method == "POST":
        found = request.POST.get(CARRIED)
    return str(found or "")


def keep_typing(request: HttpRequest) -> bool:
    """Let the page that this form was posted to show it again; for whoever is signed in. Raises TooLong."""
    text = packed(request)
    if text:
        request.session[KEY] = {request.path: text}
    return bool(text)


def hand_over(request: HttpRequest, person: AbstractBaseUser, text: str) -> str:
    """Give the carried form to the person who signed in, where it is theirs; the address of its page, "" for none.

    It waits in their session until that page shows it. What somebody else typed is dropped, and that is said.
    """
    path, form = _unpacked(text)
    if form is None:
        return ""
    author = author_of(form)
    if author == person.pk:
        request.session[KEY] = {path: text}
    else:
        messages.warning(request, f"Nothing that {name_of(author)} typed was used.", fail_silently=True)
    return path


def name_of(author: int | None) -> str:
    """What to call the person who opened a form."""
    name = User.objects.filter(pk=author).values_list("username", flat=True).first() if author else None
    return name or "somebody else"


def receive(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    """Upon a sign-in: take what its page carried."""
    if request is not None and (text := request.POST.get(CARRIED)):
        hand_over(request, user, text)


def take_typing(request: HttpRequest) -> QueryDict | None:
    """What the person typed at this address before the session or its token ended, once."""
    waiting = dict(request.session.get(KEY, {}))
    text = waiting.pop(request.path, None)
    if text is None:
        return None
    request.session[KEY] = waiting
    path, form = _unpacked(text)
    return form if form is not None and path == request.path and author_of(form) == request.user.pk else None


def _unpacked(text: str) -> tuple[str, QueryDict | None]:
    try:
        path, body = signing.loads(text, salt=SALT, max_age=DRAFTS_KEPT)
    except (signing.BadSignature, TypeError, ValueError):
        return "", None
    return path, QueryDict(body)


def _is_own_origin(request: HttpRequest) -> bool:
    """Whether one of this site's pages posted this, as far as the browser says."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()
