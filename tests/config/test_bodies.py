"""Request bodies are limited before they are read, and no request without a session leaves anything behind."""

import io
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.bodies import BoundedBodies, PostedForm, QuickRequest, takes_file
from edits.editor import session_rescue
from tests.support.figures import Note
from tests.support.running import RunningDesk
from tests.tenants.test_account_pages import PAGES as ACCOUNT_PAGES

from .test_urls import ADDRESSES, example

LOGIN = "/accounts/login/"
FORM = "/t/larch/customers/8-1/edit"
ANONYMOUS, SIGNED_IN = settings.ANONYMOUS_BODY_MAX, settings.DATA_UPLOAD_MAX_MEMORY_SIZE
STRANGE = ["/nowhere", "/static/nothing.js", "/t/", "/t/no-such-company/", "/accounts/nothing/", "/accounts/signup/"]


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("The body was read.")

    readline = read


def announced(path: str, length: str, **more: str) -> HttpRequest:
    """A post that declares this length, with a body that must not be read."""
    return RequestFactory().generic(
        "POST",
        path,
        CONTENT_LENGTH=length,
        **{"wsgi.input": Unread(), **more},  # type: ignore[arg-type]  # a WSGI environment holds more than texts
    )


def refusal(path: str, length: str, **more: str) -> int:
    """Return the status with which a post is refused before anything reads it; 200 if it is accepted."""
    return BoundedBodies(lambda request: HttpResponse())(announced(path, length, **more)).status_code


COOKIE = {"HTTP_COOKIE": "desk_session=forged"}
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.mark.parametrize(
    ("path", "cookie", "most"),
    [(LOGIN, {}, ANONYMOUS), (LOGIN, COOKIE, ANONYMOUS), (FORM, {}, ANONYMOUS), (FORM, COOKIE, SIGNED_IN)],
)
def test_a_body_is_refused_above_its_limit_without_being_read(path: str, cookie: dict[str, str], most: int) -> None:
    lengths = (str(most), f"{'0' * 30}{most}", str(most + 1), f"{'0' * 30}{most + 1}", "1" * 5000)
    assert [refusal(path, length, **cookie) for length in lengths] == [200, 200, 413, 413, 413]


def test_a_long_form_whose_session_cookie_is_gone_gets_a_message() -> None:
    assert [refusal(FORM, str(ANONYMOUS + 1), **HTMX), refusal(FORM, str(SIGNED_IN + 1), **HTMX)] == [401, 413]


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "5, 5", "²", "0x10"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    assert refusal(FORM, length) == 400


def test_a_body_without_a_declared_length_is_refused() -> None:
    assert refusal(FORM, "", HTTP_TRANSFER_ENCODING="chunked") == 411


def test_a_carried_form_fits_into_a_request_of_the_sign_in_page() -> None:
    assert session_rescue.LARGEST + 10_000 < ANONYMOUS


@pytest.mark.parametrize("path", [LOGIN, FORM])
def test_no_page_but_the_one_that_takes_files_accepts_a_file(as_bob: Client, client: Client, path: str) -> None:
    answers = [
        asked.post(path, {"login": "x", "file": SimpleUploadedFile("a.txt", b"x" * 1000)}).status_code
        for asked in (as_bob, client)
    ]
    assert answers == [400, 400]


def test_a_file_that_is_too_large_is_refused_in_its_own_words() -> None:
    request = announced("/t/larch/lists/bills/import/", str(SIGNED_IN + 1), **COOKIE)
    answer = BoundedBodies(lambda request: HttpResponse())(request)
    assert (answer.status_code, "A file can have up to 6 MB." in answer.content.decode()) == (413, True)


@pytest.mark.parametrize(
    "path", ["/t/larch/lists/bills/import", "/t/larch/lists/bills/import/x/", "/import/", "/t/a/bills/import/"]
)
def test_only_the_address_of_that_page_takes_a_file(path: str) -> None:
    assert not takes_file(RequestFactory().post(path))


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def visits() -> Iterator[tuple[str, str]]:
    # A guess at the link of an invitation, or at one to a new password, is counted, as one at a password is.
    counted = {*ACCOUNT_PAGES, "invitation", "password_link"}
    pages = [example(name) for name in ADDRESSES if name not in counted]
    for path in [*pages, *(f"/accounts/{page}" for page in ACCOUNT_PAGES.values()), *STRANGE]:
        yield from (("get", path), ("head", path), ("post", path))


def test_requests_without_a_session_leave_no_row_behind(everybody: object, figure: Note) -> None:
    before, count = rows(), 0
    for method, path in visits():
        for headers in ({}, {"HX-Request": "true"}):
            getattr(Client(), method)(path, {"q": "x"}, headers=headers)
            count += 1
    figure(f"requests without a session: {count}, rows that they left: {sum(rows().values()) - sum(before.values())}")
    assert (rows(), count >= 200) == (before, True)


@pytest.mark.parametrize("path", [LOGIN, FORM, "/", "/t/larch/", "/session/", "/accounts/password/reset/"])
def test_a_request_without_a_session_makes_no_query(
    client: Client, db: None, path: str, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        client.get(path)
        client.get(path, headers={"HX-Request": "true"})


def on_disk() -> int:
    """Return the bytes in the folder for temporary files, where uploads would be stored."""
    return sum(file.stat().st_size for file in Path(tempfile.gettempdir()).glob("*.upload*"))


def test_600_mb_to_the_sign_in_page_are_neither_read_nor_stored(desk: RunningDesk, figure: Note) -> None:
    host, port = desk.url.removeprefix("http://").split(":")
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 629145600\r\n"
    head += 'Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disposition: form-data; name="f"; '
    before = on_disk()
    with closing(socket.create_connection((host, int(port)), timeout=20)) as line:
        line.sendall(f'{head}filename="a"\r\n\r\n'.encode())
        said = line.recv(64).decode()
    figure(f"600 MB to the sign-in page: {said.splitlines()[0]}, bytes written: {on_disk() - before}")
    assert (said.split(" ")[1], on_disk()) == ("413", before)


@given(st.lists(st.tuples(st.sampled_from("abé"), st.text())))
def test_a_form_that_is_read_quickly_holds_what_django_reads(inputs: list[tuple[str, str]]) -> None:
    body = urlencode(inputs)
    quick, usual = PostedForm(body), QueryDict(body)
    assert list(quick.lists()) == list(usual.lists())
    assert quick.copy() == usual.copy()


@given(st.text("a4&=+%;é\x00") | st.binary())
def test_whatever_is_posted_is_read_as_django_reads_it(body: str | bytes) -> None:
    assert list(PostedForm(body).lists()) == list(QueryDict(body).lists())


def test_a_form_with_too_many_inputs_is_refused() -> None:
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert len(PostedForm("a=1&" * (most - 1)).getlist("a")) == most - 1
    with pytest.raises(TooManyFieldsSent):
        PostedForm("a=1&" * most)


def test_a_posted_form_is_read_quickly() -> None:
    environ = (
        RequestFactory().post("/", urlencode([("a", "1"), ("a", "2")]), "application/x-www-form-urlencoded").environ
    )
    posted: Any = QuickRequest(environ).POST
    assert (type(posted), dict(posted.lists())) == (PostedForm, {"a": ["1", "2"]})


def test_a_form_that_is_read_quickly_cannot_be_changed() -> None:
    form: QueryDict = PostedForm("a=1")
    with pytest.raises(AttributeError):
        form.appendlist("a", "2")
