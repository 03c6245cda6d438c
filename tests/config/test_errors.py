"""Error pages say what is true: what was kept, where a person can go on, and that even if the page's frame fails."""

import re

import pytest
from django.db import connection
from django.test import Client

from config.errors import IN_BROWSER, TYPED
from tests.support.people import signed_in

EDIT = "/t/larch/customers/80000001-1234567890/edit"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(bob):
    client = signed_in(bob)
    client.raise_request_exception = False
    return client


def read(answer) -> tuple[int, str]:
    """Return the status of an answer and its title."""
    text = answer.content.decode()
    (both,) = re.findall(r"<h1[^>]*>\s*(.*?)\s*</h1>|<strong>(.*?)\.</strong>", text)[:1]
    return answer.status_code, "".join(both)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_defect_in_the_frame_of_every_page_is_told_without_it(client, headers):
    def wrong(execute, sql, *arguments):
        if "django_session" in sql:
            raise ZeroDivisionError
        return execute(sql, *arguments)

    with connection.execute_wrapper(wrong):
        answer = client.get("/", headers=headers)
    assert read(answer) == (500, "Something went wrong in Ledgerdesk")
    assert ("<html" in answer.content.decode(), answer["Cache-Control"]) == (not headers, "no-store")


def test_an_address_that_only_takes_forms_opens_as_a_page_that_says_so(client):
    answer = client.get("/settings/choose/")
    assert (*read(answer), answer["Allow"]) == (405, "This address does not open a page", "POST")


def test_a_name_that_ledgerdesk_is_not_set_up_for_is_told_and_leads_nowhere(client):
    answer = client.get("/", headers={"Host": "elsewhere.example"})
    assert read(answer) == (400, "Ledgerdesk does not answer at this address")
    assert "To your companies" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "typed", "headers", "kept"),
    [
        ("/settings/", {"theme": "dark"}, {}, IN_BROWSER),
        (EDIT, {"phone": "555-0100"}, HTMX, TYPED),
    ],
)
def test_what_was_typed_is_said_to_be_here_only_where_it_is(bob, path, typed, headers, kept):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    answer = client.post(path, typed, headers=headers)
    assert read(answer) == (403, "This page had expired")
    assert [said for said in (IN_BROWSER, TYPED) if said in answer.content.decode()] == [kept]
