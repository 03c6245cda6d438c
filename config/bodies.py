"""Limits the size of a request body before anything reads it. Uses no session and no database."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict

from .errors import FILE_TOO_LARGE, TOO_MUCH, answer, too_long_to_carry
from .sign_in import is_behind_a_page, notice_beside

TAKES_FILE = re.compile(r"/t/[\w-]+/lists/[\w-]+/import/")
PUBLIC = ("/accounts/", "/static/", "/demo/", "/invitations/", "/passwords/")


class BoundedBodies:
    """Refuse a body by its declared length: 413 above the limit, 411 without a declared length.

    The limit is lower without a session cookie, and for pages that need no session, than for a signed-in person's form.
    A forged cookie gains the larger limit and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stated = request.META.get("CONTENT_LENGTH") or "0"
        if request.headers.get("Transfer-Encoding"):
            return answer(
                request, 411, title="This request does not say how long it is", next_step="Go back and try again."
            )
        if not (stated.isascii() and stated.isdecimal()):
            return answer(request, 400, title="This request was not understood", next_step="Go back and try again.")
        length = int(stated.lstrip("0")[:18] or "0")  # the first digits of a longer number exceed any limit already
        if length <= settings.ANONYMOUS_BODY_MAX:
            return self.get_response(request)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE or request.path.startswith(PUBLIC):
            return answer(request, 413, **(FILE_TOO_LARGE if takes_file(request) else TOO_MUCH))
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        return notice_beside(request) if is_behind_a_page(request) else too_long_to_carry(request)


def _decode(text: str | bytes, encoding: str) -> str:
    """Return the text of a body, whatever a browser has sent, as Django reads it."""
    if isinstance(text, str):
        return text
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return text.decode("iso-8859-1")


def _unquote(text: str, encoding: str) -> str:
    """Return a name or value as it was typed. Nearly all are so already, which Python's own parser does not look at."""
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, encoding) if "%" in text else text


_PLAIN: Any = dict  # what a QueryDict is below its own methods: texts by name


class PostedForm(QueryDict):
    """The inputs of a form. Django takes three times as long for each of them."""

    def __init__(
        self, query_string: str | bytes | None = None, mutable: bool = False, encoding: str | None = None
    ) -> None:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        separator: Any = b"&" if isinstance(query_string, bytes) else "&"
        is_long = query_string and most is not None and query_string.count(separator) >= most
        super().__init__(query_string if is_long else "", True, encoding)  # which says that there are too many
        found: dict[str, list[str]] = {}
        for pair in filter(None, _decode(query_string or "", self.encoding).split("&")):
            name, _, value = pair.partition("=")
            if "%" in pair or "+" in pair:
                name, value = _unquote(name, self.encoding), _unquote(value, self.encoding)
            if name in found:
                found[name].append(value)
            else:
                found[name] = [value]
        _PLAIN.update(self, found)
        self._mutable = mutable


class QuickRequest(WSGIRequest):
    """A request whose body, if it is a form, is read into a PostedForm."""

    def _load_post_and_files(self) -> None:
        own: Any = self
        is_form = self.method == "POST" and self.content_type == "application/x-www-form-urlencoded"
        is_lost = own._read_started and not hasattr(self, "_body")
        if not is_form or is_lost or own._encoding is not None:
            super()._load_post_and_files()  # which also says what is wrong with it
            return
        own._post, own._files = PostedForm(self.body, encoding="utf-8"), MultiValueDict()


class FilesInMemory(FileUploadHandler):
    """Takes a file where a page asks for one, in memory, as large as a body may be; nowhere else, and never on disk."""

    def new_file(self, *args: Any, **more: Any) -> None:
        if self.request is None or not takes_file(self.request):
            raise MultiPartParserError("No page here takes a file.")
        super().new_file(*args, **more)
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        kind, encoding, more = self.content_type, self.charset, self.content_type_extra
        return InMemoryUploadedFile(
            self.content, self.field_name, self.file_name, kind, file_size, encoding, content_type_extra=more
        )


def takes_file(request: HttpRequest) -> bool:
    """Whether the page at this address takes a file: the one that brings a list back."""
    return TAKES_FILE.fullmatch(request.path_info) is not None
