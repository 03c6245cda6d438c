"""Compresses pages and fragments for browsers, without making what is in them guessable (BREACH).

A compressed page is the shorter the more it repeats. Somebody who can make a person's browser ask for a page with words
of their choice, again and again, and sees how long each answer is, could so guess what else is on it. Therefore an
answer is not compressed if another site has made the browser ask, and the length of any other varies at random.
"""

import gzip
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

TYPES = ("text/html", "application/json")
LEAST = 1000  # bytes; a shorter answer fits into one packet anyway
# A list of 100 rows (90 kB) takes 0.3 ms and becomes 13.6 kB; at level 6 it takes 0.9 ms and becomes 12.2 kB. Of a
# bill of 500 lines (237 kB) level 3 leaves 37 kB in 1.2 ms, level 7 32.6 kB in 3.5 ms: it is worth a tenth of its page.
LEVEL, LEVEL_OF_LONG = 3, 7
LONG = 150_000
PADDING = 100  # most bytes by which an answer is longer at random, in a part of the header that nobody reads
OWN = ("same-origin", "none")  # who has made the browser ask: our own page, or the person by an address or a bookmark


class CompressedPages:
    """Compress what is worth it; all that a view and the other middlewares have said of an answer stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or len(response.content) < LEAST or response.has_header("Content-Encoding"):
            return response
        if response.get("Content-Type", "").partition(";")[0] not in TYPES:
            return response
        patch_vary_headers(response, ["Accept-Encoding", "Sec-Fetch-Site"])
        if takes_gzip(request) and is_asked_by_own_page(request):
            _compress(response)
        return response


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the browser has named gzip among what it takes, and not as what it refuses."""
    for entry in request.headers.get("Accept-Encoding", "").split(","):
        name, _, rest = entry.strip().partition(";")
        if name.strip().lower() in ("gzip", "x-gzip"):
            return rest.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_asked_by_own_page(request: HttpRequest) -> bool:
    """Whether no other site has made the browser ask. Without HTTPS it does not say: then anybody reads all anyway."""
    return request.headers.get("Sec-Fetch-Site", OWN[0]) in OWN


def _compress(response: HttpResponse) -> None:
    content = response.content
    level = LEVEL_OF_LONG if len(content) > LONG else LEVEL
    response.content = _pad(gzip.compress(content, compresslevel=level, mtime=0))
    response["Content-Encoding"] = "gzip"
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    etag = response.get("ETag", "")
    if etag.startswith('"'):
        response["ETag"] = f"W/{etag}"  # the bytes differ each time, what they mean does not


def _pad(compressed: bytes) -> bytes:
    """Return the same with a file name of random length in its header, as Django's own middleware does."""
    header = bytearray(compressed[:10])
    header[3] = gzip.FNAME
    return bytes(header) + b"a" * secrets.randbelow(PADDING + 1) + b"\0" + compressed[10:]
