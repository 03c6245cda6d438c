"""Form data kept across an expired session: the browser carries it through the sign-in page to its author alone.

Nothing is stored for a request without a session. The carried data is signed here, so no other page can forge it, and
its form token says whose it is.
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
LARGEST = 384 * 1024  # of the packed text; it fits into a request without a session
NOT_CARRIED = ("csrfmiddlewaretoken", "draft")


class FormTooLong(ValueError):
    """The form is too long for a sign-in page to carry."""


def packed(request: HttpRequest) -> str:
    """Return a posted form as a signed text; "" unless it is the form of one of our pages that names its author.

    Raises FormTooLong.
    """
    if request.method != "POST" or not request.path.startswith("/t/") or not _is_own_origin(request):
        return ""
    if author_of(request.POST) is None:
        return ""
    typed = request.POST.copy()
    for name in NOT_CARRIED:
        typed.pop(name, None)
    text = signing.dumps([request.get_full_path(), typed.urlencode()], salt=SALT, compress=True)
    if len(text) > LARGEST:
        raise FormTooLong
    return text


def carried(request: HttpRequest) -> str:
    """Return the form for the sign-in page to carry: this request's, or that of its last try; "" for none."""
    found = getattr(request, CARRIED, None)
    if found is None and not request.user.is_authenticated and request.method == "POST":
        found = request.POST.get(CARRIED)
    return str(found or "")


def keep_typing(request: HttpRequest) -> bool:
    """Keep this posted form for its page to show again, for the signed-in person. Raises FormTooLong."""
    text = packed(request)
    if text:
        request.session[KEY] = {request.path: text}
    return bool(text)


def hand_over(request: HttpRequest, person: AbstractBaseUser, text: str) -> str:
    """Give the carried form to its author after sign-in; return the address of its page, "" for none.

    It stays in their session until that page shows it. A form of another person is dropped, with a message.
    """
    address, form = _unpacked(text)
    if form is None:
        return ""
    author = author_of(form)
    if author == person.pk:
        request.session[KEY] = {urlsplit(address).path: text}
    else:
        messages.warning(request, f"Nothing that {name_of(author)} typed was used.", fail_silently=True)
    return address


def name_of(author: int | None) -> str:
    """Return the name to show for the person who opened a form."""
    name = User.objects.filter(pk=author).values_list("username", flat=True).first() if author else None
    return name or "somebody else"


def receive(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    """Signal handler: after a sign-in, take over the form that its page carried."""
    if request is not None and (text := request.POST.get(CARRIED)):
        hand_over(request, user, text)


def take_typing(request: HttpRequest) -> QueryDict | None:
    """Return the values that the person typed at this path before the session or its token expired, once."""
    waiting = dict(request.session.get(KEY, {}))
    text = waiting.pop(request.path, None)
    if text is None:
        return None
    request.session[KEY] = waiting
    address, form = _unpacked(text)
    is_here = urlsplit(address).path == request.path
    return form if form is not None and is_here and author_of(form) == request.user.pk else None


def _unpacked(text: str) -> tuple[str, QueryDict | None]:
    try:
        address, body = signing.loads(text, salt=SALT, max_age=DRAFTS_KEPT)
    except (signing.BadSignature, TypeError, ValueError):
        return "", None
    return address, QueryDict(body)


def _is_own_origin(request: HttpRequest) -> bool:
    """Whether one of this site's pages posted this, according to the browser's headers."""
    origin = request.headers.get("Origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.get_host()
    except ValueError:  # no address at all, such as one with an open bracket
        return False
