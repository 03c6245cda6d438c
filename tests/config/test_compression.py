"""Pages travel compressed unless another site has asked for them, with the content policy; nothing else changes."""

import gzip
import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from config.middleware import PADDING, CompressedPages
from tenants.models import Tenant
from tests.customers.test_list import store
from tests.support.running import RunningDesk

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
PAGE = b"<!doctype html><p>" + b"Larch Supplies " * 200


def answer_with(response: HttpResponse, **headers: str) -> HttpResponse:
    """What a browser gets that takes gzip, or what `headers` say instead."""
    asked: HttpRequest = RequestFactory().get("/", headers={**GZIP, **headers})
    return CompressedPages(lambda request: response)(asked)


def is_compressed(response: HttpResponse) -> bool:
    return response.get("Content-Encoding") == "gzip"


def test_a_page_is_the_same_when_it_is_unpacked() -> None:
    answer = answer_with(HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))}))
    assert (gzip.decompress(answer.content), answer["Content-Length"]) == (PAGE, str(len(answer.content)))
    assert len(answer.content) < len(PAGE) / 10


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", True), ("GZIP;q=0.5", True), ("br, gzip ; q=1", True), ("x-gzip", True),
        ("gzip;q=0", False), ("gzip; q=0.000", False), ("br, deflate", False), ("", False), ("gzipped", False),
        ("*;q=0", False),
    ],
)  # fmt: skip
def test_only_who_takes_gzip_gets_it(accepted: str, expected: bool) -> None:
    assert is_compressed(answer_with(HttpResponse(PAGE), **{"Accept-Encoding": accepted})) == expected


@pytest.mark.parametrize(
    ("asked_by", "expected"), [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)]
)
def test_what_another_site_asks_for_is_not_compressed(asked_by: str, expected: bool) -> None:
    assert is_compressed(answer_with(HttpResponse(PAGE), **{"Sec-Fetch-Site": asked_by})) == expected


def test_the_length_of_the_same_page_varies() -> None:
    lengths = {len(answer_with(HttpResponse(PAGE)).content) for _ in range(200)}
    assert (len(lengths) > 40, max(lengths) - min(lengths) <= PADDING) == (True, True)


@pytest.mark.parametrize("status", [200, 202, 409, 422, 500])
def test_a_short_answer_stays_as_it_is(status: int) -> None:
    answer = answer_with(HttpResponse(b"<p>Saving</p>", status=status))
    assert (answer.content, answer.has_header("Vary")) == (b"<p>Saving</p>", False)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("text/html; charset=utf-8", True), ("application/json", True), ("text/csv", False), ("image/png", False)],
)
def test_pages_and_json_are_compressed(kind: str, expected: bool) -> None:
    assert is_compressed(answer_with(HttpResponse(PAGE, content_type=kind))) == expected


def test_what_is_streamed_stays_a_stream() -> None:
    def lines() -> Iterator[bytes]:
        yield PAGE

    answer = CompressedPages(lambda request: StreamingHttpResponse(lines()))(RequestFactory().get("/", headers=GZIP))  # type: ignore[arg-type, return-value]  # Django's own class of streams is no HttpResponse
    assert (answer.streaming, answer.has_header("Content-Encoding")) == (True, False)


def test_what_is_compressed_already_is_not_compressed_again() -> None:
    assert answer_with(HttpResponse(PAGE, headers={"Content-Encoding": "br"})).content == PAGE


def test_what_was_said_of_caching_stays_and_a_strong_tag_becomes_weak() -> None:
    said = {"Cache-Control": "no-store", "ETag": '"7"', "Vary": "HX-Request"}
    answer = answer_with(HttpResponse(PAGE, headers=said))
    assert (answer["Cache-Control"], answer["ETag"], answer["Vary"]) == (
        "no-store",
        'W/"7"',
        "HX-Request, Accept-Encoding, Sec-Fetch-Site",
    )


def test_a_fragment_of_a_list_is_compressed_and_keeps_what_htmx_reads(as_carol: Client, larch: Tenant) -> None:
    store(larch, a={}, b={})
    headers = {**GZIP, "HX-Request": "true"}
    plain, packed = (as_carol.get("/t/larch/customers/", headers=one) for one in ({"HX-Request": "true"}, headers))
    assert gzip.decompress(packed.content) == plain.content
    assert packed["HX-Replace-Url"] == plain["HX-Replace-Url"]
    assert {"HX-Request", "Accept-Encoding"} <= set(packed["Vary"].split(", "))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_arrives_whole_over_a_socket(desk: RunningDesk, method: str) -> None:
    line = http.client.HTTPConnection(urlsplit(desk.url).netloc, timeout=20)
    line.request(method, "/accounts/login/", headers=GZIP)
    answer = line.getresponse()
    content = answer.read()
    line.request("GET", "/accounts/login/", headers={"Sec-Fetch-Site": "cross-site", **GZIP})  # on the same connection
    plain = line.getresponse().read()
    line.close()
    assert answer.headers["Content-Encoding"] == "gzip"
    if method == "HEAD":
        assert content == b""
        return
    assert int(answer.headers["Content-Length"]) == len(content)
    ends = [text.rstrip()[-7:] for text in (gzip.decompress(content), plain)]
    assert ends == [b"</html>", b"</html>"]


@pytest.mark.parametrize("page", ["/accounts/login/", "/nowhere/"])
def test_every_page_has_the_policy_of_the_settings(client: Client, page: str) -> None:
    found = client.get(page)["Content-Security-Policy"]
    said = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    assert set(found.split("; ")) == {f"{name} {' '.join(map(str, values))}" for name, values in said}
