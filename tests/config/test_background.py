"""A request behind a page that fails says so in its own spot: it never replaces, empties or leaves an open form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client

from books.models import Record
from config.middleware import BEHIND, SayInOwnSpot
from tests.customers.test_edit import EDIT, JOB
from tests.support.inputs import inputs
from tests.support.people import signed_in

SPOTS = {
    "live": ("get", f"/t/abc/edits/presence/customers/{JOB}/"),
    "edit-news": ("get", "/t/abc/edits/news/"),
    "age": ("get", "/t/abc/progress/customers/"),
    "draft-kept": ("post", EDIT),
}


def lose_session(client: Client) -> None:
    client.logout()


def lose_company(client: Client) -> None:
    User.objects.get(username="bob").memberships.all().delete()


def lose_database(client: Client) -> None:
    def away(*arguments: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    connection.execute_wrappers.append(away)


def break_something(client: Client) -> None:
    def fail(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if re.search(r"FROM .?(books|edits)_", sql):
            raise ZeroDivisionError
        return execute(sql, *more)

    connection.execute_wrappers.append(fail)


@pytest.fixture
def browser(bob: Any) -> Any:
    """Bob's browser, which like a real one gets the page and not the exception behind it."""
    client = signed_in(bob)
    client.raise_request_exception = False
    yield client
    connection.execute_wrappers.clear()


LOSSES: list[tuple[Callable[[Client], None], int, str]] = [
    (lose_session, 401, "you are signed out"),
    (lose_company, 404, "it is no longer there, or no longer yours to see"),
    (lose_database, 503, "Ledgerdesk cannot reach its database"),
    (break_something, 500, "something went wrong in Ledgerdesk"),
]


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize(("lose", "status", "why"), LOSSES)
def test_a_request_behind_a_form_that_fails_says_so_in_its_own_spot(
    browser: Client, job: Record, spot: str, lose: Callable[[Client], None], status: int, why: str
) -> None:
    method, url = SPOTS[spot]
    typed = inputs(browser.get(EDIT)) | {"phone": "555-0100", "draft": "1"} if method == "post" else {}
    lose(browser)
    answer = getattr(browser, method)(url, typed, headers={"HX-Request": "true", "HX-Trigger": spot})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (status, "this", "innerHTML")
    assert answer["Content-Length"] == str(len(answer.content))
    said = " ".join(answer.content.decode().split())
    assert f"{'Draft not saved' if typed else 'Not updated'}: {why}." in said
    assert [mark for mark in ("<form", "<main", "data-alert", "555-0100") if mark in said] == []


@pytest.mark.parametrize(
    "headers", [{"Location": "/"}, {"HX-Redirect": "/"}, {"HX-Refresh": "true"}, {"HX-Location": "/"}, {}]
)
def test_an_answer_that_would_leave_or_replace_the_page_is_a_failure(headers: dict[str, str]) -> None:
    whole_page = b"\n<!DOCTYPE html><main>" if not headers else b""
    request = HttpRequest()
    request.META["HTTP_HX_TRIGGER"] = "live"
    answer = SayInOwnSpot(lambda _: HttpResponse(whole_page, headers=headers, status=302 if headers else 200))(request)
    assert (answer.status_code, "Not updated" in answer.content.decode()) == (500, True)
    assert [name for name in headers if answer.has_header(name)] == []


def test_a_count_that_cannot_be_asked_for_stays_as_it_is(browser: Client) -> None:
    lose_session(browser)
    answer = browser.get("/inbox/count/?have=2", headers={"HX-Request": "true", "HX-Trigger": "inbox-count"})
    assert (answer.status_code, answer.content, answer["HX-Reswap"]) == (401, b"", "none")


def test_every_request_that_a_form_sends_by_itself_is_marked(browser: Client, job: Record) -> None:
    page = browser.get(EDIT).content.decode()
    tags = [tag for tag in re.findall(r"<[^>]*hx-trigger[^>]*>", page) if re.search(r"load|every|unsaved", tag)]
    ids = {found[1] for tag in tags if (found := re.search(r' id="([^"]*)"', tag.replace("\n", " ")))}
    assert (len(ids), ids - set(BEHIND)) == (len(tags), set())
